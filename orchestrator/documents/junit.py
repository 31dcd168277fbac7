"""JUnit XML, which GitLab, GitHub's reporters and Jenkins show as tests: an error is a failure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from orchestrator.documents.check import Checked
from orchestrator.documents.excerpt import text_of
from orchestrator.documents.terminal import visible

if TYPE_CHECKING:
    from orchestrator.documents.diagnostic import Diagnostic


def as_junit(results: Iterable[Checked]) -> str:
    """Write a case for each document that is right, and one for each error of the others.

    Warnings stand in the output of their document's case.
    """
    suite = Element("testsuite", name="axenic check")
    for checked in results:
        errors = [found for found in checked.diagnostics if found.severity == "error"]
        for found in errors:
            _failure(suite, found, checked.text_of(found.file))
        if not errors:
            _success(suite, checked)
    root = Element("testsuites", name="axenic check")
    root.append(suite)
    for each in (root, suite):
        each.set("tests", str(len(suite)))
        each.set("failures", str(len(suite.findall("testcase/failure"))))
        each.set("errors", "0")
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _failure(suite: Element, found: Diagnostic, text: str) -> None:
    place = visible(f"{found.file}:{found.line}:{found.column}")
    case = _case(suite, found.file, f"{place} {found.code}")
    case.set("line", str(found.line))
    failure = SubElement(case, "failure", type=found.code, message=_plain(found.sentence))
    failure.text = _plain(text_of(found, text))


def _success(suite: Element, checked: Checked) -> None:
    case = _case(suite, checked.file, visible(checked.file))
    if checked.diagnostics:
        warnings = "".join(
            text_of(found, checked.text_of(found.file)) for found in checked.diagnostics
        )
        SubElement(case, "system-out").text = _plain(warnings)


def _case(suite: Element, file: str, name: str) -> Element:
    shown = visible(file)
    return SubElement(suite, "testcase", classname=shown, name=name, file=shown)


def _plain(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "\n".join(visible(line) for line in text.split("\n"))
