"""What an author is told at a place: `¦` marks it. Nothing here needs an editor."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.assist.complete import Choice, complete
from orchestrator.documents.assist.define import Target, define
from orchestrator.documents.assist.explain import explain_place
from orchestrator.documents.assist.knowledge import Knowledge
from orchestrator.documents.assist.mend import CannotRename, Edit, mend, rename
from orchestrator.documents.assist.outline import Entry, outline
from orchestrator.documents.assist.sketch import sketch
from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.documents.decode import lines_of
from orchestrator.documents.load import load

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
KNOWLEDGE = Knowledge(load_offer())
EXAMPLE = (CHECKOUT / "profiles" / "heat-adapted-turbidostat.yaml").read_text("utf-8")
EVERYTHING = (HERE / "everything.yaml").read_text("utf-8")
FRAME = """\
axenic: profile/1
name: Frame
inputs:
  density: {type: od, description: OD to hold, default: 0.8}
vessels:
  left: {volume: 15 mL}
  right: {volume: 15 mL}
media:
  feed: {bottle: 5 L}
  waste: {bottle: 6 L}
phases:
  - name: grow
    duration: 2 d
"""


CALLS = """\
axenic: profile/1
name: Calls
vessels:
  left: {volume: 15 mL}
sequences:
  wash:
    variables:
      volume: {type: volume, description: How much, default: 1 mL}
    do:
      - log: "{{ vars.volume }} mL"
phases:
  - name: start
    do:
      - call: wash
      - ask: {question: Amount, type: number, variable: volume}
      - log: "{{ vars.volume }}"
  - repeat:
      count: 2
      phases:
        - name: again
          description: Once more
          duration: 1 h
          do:
            - call: {wash: {volume: 2 mL}}
            - repeat:
                for_each: [1, 2]
                variable: round
                do: [{log: "{{ vars.round }}"}]
"""


AUTOMATION = """\
axenic: automation/1
name: counted
job: dosing
description: Counts its doses.
needs_media: [feed]
inputs:
  portion: {type: volume, description: Each time, default: 1 mL}
variables:
  doses: {description: Doses so far, type: number, default: 0}
schedule:
  - name: dose
    every: 1 h
    do:
      - dose: "{{ inputs.portion }}"
      - set: {variables.doses: "{{ variables.doses + 1 }}"}
"""


def place(marked: str) -> tuple[str, int, int]:
    """Take the mark out of a text and say where it was."""
    before, _, after = marked.partition("¦")
    return before + after, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


def choices(marked: str) -> dict[str, Choice]:
    """What may be written at the mark, by label."""
    text, line, column = place(marked)
    return {each.label: each for each in complete(text, "x.yaml", line, column, KNOWLEDGE)}


def explained(marked: str) -> str:
    """What is said about the thing at the mark."""
    text, line, column = place(marked)
    found = explain_place(text, "x.yaml", line, column, KNOWLEDGE)
    return found.text if found is not None else ""


def defined(marked: str) -> Target | None:
    """Where the thing at the mark comes from."""
    text, line, column = place(marked)
    return define(text, "folder/x.yaml", line, column, KNOWLEDGE)


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Carry edits of single lines out."""
    lines = lines_of(text)
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        span = edit.span
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + edit.text + line[span.end_column - 1 :]
    return "\n".join(lines) + "\n"


# ---- the sketch


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("profiles", "contrib", "tests/documents")
        for path in sorted((CHECKOUT / folder).rglob("*.yaml"))
        if "&" not in path.read_text("utf-8", "replace")
    ],
    ids=lambda path: path.name,
)
def test_a_sketch_of_a_finished_document_has_its_keys_and_their_places(path: Path) -> None:
    document, problems = load(path.read_bytes(), path.name)
    if document is None or problems or "|" in document.text or ">-" in document.text:
        return  # texts of several lines are left out of a sketch
    drawn = sketch(document.text, path.name)
    assert drawn.places.keys == document.places.keys


# ---- completion


