"""A profile while it is being built: what it mentions and where, for the rules to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.places import Document, Path
from orchestrator.model.catalogue import AutomationDeclaration, Catalogue, SettingDeclaration
from orchestrator.model.expression import Expression
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Chart, Profile, Sequence, Source
from orchestrator.model.units import UnitError

NameKind: TypeAlias = Literal[
    "job",
    "automation",
    "setting",
    "signal",
    "vessel",
    "input",
    "phase",
    "medium",
    "limit",
    "chart",
    "timezone",
    "sequence",
    "vars",
    "variable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name that has to exist."""

    kind: NameKind
    name: str
    where: Span | Callable[[], Span]
    """Where it stands, or how to find out, which is only worth it if there is something to say."""
    job: str | None = None
    """Of an automation, or of a setting that stands below its job: whose it is."""
    automation: str | None = None
    """Of a setting: the law that the job follows there, where that is known."""
    sequence: str | None = None
    """Of a variable that a call gives: whose it is."""
    vessel: str | None = None
    """Of a signal: of which other vessel, where it is another's."""
    path: Path = ()
    """Of a variable, a signal or a sequence: whereabouts it is named."""
    words: tuple[str, ...] = ()
    """Of a phase: what may stand there as well."""

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.where if isinstance(self.where, Span) else self.where()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A value that could not be read as what is needed there."""

    span: Span
    error: UnitError


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A setting that gets a value somewhere."""

    setting: str
    """Full name, `temperature.target`."""
    declaration: SettingDeclaration
    value: Expression
    span: Span
    moves: bool = False
    """Written by `set` or a ramp, so while the job runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMention:
    """A job that runs somewhere: for the whole, on a vessel, in a phase, or by `start`."""

    job: str
    automation: str | None
    settings: frozenset[str]
    scope: str
    """`profile`, `vessel <name>`, `phase <name>`, `step`."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CronMention:
    """A cron entry, or the place of one that an input gives."""

    cron: str | None
    """None where an input stands; what is wrong with its value is said where that stands."""
    timezone: str | None
    span: Span
    follows: Expression | None = None
    """What something goes by here, so that it matters on which clock; a value of an input is only
    named."""
    choice_of: str = ""
    """Of what a user chose: for which input, at whose place it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMention:
    """Something by name that a rule starts on."""

    kind: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Something that is known by `vars.<name>` in a part of the document."""

    name: str
    type: str
    scope: Path
    """Steps below this know it."""
    path: Path
    """Where it is declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A sequence that is called somewhere."""

    sequence: str
    path: Path
    span: Span
    steps: int
    """How many steps that is, calls within it carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedItem:
    """A name that has to be unique in its list."""

    within: Path
    noun: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An expression that stands somewhere."""

    tree: Expression
    span: Span
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Types of the variables that are known where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A duration, a volume or a number of times, which has its bounds."""

    tree: Expression
    type: str
    span: Span
    least: float
    """What it may not be below; nothing at all is only possible where this is below 0."""
    most: float
    fixed: bool
    """Whether it has to be known when the profile is planned."""


@dataclass(slots=True)
class Draft:
    """Everything that a profile's rules look at."""

    document: Document
    catalogue: Catalogue
    known_charts: Mapping[str, Chart]
    names: list[Mention] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    jobs: list[JobMention] = field(default_factory=list)
    crons: list[CronMention] = field(default_factory=list)
    starts: list[StartMention] = field(default_factory=list)
    expressions: list[Asked] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    items: list[NamedItem] = field(default_factory=list)
    phase_paths: list[Path] = field(default_factory=list)
    """Where each phase stands, in their order; some stand in loops."""
    problems: list[Diagnostic] = field(default_factory=list)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names in the document that stand for several vessels, and these."""
    profile: Profile | None = None
    automation: AutomationDeclaration | None = None
    """The one that is being built, whose inputs and variables are settings of its job."""
    sequences: dict[str, Sequence | None] = field(default_factory=dict)
    """By name, as far as they are built; None while one is being built."""
    sizes: dict[str, int] = field(default_factory=dict)
    """How many steps a sequence has, with every call within it carried out."""
    lists: list[Path] = field(default_factory=list)
    """Where lists of steps stand, those within steps included."""
    calls: list[Call] = field(default_factory=list)
    begins: dict[tuple[int, int, str], Span] = field(default_factory=dict)
    """The shortest span that begins at a place; looked up when something is to be said."""
    variables: dict[Path, list[Variable]] = field(default_factory=dict)
    """By where the list of steps stands in which they are declared."""

    def span_of(self, source: Source) -> Span:
        """Find what begins where a part of the profile says that it stands."""
        file = "" if source.file == self.document.file else source.file
        if not self.begins:
            self.begins = self.document.places.by_beginning()
        line, column = source.line, source.column
        return self.begins.get((line, column, file)) or Span(line, column, line, column + 1, file)

    def in_phase(self, number: int, key: str) -> Span:
        """Find where something of a phase stands, `name` or `until`."""
        return self.document.places.of_value((*self.phase_paths[number], key))

    def mentions(self, kind: NameKind) -> Iterator[Mention]:
        """Yield the names of one kind, in the order they were met."""
        return (each for each in self.names if each.kind == kind)

    def error(
        self, span: Span, code: str, message: str, suggestion: str | None = None
    ) -> Diagnostic:
        """Make an error of this document."""
        return Diagnostic.at(self.document.file, span, code, message, suggestion=suggestion)

    def warning(
        self, span: Span, code: str, message: str, suggestion: str | None = None
    ) -> Diagnostic:
        """Make a warning of this document."""
        return Diagnostic.at(
            self.document.file, span, code, message, suggestion=suggestion, severity="warning"
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value in the document with its place.

    Reading something of the wrong kind gives None without a word: the schema has already said it.
    """

    draft: Draft
    data: Any
    path: Path = ()

    def get(self, key: str) -> Cursor | None:
        """Step to a key's value, if there is one."""
        if isinstance(self.data, dict) and key in self.data:
            return Cursor(self.draft, self.data[key], (*self.path, key))
        return None

    def items(self) -> Iterator[tuple[str, Cursor]]:
        """Yield a mapping's keys and values."""
        if isinstance(self.data, dict):
            for key, value in self.data.items():
                yield key, Cursor(self.draft, value, (*self.path, key))

    def elements(self) -> Iterator[Cursor]:
        """Yield a list's elements."""
        if isinstance(self.data, list):
            for index, value in enumerate(self.data):
                yield Cursor(self.draft, value, (*self.path, index))

    def text(self, key: str) -> str | None:
        """Read a key's value as text."""
        value = self.data.get(key) if isinstance(self.data, dict) else None
        return value if isinstance(value, str) else None

    @property
    def span(self) -> Span:
        """Where the value stands."""
        return self.draft.document.places.of_value(self.path)

    @property
    def key_span(self) -> Span:
        """Where the key stands that leads to it."""
        return self.draft.document.places.of_key(self.path)

    @property
    def source(self) -> Source:
        """Where it stands, for the plan and the trace."""
        span, document = self.key_span, self.draft.document
        part = document.parts.get(span.file, document)
        return Source(file=part.file, line=span.line, column=span.column, name=part.name)

    def mention(
        self,
        kind: NameKind,
        name: str,
        where: Span | Callable[[], Span] | None = None,
        **more: Any,
    ) -> None:
        """Note a name that has to exist."""
        self.draft.names.append(Mention(kind=kind, name=name, where=where or self.span, **more))

    def complain(
        self, code: str, message: str, suggestion: str | None = None, span: Span | None = None
    ) -> None:
        """Add an error at this value."""
        self.draft.problems.append(self.draft.error(span or self.span, code, message, suggestion))
