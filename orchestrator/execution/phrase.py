"""Write an expression tree the way its author would have."""

from __future__ import annotations

from orchestrator.model.expression import (
    And,
    Binary,
    Call,
    Compare,
    Conditional,
    Const,
    Expression,
    Member,
    Or,
    Unary,
    Value,
    Variable,
)
from orchestrator.model.text import show


def phrase(node: Expression) -> str:
    """Give `od600 > 1.6` for its tree."""
    match node:
        case Const(value=value):
            return _constant(value)
        case Unary(operator=operator, operand=operand):
            return f"{'not ' if operator == 'not' else '-'}{_inner(operand)}"
        case Binary(operator=binary, left=left, right=right):
            return f"{_inner(left)} {binary} {_inner(right)}"
        case Compare(first=first, links=links):
            return " ".join(
                [_inner(first), *(f"{name} {_inner(operand)}" for name, operand in links)]
            )
        case And(operands=operands):
            return " and ".join(map(_inner, operands))
        case Or(operands=operands):
            return " or ".join(map(_inner, operands))
        case Conditional(test=test, then=then, otherwise=otherwise):
            return f"{_inner(then)} if {_inner(test)} else {_inner(otherwise)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(phrase, arguments))})"
        case Member(item=item, choices=choices):
            return f"{_inner(item)} in [{', '.join(map(_constant, choices))}]"
        case Variable(name=name):
            return name
        case _:
            return node.key


def _inner(node: Expression) -> str:
    compound = Binary | Compare | And | Or | Conditional | Member
    return f"({phrase(node)})" if isinstance(node, compound) else phrase(node)


def _constant(value: Value) -> str:
    return f"'{value}'" if isinstance(value, str) else show(value)