@pytest.mark.parametrize(
    ("marked", "offered", "not_offered"),
    [
        ("¦", {"axenic", "name", "phases"}, {"duration"}),
        ("axenic: ¦", {"profile/1"}, {"name"}),
        (f"{FRAME}¦", {"jobs", "rules"}, {"name", "phases"}),
        (f"{FRAME}jobs:\n  ¦", {"stirring", "dosing"}, {"duration"}),
        (f"{FRAME}jobs:\n  st¦\n", {"stirring", "dosing"}, {"name"}),
        (f"{FRAME}jobs: {{temperature: {{¦", {"automation", "target", "at_end"}, set()),
        (f"{FRAME}jobs: {{temperature: {{automation: ¦}}}}", {"thermostat", "off"}, {"silent"}),
        (f"{FRAME}jobs: {{temperature: {{target: ¦}}}}", {"37 °C"}, set()),
        (f"{FRAME}    ¦", {"do", "until", "jobs", "schedule"}, {"name", "duration"}),
        (f"{FRAME}    do:\n      - ¦", {"set", "go_to", "dose"}, {"duration"}),
        (f"{FRAME}    do:\n      - log: x\n        ¦", {"if", "late"}, {"set", "log"}),
        (f"{FRAME}    do:\n      - go_to: ¦", {"grow"}, {"left"}),
        (f"{FRAME}    do:\n      - set: {{¦", {"stirring.target"}, {"od_reading.uncalibrated"}),
        (f"{FRAME}    do:\n      - stop: d¦", {"dosing"}, set()),
        (f"{FRAME}    do:\n      - dose: {{medium: ¦}}", {"feed", "waste"}, set()),
        (f"{FRAME}    do:\n      - log: x\n        vessels: [left, ¦]", {"right"}, {"grow"}),
        (f"{FRAME}    do:\n      - alert: {{severity: ¦", {"info", "critical"}, set()),
        (f"{FRAME}    schedule:\n      - ramp: ¦", {"temperature.target"}, set()),
        (f"{FRAME}    schedule:\n      - ramp: x\n        ¦", {"to", "over"}, {"do", "every"}),
        (f"{FRAME}    timeout: {{after: 2 h, then: ¦}}", {"fail", "grow"}, set()),
        (f"{FRAME}limits: {{dosing: {{¦", {"per_hour"}, {"temperature.maximum"}),
        (f"{FRAME}charts: [¦", {"growth", "dosing"}, set()),
        (f"{FRAME}timezone: Europe/¦", {"Europe/Berlin"}, set()),
        (f"{FRAME}rules:\n  - when: true\n    mode: ¦", {"queued", "single"}, set()),
        (f"{FRAME}rules:\n  - when: true\n    while_paused: ¦", {"true", "false"}, set()),
        (FRAME.replace("15 mL}", "15 mL, inputs: {¦}}", 1), {"density"}, set()),
        (f"{CALLS}            - call: w¦", {"wash"}, {"start"}),
        (f"{CALLS}            - call: {{¦", {"wash"}, {"start"}),
        (f"{CALLS}            - call: {{wash: {{¦", {"volume"}, {"wash", "round"}),
        (f"{CALLS}            - go_to: ¦", {"start", "again"}, {"wash"}),
        (f"{CALLS}          timeout: {{after: 2 h, then: ¦}}", {"fail", "again"}, set()),
        (f"{FRAME}    schedule:\n      - move: ¦", {"temperature.target"}, set()),
        (f"{FRAME}    schedule:\n      - move: x\n        ¦", {"sine", "points"}, {"do", "to"}),
        (f"{FRAME}    schedule:\n      - move: x\n        sine: {{¦", {"period"}, {"steps"}),
        (f"{FRAME}    schedule:\n      - move: x\n        steps: [{{¦", {"value", "for"}, {"at"}),
        (f"{AUTOMATION}      - set: {{stirring.target: 1}}\n        ¦", {"if"}, {"set", "log"}),
        (f"{AUTOMATION}      - set: {{¦", {"stirring.target"}, {"doses"}),
        ("axenic: chart/1\n¦", {"title", "series"}, {"phases"}),
        ("axenic: chart/1\nseries: [¦", {"temperature.measured"}, set()),
        (f"{FRAME}# ¦", set(), {"jobs"}),
    ],
)
def test_completion_offers_what_may_stand_there(
    marked: str, offered: set[str], not_offered: set[str]
) -> None:
    found = set(choices(marked))
    assert offered <= found
    assert not not_offered & found


