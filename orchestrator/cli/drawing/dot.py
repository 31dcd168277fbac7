"""Phases for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.planning.graph import Lane, Way, doors_between, said_of


def as_dot(title: str, lanes: tuple[Lane, ...]) -> str:
    """Write a directed graph with a cluster for each lane."""
    body = "".join(f"  {line}\n" for at, lane in enumerate(lanes) for line in _lane(at, lane))
    body += "".join(f"  {line}\n" for line in _doors(lanes))
    return f"digraph {_quoted(title)} {{\n  node [shape=box, style=rounded];\n{body}}}\n"


def _lane(at: int, lane: Lane) -> Iterator[str]:
    yield f"subgraph cluster_{at} {{"
    yield f"  label={_quoted(', '.join(lane.vessels))};"
    for name in lane.phases:
        twice = ", peripheries=2" if name in lane.together else ""
        yield f"  {_node(at, name)} [label={_quoted(said_of(lane, name))}{twice}];"
    for end in sorted({way.target for way in lane.ways if way.is_end}):
        yield f"  {_node(at, end, is_end=True)} [label={_quoted(end)}, shape=oval];"
    if lane.ways_from(None):
        yield f'  {_node(at, "any", is_end=True)} [label="in any phase", shape=plaintext];'
    for way in lane.ways:
        yield f"  {_source(at, way)} -> {_node(at, way.target, is_end=way.is_end)} [{_style(way)}];"
    yield "}"


def _doors(lanes: tuple[Lane, ...]) -> Iterator[str]:
    """Join phases that vessels of several lanes enter at once."""
    for at, other, name in doors_between(lanes):
        yield (
            f"{_node(at, name)} -> {_node(other, name)}"
            ' [label="together", dir=none, style=bold, constraint=false];'
        )


def _source(at: int, way: Way) -> str:
    return _node(at, way.source) if way.source is not None else _node(at, "any", is_end=True)


def _node(at: int, name: str, *, is_end: bool = False) -> str:
    return _quoted(f"{at} {'end' if is_end else 'phase'} {name}")


def _style(way: Way) -> str:
    dashed = ", style=dashed" if way.reason in ("timeout", "rule") else ""
    back = ", constraint=false" if way.back else ""
    return f"label={_quoted(way.label)}{dashed}{back}"


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
