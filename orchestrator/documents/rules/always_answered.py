"""A question that says what no answer means, but waits for ever.

`default:` and `then:` say what follows when the `timeout:` of the step is over. Without one the
question stays open until somebody answers, so they never come to anything.

Give the step a `timeout:`, beside `ask:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import steps_of_profile
from orchestrator.model.profile import AskStep


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of `default:` and `then:` without a timeout."""
    if draft.profile is None:
        return
    for step in steps_of_profile(draft.profile):
        args = step.args
        if not isinstance(args, AskStep) or step.timeout_s is not None:
            continue
        words = ["default"] if args.default is not None else []
        words += ["then"] if args.then != "next" else []
        if words:
            verb = "needs" if len(words) == 1 else "need"
            message = f"{' and '.join(words)} of this question {verb} a timeout: beside it"
            yield draft.warning(draft.span_of(step.source), "always-answered", message)