@pytest.mark.parametrize(
    ("marked", "offered"),
    [
        ('    until: "{{ ¦', {"od600", "temperature.measured", "inputs.density", "hours", "phase"}),
        ("    until: \"{{ phase == '¦", {"grow"}),
        ("    until: \"{{ phase in ['¦", {"grow"}),
        ("    until: \"{{ vessel == '¦' }}\"", {"left", "right"}),
        ('    until: "{{ od600 | r¦', {"round"}),
        ('    until: "{{ vessels.le¦', {"vessels.left.od600"}),
        ('    until: "{{ od600 > ¦ }}"', {"inputs.density"}),
        ("    until: {{ od¦", {"od600"}),
        ('rules:\n  - on: {device: feed_pump}\n    if: "{{ trigger.¦', {"trigger.value"}),
        ('    do:\n      - log: "at {{ ¦ }} now"', {"od600"}),
    ],
)
def test_completion_within_an_expression(marked: str, offered: set[str]) -> None:
    assert offered <= set(choices(FRAME + marked))


@pytest.mark.parametrize(
    ("marked", "offered", "not_offered"),
    [
        (CALLS.replace("vars.volume }} mL", "¦ }} mL"), {"vars.volume"}, {"vars.round"}),
        (CALLS.replace("vars.round }}", "vars.¦ }}"), {"vars.round"}, {"vars.volume"}),
        (CALLS.replace('"{{ vars.volume }}"', '"{{ ¦ }}"'), {"vars.volume"}, {"vars.round"}),
        (f'{CALLS}          until: "{{{{ ¦', {"od600"}, {"vars.round", "vars.volume"}),
        (
            "axenic: automation/1\nname: x\njob: dosing\nvariables:\n"
            "  doses: {type: number, default: 0}\n"
            'schedule:\n  - every: 1 h\n    do: [{log: "{{ variables.¦ }}"}]\n',
            {"variables.doses"},
            {"vars.doses"},
        ),
    ],
)
def test_variables_are_offered_where_they_are_known(
    marked: str, offered: set[str], not_offered: set[str]
) -> None:
    found = set(choices(marked))
    assert offered <= found
    assert not not_offered & found


def test_no_completion_behind_an_expression_is_of_the_expression() -> None:
    assert "od600" not in choices(FRAME + '    until: "{{ od600 }} ¦"')


def test_a_completion_replaces_the_whole_word_and_says_what_it_means() -> None:
    found = choices(f"{FRAME}jobs:\n  stir¦ring: {{}}\n")["stirring"]
    assert (found.span.column, found.span.end_column) == (3, 11)
    assert found.insert == "stirring"  # its colon is there already
    found = choices(f"{FRAME}jobs: {{stirring: {{ta¦")["target"]
    assert found.insert == "target: "
    assert found.about == "Stirring speed. In rpm; 0 rpm to 2000 rpm; default 500 rpm."
    signal = choices(FRAME + '    until: "{{ temperature.me¦')["temperature.measured"]
    assert signal.about == "Measured temperature. In °C; unknown when older than 30 s."
    assert (signal.span.column, signal.span.end_column) == (16, 30)


def test_every_key_of_a_step_that_the_schema_has_is_offered() -> None:
    steps = KNOWLEDGE.schema_of(sketch(FRAME, "x"))["$defs"]["step"]["properties"]
    assert set(steps) <= set(choices(f"{FRAME}    do:\n      - ¦"))


