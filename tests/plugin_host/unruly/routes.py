"""Routes of the API as a plugin may bring them, good ones and bad ones."""

from __future__ import annotations

import os
import time
from typing import Any

from orchestrator.plugin import Place, Question, Refused


class Echo:
    """Says what it was asked, and how often it was; and does harm where it is told to."""

    def __init__(self, place: Place) -> None:
        self.times = 0

    def answer(self, question: Question) -> Any:
        self.times += 1
        told = question.query.get("do", "")
        if told:
            print(f"told to {told}")
            return getattr(self, told)()
        return {
            "times": self.times,
            "body": question.body,
            "actor": question.actor,
            "role": question.role,
        }

    def sleep(self) -> None:
        time.sleep(3600.0)

    def leave(self) -> None:
        os._exit(3)

    def eat(self) -> None:
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))

    def fail(self) -> None:
        raise ValueError("no such culture")

    def refuse(self) -> None:
        raise Refused(409, "not now")

    def chatter(self) -> str:
        return "x" * 1_000_000

    def babble(self) -> object:
        return object()

    def pretend(self) -> None:
        raise Refused(200, "all is well")
