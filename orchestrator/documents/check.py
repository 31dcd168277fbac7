"""Is a document right? All problems of all stages, in one pass."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from orchestrator.documents.build import build_profile
from orchestrator.documents.catalogue import OFFERS, Offer, load_offer, offer_beside
from orchestrator.documents.check_kinds import check_other
from orchestrator.documents.choose import choose
from orchestrator.documents.commas import tell_commas
from orchestrator.documents.diagnostic import Diagnostic, Site, has_errors, in_order, span_of
from orchestrator.documents.draft import Draft
from orchestrator.documents.echoes import without_echoes
from orchestrator.documents.files import NO_FILES, SECRETS, Files, Folder, is_document
from orchestrator.documents.hardware import build_hardware
from orchestrator.documents.include import Whole, include, told_where
from orchestrator.documents.load import load
from orchestrator.documents.packages import merge_packages
from orchestrator.documents.plugins import MANIFEST
from orchestrator.documents.read import read
from orchestrator.documents.rules import HARDWARE_RULES, LOCAL_RULES, RULES, Rule, judge
from orchestrator.documents.schema import check_kind, check_shape, kind_of
from orchestrator.documents.secrets import KINDS, Secrets, hide, look_over
from orchestrator.documents.traps import cut_off, tell_traps
from orchestrator.model.calibration import Calibration
from orchestrator.model.catalogue import Catalogue
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Profile

_NOTHING: Final = Catalogue(jobs={}, automations={})
"""Hardware and calibrations mention no jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a document."""

    file: str
    kind: str | None
    """`profile/1` and so on; None where it is none of the family."""
    diagnostics: tuple[Diagnostic, ...]
    profile: Profile | None = None
    """Only of a profile, and only without errors; warnings do not matter."""
    hardware: Mapping[str, Any] | None = None
    """Only of hardware, and only without errors: for `hardware.spec.hardware_of`."""
    cluster: Mapping[str, Any] | None = None
    """Only of a cluster, and only without errors: its data, with the secrets put in."""
    calibration: Calibration | None = None
    """Only of a calibration, and only without errors."""
    text: str = ""
    """What was read, for excerpts."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The same of included files, by the names under which they are shown."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The same by their paths from the document's folder: what belongs to the document."""
    sites: Mapping[str, Site] = field(default_factory=dict)
    """From where each of them was included first."""

    def text_of(self, file: str) -> str:
        """Give the text of the document, or of a file that it includes."""
        return self.text if file == self.file else self.texts.get(file, "")

    is_fragment: bool = False
    """It does not say what it is: a file to be included, or a mistake."""

    @property
    def is_good(self) -> bool:
        """Whether there are no errors."""
        return not has_errors(self.diagnostics)