# ---- hover


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ("jobs: {stirring: {tar¦get: 400 rpm}}\n", "In rpm; 0 rpm to 2000 rpm; default 500 rpm"),
        ("jobs: {stirr¦ing: {}}\n", "Turns the stir bar"),
        ("jobs: {temperature: {automation: thermo¦stat}}\n", "Heats towards a target"),
        ('    until: "{{ od6¦00 > 1 }}"\n', "nknown when older than"),
        ('    until: "{{ temperature.meas¦ured > 1 }}"\n', "In °C"),
        ('    until: "{{ inputs.dens¦ity > 1 }}"\n', "OD to hold. type od; default 0.8"),
        ('    until: "{{ clam¦p(od600, 1, 2) > 1 }}"\n', "between a lower and an upper"),
        ("    do: [go_to: gr¦ow]\n", "phase `grow`"),
        ("    do: [{log: x, vessels: [le¦ft]}]\n", "volume 15 mL"),
        ("    time¦out: {after: 1 d}\n", "How long the phase may take"),
        ("limits: {dosing: {per_ho¦ur: 3 mL}}\n", "Liquid in within any hour"),
        ("charts: [gro¦wth]\n", "chart `growth`"),
        ("rules: [{when: true, mode: que¦ued}]\n", "What happens when it fires again"),
        ("jobs: {stirring: {tar¦get: [}}\n", "Stirring speed"),  # half typed
    ],
)
def test_pointing_at_something_explains_it(marked: str, said: str) -> None:
    assert said in explained(FRAME + marked)


def test_pointing_at_a_problem_shows_the_page_of_its_check() -> None:
    text, line, column = place(f"{FRAME}jobs: {{stirring: {{tar¦gt: 400 rpm}}}}\n")
    found = check_text(text, "x.yaml").diagnostics
    said = explain_place(text, "x.yaml", line, column, KNOWLEDGE, found)
    assert said is not None
    assert "**unknown-setting**" in said.text
    assert "A setting that the job" in said.text


@pytest.mark.parametrize(
    ("old", "marked", "said"),
    [
        ("{wash: {volume", "{wash: {vol¦ume", "How much. type volume; default 1 mL"),
        ("vars.volume }} mL", "vars.vol¦ume }} mL", "How much. type volume; default 1 mL"),
        ("name: again", "name: ag¦ain", "Once more. duration 1 h"),
    ],
)
def test_pointing_at_a_variable_or_a_phase_in_a_loop(old: str, marked: str, said: str) -> None:
    assert said in explained(CALLS.replace(old, marked))


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ("mo¦ve: temperature.target", "follows a shape"),
        ("move: temperature.tar¦get", "In °C"),
        ("move: x\n        si¦ne: {mean: 30 °C}", "wave around a mean"),
        ("move: x\n        sine: {ampli¦tude: 1 K}", "above and below"),
        ("move: x\n        steps: [{value: 1, fo¦r: 1 h}]", "How long it is held"),
    ],
)
def test_pointing_at_a_part_of_a_move(marked: str, said: str) -> None:
    found = explained(f"{FRAME}    schedule:\n      - {marked}\n")
    assert said in found


# ---- definitions


@pytest.mark.parametrize(
    ("old", "marked", "line"),
    [
        ("call: wash", "call: wa¦sh", 6),
        ("call: {wash", "call: {wa¦sh", 6),
        ("{wash: {volume", "{wash: {vol¦ume", 8),
        ("vars.volume }} mL", "vars.vol¦ume }} mL", 8),
        ('"{{ vars.volume }}"', '"{{ vars.vol¦ume }}"', 15),
        ("vars.round", "vars.ro¦und", 27),
        ("duration: 1 h", "until: \"{{ phase == 'ag¦ain' }}\"", 20),
    ],
)
def test_sequences_variables_and_phases_in_loops_are_declared(
    old: str, marked: str, line: int
) -> None:
    target = defined(CALLS.replace(old, marked))
    assert target is not None
    assert target.span.line == line


@pytest.mark.parametrize(
    ("marked", "line"),
    [
        ('    until: "{{ inputs.dens¦ity > 1 }}"\n', 4),
        ("    do: [go_to: gr¦ow]\n", 12),
        ("    until: \"{{ phase == 'gr¦ow' }}\"\n", 12),
        ("    do: [{log: x, vessels: [ri¦ght]}]\n", 7),
        ("    do: [dose: {volume: 1 mL, medium: was¦te}]\n", 10),
    ],
)
def test_a_name_leads_to_where_the_document_declares_it(marked: str, line: int) -> None:
    target = defined(FRAME + marked)
    assert target is not None
    assert (target.file, target.span.line) == (None, line)


