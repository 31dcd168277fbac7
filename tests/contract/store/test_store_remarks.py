"""Who did what, what people noted, what rehearsals came to."""

from __future__ import annotations

import pytest

from orchestrator.ports.entries import ChangedMeanwhile
from orchestrator.ports.remarks import NewDeed, NewNote
from orchestrator.ports.store import NotFound, Store
from tests.support.stores import WALL, submitted


def deed(name: str, **more: object) -> NewDeed:
    given: dict[str, object] = {
        "at_wall_s": WALL,
        "actor": "ada",
        "role": "user",
        "address": "127.0.0.1",
        "deed": name,
        "detail": {"note": "later"},
    }
    return NewDeed(**{**given, **more})  # type: ignore[arg-type]


async def test_a_deed_is_on_record_before_it_is_done_and_with_its_outcome(store: Store) -> None:
    first = await store.begin_deed(deed("submit_experiment"))
    second = await store.begin_deed(deed("hold_experiment", experiment="a", actor="bob"))
    await store.end_deed(first, 201, "a")
    newest, oldest = (await store.deeds()).items
    assert (oldest.id, oldest.status, oldest.experiment) == (first, 201, "a")
    assert (newest.id, newest.status, newest.experiment) == (second, None, "a")
    assert (newest.actor, newest.role, newest.address) == ("bob", "user", "127.0.0.1")
    assert newest.detail == {"note": "later"}
    await store.end_deed(second, 409)
    assert [each.status for each in (await store.deeds(experiment="a")).items] == [409, 201]
    assert [each.id for each in (await store.deeds(actor="bob")).items] == [second]
    held = (await store.deeds(experiment="a", deed="hold_experiment")).items
    assert [each.id for each in held] == [second]
    assert (await store.deeds(experiment="b")).items == []


async def test_deeds_come_in_pages_newest_first(store: Store) -> None:
    made = [await store.begin_deed(deed(f"d{n}")) for n in range(5)]
    first = await store.deeds(limit=3)
    rest = await store.deeds(limit=3, cursor=first.next)
    assert [each.id for each in (*first.items, *rest.items)] == made[::-1]
    assert rest.next is None


async def test_notes_are_kept_changed_and_taken_away(store: Store) -> None:
    await store.create_experiment(submitted("a"))
    plain = await store.add_note(NewNote(experiment="a", text="foam", actor="ada", at_wall_s=WALL))
    pinned = await store.add_note(
        NewNote(
            experiment="a",
            text="new bottle",
            actor="bob",
            at_wall_s=WALL + 9,
            vessel="v1",
            pinned_wall_s=WALL + 5,
        )
    )
    assert await store.notes("a") == [plain, pinned]
    assert await store.notes("b") == []
    with pytest.raises(ChangedMeanwhile):
        await store.change_note(plain.id, "?", was="fog", at_wall_s=WALL + 10)
    await store.change_note(plain.id, "foam, gone", was="foam", at_wall_s=WALL + 20)
    changed = await store.note(plain.id)
    assert changed is not None
    assert (changed.text, changed.changed_wall_s) == ("foam, gone", WALL + 20)
    await store.change_note(pinned.id, None, at_wall_s=WALL + 30)
    assert await store.notes("a") == [changed]
    assert await store.note(pinned.id) is None
    with pytest.raises(NotFound):
        await store.change_note(pinned.id, "again", at_wall_s=WALL)
    with pytest.raises(NotFound):
        await store.add_note(NewNote(experiment="x", text="?", actor="ada", at_wall_s=WALL))
    told = [each for each in await store.events_after(0) if each.kind == "remark"]
    assert [(each.experiment, each.vessel, each.data["text"]) for each in told] == [
        ("a", None, "foam"),
        ("a", "v1", "new bottle"),
        ("a", None, "foam"),
        ("a", "v1", "new bottle"),
    ]


async def test_what_a_rehearsal_came_to_is_known_by_its_plan(store: Store) -> None:
    assert await store.rehearsal("q") is None
    await store.keep_rehearsal("q", {"duration_s": 5.0}, at_wall_s=WALL)
    await store.keep_rehearsal("q", {"duration_s": 6.0}, at_wall_s=WALL)
    assert await store.rehearsal("q") == {"duration_s": 6.0}
