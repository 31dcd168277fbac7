"""`/api/questions`: what waits for a person."""

from __future__ import annotations

from orchestrator.server.keys import CONCERNS
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.attention import Answered, NewAnswer, Question, QuestionsQuery
from orchestrator.server.views.common import Listing, view

routes = Routes("questions")


@routes.get("/api/questions")
async def list_questions(call: Call[QuestionsQuery, None]) -> Listing[Question]:
    """List questions, newest first."""
    query = call.query
    found = await call.services.store.questions(
        experiment=query.experiment,
        open_only=query.open,
        limit=query.limit + 1,
        before=query.cursor,
    )
    shown = found[: query.limit]
    return Listing(
        items=[view(each, Question) for each in shown],
        next=shown[-1].key if len(found) > query.limit else None,
    )


@routes.post("/api/questions/answer", problems=(404, 409, 504))
async def answer_question(call: Call[NoQuery, NewAnswer]) -> Answered:
    """Answer one; the worker that asked has it when this returns."""
    question = await call.services.store.question(call.body.key)
    if question is not None:
        call.request[CONCERNS] = question.experiment
    said = await call.services.office.answer(call.body.key, call.body.answer, by=call.actor)
    return Answered(outcome=said.outcome, reason=said.reason)