@pytest.mark.parametrize(
    ("marked", "file"),
    [
        ("jobs: {stirr¦ing: {}}\n", "contrib/jobs/stirring.yaml"),
        ("jobs: {temperature: {automation: ther¦mostat}}\n", "contrib/automations/thermostat.yaml"),
        ("charts: [gro¦wth]\n", "contrib/charts/growth.yaml"),
        ("jobs: !include jo¦bs.yaml\n", "folder/jobs.yaml"),
    ],
)
def test_what_is_on_offer_or_included_leads_to_its_file(marked: str, file: str) -> None:
    target = defined(FRAME + marked)
    assert target is not None
    assert target.file is not None
    assert target.file.as_posix().endswith(file)


# ---- outline


def _names(entries: tuple[Entry, ...]) -> list[str]:
    return [each.name for each in entries]


def test_the_outline_has_sections_phases_and_what_they_schedule() -> None:
    entries = outline(EXAMPLE, "x.yaml")
    assert _names(entries)[:3] == ["axenic", "name", "description"]
    (phases,) = (each for each in entries if each.name == "phases")
    assert _names(phases.children) == ["inoculate", "batch", "hold"]
    schedule = next(each for each in phases.children[2].children if each.name == "schedule")
    assert _names(schedule.children) == ["warm up", "aerate", "daily sample"]
    for entry in (*entries, *phases.children, *schedule.children):
        assert (entry.whole.line, entry.whole.column) == (entry.at.line, entry.at.column)
        assert (entry.whole.end_line, entry.whole.end_column) >= (
            entry.at.end_line,
            entry.at.end_column,
        )


@pytest.mark.parametrize(
    ("old", "marked", "line"),
    [
        ("inputs.portion", "inputs.por¦tion", 7),
        ("{{ variables.doses", "{{ variables.do¦ses", 9),
        ("{variables.doses", "{variables.do¦ses", 9),
    ],
)
def test_names_in_an_automation_lead_to_where_it_declares_them(
    old: str, marked: str, line: int
) -> None:
    target = defined(AUTOMATION.replace(old, marked, 1))
    assert target is not None
    assert target.span.line == line


def test_the_outline_has_phases_in_loops() -> None:
    (phases,) = (each for each in outline(CALLS, "x.yaml") if each.name == "phases")
    (repeat,) = phases.children[1].children
    (inner,) = (each for each in repeat.children if each.name == "phases")
    assert _names(inner.children) == ["again"]


# ---- fixes and new names


SIGNS = "{[}]:-'\"#|>&*!,\n\t %@`?🧫µ\r\u2028"
SAMPLES = sorted((HERE / "err").glob("*.yaml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_suggestion_that_is_carried_out_mends_what_it_was_made_for(path: Path) -> None:
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return  # a sample of what is no text
    for found in check_text(text, path.name).diagnostics:
        edit = mend(found, text)
        if edit is None or found.line != found.end_line:
            continue
        after = check_text(edited(text, (edit,)), path.name).diagnostics
        same = [
            each
            for each in after
            if (each.code, each.line, each.message) == (found.code, found.line, found.message)
        ]
        assert same == [], (found, edit)


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        ("target_od6¦00:", "density"),
        ("  - name: ba¦tch", "grow"),
        ("  war¦med:", "hot"),
        ("  fe¦ed:", "fresh"),
    ],
)
def test_a_new_name_is_written_wherever_the_old_one_was(pattern: str, new: str) -> None:
    marked = EXAMPLE.replace(pattern.replace("¦", ""), pattern, 1)
    text, line, column = place(marked)
    after = edited(text, rename(text, "x.yaml", line, column, new, KNOWLEDGE))
    before_it, after_it = (check_text(each, "x.yaml") for each in (text, after))
    assert before_it.is_good
    if pattern != "  fe¦ed:":  # doses come from feed where they name no bottle
        assert [each.code for each in after_it.diagnostics] == [
            each.code for each in before_it.diagnostics
        ]
    assert after.count(new) > text.count(new)