def check_text(
    content: str | bytes,
    file: str,
    offer: Offer | None = None,
    given: Mapping[str, str | float | bool] | None = None,
    files: Files = NO_FILES,
    secrets: Secrets | None = None,
) -> Checked:
    """Check one document of any kind. No content makes this raise.

    A profile is judged with its inputs' defaults, or, where they are `given`, with what was chosen.
    What it includes is sought in `files`; secrets only stand in kinds of documents that stay here.
    """
    document, problems = load(content, file)
    if document is None:
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        return Checked(file=file, kind=None, diagnostics=in_order(problems), text=text)
    whole = include(document, files, secrets if kind_of(document) in KINDS else None)
    document = whole.document
    if whole.given_up:
        found = in_order(told_where(each, whole.sites) for each in whole.problems)
        return Checked(file=file, kind=None, diagnostics=found, text=document.text)
    problems += check_kind(document)
    kind = kind_of(document)
    if kind == "profile/1":
        document, clashes = merge_packages(document)
        problems += clashes
        whole.document = document
    profile: Profile | None = None
    hardware: Mapping[str, Any] | None = None
    calibration: Calibration | None = None
    if kind is not None:
        problems += check_shape(document, kind)
    if kind == "hardware/1":
        draft = Draft(document, _NOTHING, {})
        hardware = build_hardware(draft)
        problems += [*draft.problems, *_judged(draft, whole, HARDWARE_RULES)]
    elif kind == "calibration/1":
        from orchestrator.documents.calibration import check_calibration, is_built_in

        kinds = _NOTHING if is_built_in(document) else (offer or load_offer()).catalogue
        calibration, said = check_calibration(Draft(document, kinds, {}))
        problems += said
    elif kind is not None:
        offer = offer or load_offer()
        if kind == "profile/1":
            draft = Draft(document, offer.catalogue, offer.charts)
            profile = build_profile(draft)
            if given is not None:
                problems += choose(draft, profile, given)
            problems += [*draft.problems, *_judged(draft, whole)]
        else:
            problems += check_other(document, kind, offer)
    diagnostics = in_order(_told(problems, whole))
    return Checked(
        file=file,
        kind=kind,
        diagnostics=diagnostics,
        profile=None if has_errors(diagnostics) else profile,
        hardware=None if has_errors(diagnostics) else hardware,
        cluster=None if has_errors(diagnostics) or kind != "cluster/1" else document.data,
        calibration=None if has_errors(diagnostics) else calibration,
        text=document.text,
        texts=whole.texts,
        files=whole.files,
        sites=whole.sites,
        is_fragment=not (isinstance(document.data, dict) and "axenic" in document.data),
    )


def _judged(draft: Draft, whole: Whole, rules: tuple[Rule, ...] = RULES) -> list[Diagnostic]:
    """Judge what is there; a document with holes would be blamed for what is missing in it."""
    return judge(draft, LOCAL_RULES if whole.holes else rules)


def _told(problems: list[Diagnostic], whole: Whole) -> list[Diagnostic]:
    """Add what was found while including, and say of all from where their files were included."""
    document = whole.document
    found = tell_commas(without_echoes(problems, document), document)
    found = [*tell_traps(found, document), *cut_off(document)]
    for part in document.parts.values():
        found += cut_off(part)
    if whole.holes:
        found = [each for each in found if not _is_about_a_hole(each, whole)]
    found = [told_where(each, whole.sites) for each in (*whole.problems, *found)]
    places = set(whole.secret_places)
    return [hide(e, whole.hidden, span_of(e, document.file) in places) for e in found]


def _is_about_a_hole(found: Diagnostic, whole: Whole) -> bool:
    """Tell whether something only says that nothing is where something was to be included."""
    span = span_of(found, whole.document.file)
    return found.code != "unknown-key" and span in whole.holes


def check_path(path: Path, offer: Offer | None = None) -> list[Checked]:
    """Check a file, or every YAML document in a folder and below."""
    return [check_file(each, offer) for each in documents_at(path)]


def documents_at(path: Path) -> Iterator[Path]:
    """Yield a path itself, or a folder's YAML files in order; what is hidden is left out.

    A folder that cannot be looked into is yielded too, so that checking it says so. Links to
    folders are not followed, so none can lead in a circle.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - which is a plain no where even asking is forbidden
        yield path
        return
    refused: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if is_document(name):
                yield Path(folder, name)
    yield from (Path(error.filename) for error in refused)


def check_file(path: Path, offer: Offer | None = None) -> Checked:
    """Check one file, whatever it turns out to be."""
    content = read(path)
    if isinstance(content, Diagnostic):
        return Checked(file=str(path), kind=None, diagnostics=(content,))
    if path.name == SECRETS:
        return Checked(file=str(path), kind=None, diagnostics=look_over(content, str(path)))
    folder = path.parent
    if folder.name in OFFERS and (folder.parent / MANIFEST).is_file():
        offer = offer_beside(folder.parent)
    return check_text(content, str(path), offer, files=Folder(folder), secrets=Secrets(folder))
