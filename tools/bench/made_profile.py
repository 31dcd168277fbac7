"""Profiles as long as the design's budget speaks of, made from the example."""

from __future__ import annotations

from pathlib import Path

from tools.bench.processes import CHECKOUT

EXAMPLE = CHECKOUT / "profiles" / "heat-adapted-turbidostat.yaml"
LINES = 200
_STEP = """\
      - name: step {number}
        at: {hours} h
        do:
          - set: {{stirring.target: {rpm} rpm}}
          - wait: 2 min
          - log: "{{{{ vessel }}}} is at {{{{ (od600 * {factor}) | round(2) }}}}"
"""


def profile_text(number: int = 1, lines: int = LINES) -> str:
    """The example, with further steps in its schedule up to so many lines.

    No two steps share an expression, in one profile or in two: whoever keeps what was parsed before
    gains nothing from profiles being made by a machine. None begins with the example's aeration, so
    that there is nothing to warn of: what is measured is the check of a good profile.
    """
    text = EXAMPLE.read_text(encoding="utf-8").replace("Heat-adapted", f"Heat-adapted {number}", 1)
    head, tail = text.split("\nrules:\n")
    steps = ""
    step_lines = _STEP.count("\n")
    count = max(0, (lines - text.count("\n")) // step_lines)
    for step in range(1, count + 1):
        rpm, factor = 400 + (step * 7 + number) % 400, f"1.{number:04}{step:03}"
        steps += _STEP.format(number=step, hours=4 * step + 1, rpm=rpm, factor=factor)
    whole = f"{head.rstrip()}\n{steps}\nrules:\n{tail}"
    return whole + "# \n" * (lines - whole.count("\n"))


def write_profiles(folder: Path, count: int) -> Path:
    """So many of them in a folder."""
    folder.mkdir()
    for number in range(1, count + 1):
        (folder / f"made-{number:03}.yaml").write_text(profile_text(number), encoding="utf-8")
    return folder