def test_a_phase_is_renamed_in_the_conditions_that_compare_it_too() -> None:
    text, line, column = place(EXAMPLE.replace("  - name: hold", "  - name: ho¦ld"))
    after = edited(text, rename(text, "x.yaml", line, column, "keep", KNOWLEDGE))
    assert "{{ phase == 'keep' }}" in after
    assert "name: keep" in after


@pytest.mark.parametrize(
    ("old", "marked", "expected"),
    [
        ("  wash:", "  wa¦sh:", ["  new:", "call: new", "{new: {volume"]),
        ("call: {wash", "call: {wa¦sh", ["  new:", "call: new", "{new: {volume"]),
        ("      volume:", "      vol¦ume:", ["      new:", "vars.new }} mL", "{wash: {new: 2"]),
        ("{wash: {volume", "{wash: {vol¦ume", ["      new:", "vars.new }} mL", "{wash: {new: 2"]),
        ("variable: volume", "variable: vol¦ume", ["variable: new", '"{{ vars.new }}"']),
        ("vars.round", "vars.ro¦und", ["variable: new", "vars.new"]),
        ("name: again", "name: ag¦ain", ["name: new"]),
    ],
)
def test_sequences_and_variables_are_renamed_where_they_are_known(
    old: str, marked: str, expected: list[str]
) -> None:
    text, line, column = place(CALLS.replace(old, marked))
    after = edited(text, rename(text, "x.yaml", line, column, "new", KNOWLEDGE))
    assert all(each in after for each in expected)
    assert after.count("new") == len(expected)
    assert check_text(after, "x.yaml").is_good == check_text(text, "x.yaml").is_good


def test_what_an_automation_remembers_is_renamed_where_it_is_set_and_read() -> None:
    text, line, column = place(AUTOMATION.replace("  doses:", "  do¦ses:"))
    after = edited(text, rename(text, "x.yaml", line, column, "times", KNOWLEDGE))
    assert 'set: {variables.times: "{{ variables.times + 1 }}"}' in after
    assert "  times: {" in after
    assert check_text(after, "x.yaml").is_good


def test_a_variable_takes_no_name_of_the_same_steps() -> None:
    other = "      other: {type: text, default: x}\n    do:\n      - log: "
    marked = CALLS.replace("    do:\n      - log: ", other, 1).replace("  volume:", "  vol¦ume:")
    text, line, column = place(marked)
    with pytest.raises(CannotRename, match="already"):
        rename(text, "x.yaml", line, column, "other", KNOWLEDGE)


def test_a_name_that_is_taken_or_impossible_is_refused() -> None:
    text, line, column = place(FRAME.replace("left:", "le¦ft:"))
    for new, why in (("right", "already"), ("a b", "cannot be the name"), ("", "cannot be")):
        with pytest.raises(CannotRename, match=why):
            rename(text, "x.yaml", line, column, new, KNOWLEDGE)
    with pytest.raises(CannotRename, match="only inputs"):
        rename(text, "x.yaml", 1, 3, "x", KNOWLEDGE)


# ---- anything


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_half_typed_nothing_fails(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice((EXAMPLE, EVERYTHING, FRAME, CALLS, AUTOMATION))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0:
                text = text[:at]
            case 1:
                text = text[:at] + chance.choice(list(SIGNS)) + text[at:]
            case 2:
                text = text[:at] + text[at + chance.randrange(30) :]
            case _:
                lines = text.split("\n")
                chance.shuffle(lines)
                text = "\n".join(lines)
    lines = lines_of(text) or [""]
    line = chance.randint(1, len(lines) + 2)
    column = chance.randint(1, 80)
    for each in complete(text, "x.yaml", line, column, KNOWLEDGE):
        assert each.span.line == line
        assert each.span.column <= each.span.end_column
    found = check_text(text, "x.yaml").diagnostics
    explain_place(text, "x.yaml", line, column, KNOWLEDGE, found)
    define(text, "x.yaml", line, column, KNOWLEDGE)
    outline(text, "x.yaml")
