"""Expressions as a small closed tree: what a profile asks of its signals.

Documents build the tree, planning folds the inputs away, workers evaluate what is left. There is no
text, no loop and no attribute access in it, so its cost is bounded by its size.
"""

from orchestrator.model.expression.canonical import from_json, to_json
from orchestrator.model.expression.compile import (
    Condition,
    Threshold,
    compile_node,
    threshold_of,
)
from orchestrator.model.expression.evaluate import Lookup, evaluate
from orchestrator.model.expression.fold import fold, inputs_of, nodes_of, signals_of, without_value
from orchestrator.model.expression.tree import (
    And,
    Binary,
    Call,
    Compare,
    Conditional,
    Const,
    Expression,
    Input,
    Leaf,
    Member,
    Node,
    Or,
    Signal,
    Unary,
    Value,
    Variable,
)
from orchestrator.model.expression.unknown import Missing, Unknown

__all__ = [
    "And",
    "Binary",
    "Call",
    "Compare",
    "Condition",
    "Conditional",
    "Const",
    "Expression",
    "Input",
    "Leaf",
    "Lookup",
    "Member",
    "Missing",
    "Node",
    "Or",
    "Signal",
    "Threshold",
    "Unary",
    "Unknown",
    "Value",
    "Variable",
    "compile_node",
    "evaluate",
    "fold",
    "from_json",
    "inputs_of",
    "nodes_of",
    "signals_of",
    "threshold_of",
    "to_json",
    "without_value",
]
