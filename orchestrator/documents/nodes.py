"""What expressions consist of, by the names that Jinja2 has for it.

`quick_template` builds these, so that most documents are read without importing Jinja2. They have
the fields of Jinja2's own, and whoever looks at them need not know which of the two they are.
"""

from __future__ import annotations

from typing import TypeAlias


class Node:
    """A piece of a template."""

    __slots__ = ()


class TemplateData(Node):
    """Words around expressions."""

    __slots__ = ("data",)

    def __init__(self, data: str) -> None:
        self.data = data


class Const(Node):
    """A number, a text, true, false or none."""

    __slots__ = ("value",)

    def __init__(self, value: Plain) -> None:
        self.value = value


class Name(Node):
    """A name without a dot."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Getattr(Node):
    """Something, a dot, and a name."""

    __slots__ = ("attr", "node")

    def __init__(self, node: Node, attr: str) -> None:
        self.node, self.attr = node, attr


class Call(Node):
    """A function with its arguments, all of them by place."""

    __slots__ = ("args", "dyn_args", "dyn_kwargs", "kwargs", "node")

    def __init__(self, node: Node, args: list[Node]) -> None:
        self.node, self.args = node, args
        self.kwargs: list[Node] = []
        self.dyn_args = self.dyn_kwargs = None


class Filter(Call):
    """The same, written behind its first argument."""

    __slots__ = ("name",)

    def __init__(self, node: Node, name: str, args: list[Node]) -> None:
        super().__init__(node, args)
        self.name = name


class CondExpr(Node):
    """`expr1 if test else expr2`."""

    __slots__ = ("expr1", "expr2", "test")

    def __init__(self, test: Node, expr1: Node, expr2: Node) -> None:
        self.test, self.expr1, self.expr2 = test, expr1, expr2


class Compare(Node):
    """A value, and what it is held against in turn."""

    __slots__ = ("expr", "ops")

    def __init__(self, expr: Node, ops: list[Node]) -> None:
        self.expr, self.ops = expr, ops


class Operand(Node):
    """A comparison and its right side."""

    __slots__ = ("expr", "op")

    def __init__(self, op: str, expr: Node) -> None:
        self.op, self.expr = op, expr


class List(Node):
    """Values in brackets."""

    __slots__ = ("items",)

    def __init__(self, items: list[Node]) -> None:
        self.items = items


class Tuple(List):
    """Several values in parentheses."""

    __slots__ = ()


class _One(Node):
    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node


class Not(_One):
    """`not node`."""

    __slots__ = ()


class Neg(_One):
    """`-node`."""

    __slots__ = ()


class Pos(_One):
    """`+node`."""

    __slots__ = ()


class _Two(Node):
    __slots__ = ("left", "right")

    def __init__(self, left: Node, right: Node) -> None:
        self.left, self.right = left, right


class And(_Two):
    """`left and right`."""

    __slots__ = ()


class Or(_Two):
    """`left or right`."""

    __slots__ = ()


class Add(_Two):
    """`left + right`."""

    __slots__ = ()


class Sub(_Two):
    """`left - right`."""

    __slots__ = ()


class Mul(_Two):
    """`left * right`."""

    __slots__ = ()


class Div(_Two):
    """`left / right`."""

    __slots__ = ()


class FloorDiv(_Two):
    """`left // right`."""

    __slots__ = ()


class Mod(_Two):
    """`left % right`."""

    __slots__ = ()


class Pow(_Two):
    """`left ** right`."""

    __slots__ = ()


Plain: TypeAlias = str | int | float | bool | None
Infix: TypeAlias = type[_Two]
