"""A dataclass that waits for its methods is the same as one that does not."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from orchestrator.model import lazy_dataclass

Decorate = Callable[..., Any]


def classes(dataclass: Decorate) -> tuple[Any, Any, Any]:
    """A value, one that adds to it, and one with positions and a look of its own."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Dose:
        """Some liquid."""

        volume_ml: float
        medium: str = "feed"
        tags: list[str] = dataclasses.field(default_factory=list, compare=False)
        most: ClassVar[int] = 3

        def __post_init__(self) -> None:
            if self.volume_ml < 0:
                raise ValueError(self.volume_ml)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Late(Dose):  # type: ignore[valid-type,misc]
        by_s: float = 1.0

    @dataclass(frozen=True, slots=True)
    class Pair:
        left: int
        right: int = dataclasses.field(default=0, repr=False)

        def __hash__(self) -> int:
            return 7

    return Dose, Late, Pair


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    volume_ml: float


@lazy_dataclass.dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    volume_ml: float


BOTH = pytest.mark.parametrize("dataclass", [dataclasses.dataclass, lazy_dataclass.dataclass])


@BOTH
def test_values_are_made_compared_shown_and_replaced(dataclass: Decorate) -> None:
    dose, late, pair = classes(dataclass)
    one = dose(volume_ml=1.0)
    assert one == dose(volume_ml=1.0, tags=["a"]) != dose(volume_ml=2.0)
    assert one != late(volume_ml=1.0)
    assert hash(one) == hash(dose(volume_ml=1.0)) == hash((1.0, "feed"))
    assert repr(one).endswith("Dose(volume_ml=1.0, medium='feed', tags=[])")
    assert repr(late(volume_ml=1.0)).endswith("tags=[], by_s=1.0)")
    assert one.tags is not dose(volume_ml=1.0).tags
    assert dataclasses.replace(one, medium="drug").medium == "drug"
    assert [each.name for each in dataclasses.fields(late)] == [
        *("volume_ml", "medium", "tags", "by_s"),
    ]
    assert (pair(1, 2).right, hash(pair(1)), pair.__match_args__) == (2, 7, ("left", "right"))
    assert repr(pair(1)).endswith("Pair(left=1)")
    assert not hasattr(one, "__dict__")
    assert dose.most == 3


@BOTH
def test_the_first_that_is_asked_may_be_any_method(dataclass: Decorate) -> None:
    asked: list[Callable[[Any], Any]] = [repr, hash, lambda each: each == each]
    for ask in asked:
        dose = classes(dataclass)[0]
        one = object.__new__(dose)
        for name, value in (("volume_ml", 1.0), ("medium", "x"), ("tags", [])):
            object.__setattr__(one, name, value)
        assert ask(one)


@BOTH
def test_what_is_wrong_is_refused(dataclass: Decorate) -> None:
    dose, _, _ = classes(dataclass)
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'volume_ml'"):
        dose()
    with pytest.raises(TypeError, match="unexpected keyword argument 'volume'"):
        dose(volume=1.0)
    with pytest.raises(ValueError, match="-1"):
        dose(volume_ml=-1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        dose(volume_ml=1.0).medium = "drug"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del dose(volume_ml=1.0).medium


@pytest.mark.parametrize("kept", [Usual(volume_ml=1.0), Kept(volume_ml=1.0)])
def test_values_are_copied_and_sent(kept: Any) -> None:
    assert pickle.loads(pickle.dumps(kept)) == copy.deepcopy(kept) == copy.copy(kept) == kept


@BOTH
def test_the_many_are_made_like_the_first_few(dataclass: Decorate) -> None:
    dose, _, pair = classes(dataclass)
    for number in range(lazy_dataclass.SELDOM + 3):
        one, two = dose(volume_ml=float(number), medium="drug"), dose(volume_ml=1.0, tags=["a"])
        assert (one.volume_ml, one.medium, one.tags) == (float(number), "drug", [])
        assert (two.medium, two.tags) == ("feed", ["a"])
        assert [
            (each.left, each.right) for each in (pair(1), pair(1, 2), pair(right=3, left=4))
        ] == [
            (1, 0),
            (1, 2),
            (4, 3),
        ]


@BOTH
@pytest.mark.parametrize("before", [0, lazy_dataclass.SELDOM])
def test_arguments_that_do_not_fit_are_refused(dataclass: Decorate, before: int) -> None:
    dose, _, pair = classes(dataclass)
    for _ in range(before):
        dose(volume_ml=1.0)
        pair(1)
    for kind, values, named in (
        (dose, (1.0,), {}),
        (dose, (), {"volume_ml": 1.0, "colour": "red"}),
        (pair, (), {}),
        (pair, (1, 2, 3), {}),
        (pair, (1,), {"left": 2}),
        (pair, (), {"right": 2}),
    ):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            kind(*values, **named)


@BOTH
def test_values_with_an_order_are_sorted(dataclass: Decorate) -> None:
    @dataclass(frozen=True, slots=True, order=True)
    class Span:
        line: int
        column: int
        file: str = dataclasses.field(default="", compare=False)

    early, late = Span(1, 9, "b"), Span(2, 1, "a")
    assert early < late > early <= late >= early
    assert early <= Span(1, 9, "a") >= early == Span(1, 9, "a")
    assert min(late, early) is early
    with pytest.raises(TypeError, match="not supported"):
        sorted([early, 1])  # type: ignore[type-var]


@BOTH
def test_what_is_not_frozen_may_change_and_has_no_hash(dataclass: Decorate) -> None:
    @dataclass(slots=True)
    class Draft:
        title: str
        names: list[str] = dataclasses.field(default_factory=list)

    one = Draft("a")
    one.title = "b"
    one.names.append("x")
    assert (one, Draft("a").names) == (Draft("b", ["x"]), [])
    assert repr(one).endswith("Draft(title='b', names=['x'])")
    assert copy.copy(one) == one
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
