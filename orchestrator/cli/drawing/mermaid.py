"""Phases for Mermaid, which wikis and GitHub draw."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.planning.graph import Lane, Way, doors_between, said_of


def as_mermaid(title: str, lanes: tuple[Lane, ...]) -> str:
    """Write a flowchart with a subgraph for each lane."""
    head = f"---\ntitle: {_quoted(title)}\n---\nflowchart TD\n"
    lines = [line for at, lane in enumerate(lanes) for line in _lane(at, lane)]
    for at, other, name in doors_between(lanes):
        one, two = lanes[at].phases.index(name), lanes[other].phases.index(name)
        lines.append(f'l{at}p{one} ===|"together"| l{other}p{two}')
    return head + "".join(f"  {line}\n" for line in lines)


def _lane(at: int, lane: Lane) -> Iterator[str]:
    ids = {name: f"l{at}p{number}" for number, name in enumerate(lane.phases)}
    ends = {way.target: f"l{at}{way.target}" for way in lane.ways if way.is_end}
    yield f"subgraph lane{at} [{_quoted(', '.join(lane.vessels))}]"
    for name, id_ in ids.items():
        yield f"  {id_}[{_quoted(said_of(lane, name))}]"
    for name, id_ in sorted(ends.items()):
        yield f"  {id_}([{_quoted(name)}])"
    if lane.ways_from(None):
        yield f'  l{at}any{{{{"in any phase"}}}}'
    for way in lane.ways:
        source = ids[way.source] if way.source is not None else f"l{at}any"
        target = ends[way.target] if way.is_end else ids[way.target]
        yield f"  {source} {_arrow(way)}|{_quoted(way.label)}| {target}"
    yield "end"


def _arrow(way: Way) -> str:
    return "-.->" if way.reason in ("timeout", "rule") else "-->"


def _quoted(text: str) -> str:
    """Write a label; Mermaid knows HTML's names for what would end it."""
    for sign, name in (("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, name)
    return '"' + text.replace("\n", "<br>") + '"'
