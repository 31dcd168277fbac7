"""Servers that notifications arrive at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.receivers import PostOffice, Receiver, serving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with serving(made.server):
        yield made
        made.silent.set()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    made = PostOffice()
    with serving(made):
        yield made
