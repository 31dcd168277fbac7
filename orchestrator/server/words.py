"""What stands below each field in the code, for those who read the API from outside."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from itertools import pairwise


def field_words(kind: type) -> Mapping[str, str]:
    """Field → the sentences below it, those of its bases among them."""
    words: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if each.__module__.startswith("orchestrator."):
            words |= _words_in(each.__module__).get(each.__name__, {})
    return words


@cache
def _words_in(module: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _words_of(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _words_of(node: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
