"""Where a mistake stands: in every way of writing a scalar, with every kind of line end and letter.

`«` and `»` mark in a sample where the name that does not exist begins and ends.
"""

from __future__ import annotations

import pytest

from orchestrator.documents.check import check_text
from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.excerpt import text_of
from orchestrator.documents.load import load

HEAD = "axenic: profile/1\nname: x\nvessels: {a: {volume: 15 mL}}\njobs: {od_reading: {}}\n"
SAMPLES = {
    "plain": 'until: "{{ «od60» > 1 }}"',
    "in single quotes": "until: '{{ «od60» > 1 }}'",
    "with a text of the same name before": "until: \"{{ vessel == 'od60' or «od60» > 1 }}\"",
    "with quotes doubled": "until: '{{ vessel == ''od60'' or «od60» > 1 }}'",
    "with quotes escaped": 'until: "{{ vessel == \\"od60\\" or «od60» > 1 }}"',
    "after another that is longer": 'until: "{{ od600 > 1 and od600 < «od60» }}"',
    "of another vessel": 'until: "{{ «vessels.a.od60» > 1 }}"',
    "over two lines in double quotes": 'until: "{{ od600 > 1\n      or «od60» > 1 }}"',
    "over two lines in single quotes": "until: '{{ od600 > 1\n      or «od60» > 1 }}'",
    "folded": "until: >-\n      {{ od600 > 1 or\n      «od60» > 1 }}\n    duration: 1 d",
    "literal": "until: |\n      {{ od600 > 1\n         or «od60» > 1 }}\n\n    duration: 1 d",
    "in a flow mapping": 'until: {when: "{{ «od60» > 1 }}", for: 2 min}',
    "in a flow mapping over lines": 'until: {for: 2 min,\n      when: "{{ «od60» > 1 }}"}',
    "in a text with words around": 'do: [{log: "od60 is {{ «od60» }}"}]',
    "in the second of two": 'do: [{log: "{{ od600 }} {{ «od60» }}"}]',
    "after a comment that names it": 'until:  # od60\n      "{{ «od60» > 1 }}"',
    "after letters of two bytes": 'description: µ°é\n    until: "{{ «od60» > 1 }}"',
    "after letters on its line": 'do: [{name: "µ°é", log: "{{ «od60» }}"}]',
    "after an emoji on its line": 'do: [{name: "🧫🧪", log: "{{ «od60» }}"}]',
    "after letters that combine": 'do: [{name: "e\u0301", log: "{{ «od60» }}"}]',
    "after a tab": 'do: [{log: "\t{{ «od60» }}"}]',
}


def found_in(content: bytes) -> list[Diagnostic]:
    return list(check_text(content, "a.yaml").diagnostics)


def marked(written: str) -> tuple[str, Span]:
    """A sample without its marks, and the span between them."""
    before, _, rest = written.partition("«")
    name, _, after = rest.partition("»")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return before + name + after, Span(line, column, line, column + len(name))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_name_is_found_where_it_is_written(sample: str, bom: bytes, end: str) -> None:
    text, span = marked(f"{HEAD}phases:\n  - name: hold\n    {SAMPLES[sample]}\n")
    (problem,) = found_in(bom + text.replace("\n", end).encode())
    assert problem.code == "unknown-signal"
    assert Span(problem.line, problem.column, problem.end_line, problem.end_column) == span


def test_each_of_several_equal_mistakes_has_its_own_place() -> None:
    text = HEAD + 'phases:\n  - {name: hold, until: "{{ od60 > 1 and 2 > od60 }}"}\n'
    columns = [problem.column for problem in found_in(text.encode())]
    line = text.splitlines()[-1]
    assert columns == [line.index("od60") + 1, line.rindex("od60") + 1]


def test_columns_count_characters_and_not_code_units_or_bytes() -> None:
    document, _ = load('a: {"b": 🧫, c: x}\n', "a.yaml")
    assert document is not None
    assert document.places.of_value(("a", "c")) == Span(1, 16, 1, 17)


def test_the_value_of_a_block_scalar_begins_at_its_sign() -> None:
    document, _ = load("a: |\n  x\n  y\nb: 1\n", "a.yaml")
    assert document is not None
    assert document.places.of_value(("a",)) == Span(1, 4, 4, 1)


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_what_ends_a_line_for_some_programs_only_is_refused(sign: str) -> None:
    (problem,) = found_in(f"a: x\nb: y # {sign}c: z\n".encode())
    assert (problem.code, problem.line, problem.column) == ("unprintable", 2, 8)
    assert "ends a line for some programs" in problem.message


def excerpt(line: str, column: int, length: int) -> list[str]:
    """The line and the marks as they are shown."""
    problem = Diagnostic.at("a.yaml", Span(1, column, 1, column + length), "code", "message")
    return [each[4:] for each in text_of(problem, line).splitlines()[2:4]]


def test_marks_stand_below_what_is_wrong_on_a_terminal() -> None:
    assert excerpt("a: wrong", 4, 5) == ["a: wrong", "   ^~~~~"]
    assert excerpt("\ta: wrong", 5, 5) == [" a: wrong", "    ^~~~~"]
    assert excerpt("培: wrong", 4, 5) == ["培: wrong", "    ^~~~~"]
    assert excerpt("e\u0301: wrong", 5, 5) == ["e\u0301: wrong", "   ^~~~~"]


def test_of_a_long_line_only_what_is_around_the_place_is_shown() -> None:
    line, marks = excerpt("x" * 5000 + "wrong" + "y" * 5000, 5001, 5)
    assert len(line) < 170
    assert line[marks.index("^") : marks.index("^") + 5] == "wrong"
    assert (line[0], line[-1]) == ("…", "…")


def test_what_could_steer_a_terminal_is_not_written_to_it() -> None:
    problem = Diagnostic.at("a\x1b[2J\n.yaml", Span(1, 1, 1, 2), "code", "message")
    said = text_of(problem, "a: \x1b]0;title\x07\u202e\n")
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "\u202e" not in said
    assert said.count("\n") == 4
