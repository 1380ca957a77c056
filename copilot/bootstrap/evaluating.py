"""Evaluations begun from a page: asked as the person who begins them, judged as `copilot evaluate` judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from copilot.bootstrap.observing import Observer
from copilot.errors import CheckCancelled, InvalidRequest
from copilot.evaluation.case import BadCase, Case, read_cases
from copilot.evaluation.case_files import own_cases, sample
from copilot.evaluation.keeping import kept_of
from copilot.evaluation.observation import Observation
from copilot.evaluation.report import Setup, make_report
from copilot.evaluation.runner import run
from copilot.interfaces.contract import AnswerBody, AskBody, DocumentBody, SearchBody
from copilot.interfaces.evaluation_contract import EvaluationAsk, EvaluationBody
from copilot.interfaces.evaluations import Evaluator, Listener
from copilot.interfaces.local import LocalCopilot
from copilot.people.caller import Caller
from copilot.settings import Settings
from knowledge.document import Audience

_K = 10
#: Of the shipped questions so many are asked while somebody waits; `copilot evaluate` asks all.
_SHIPPED = 100


class Cancelled(BaseException):
    """Ends a run between questions: the runner takes any `Exception` for one of the question's own."""


@dataclass(frozen=True, kw_only=True)
class _AsCaller:
    """Implements `Asked` for one caller."""

    copilot: LocalCopilot
    caller: Caller

    def ask(self, body: AskBody) -> AnswerBody:
        """Answer a question."""
        return self.copilot.ask(body, caller=self.caller)

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        return self.copilot.search(text, limit, audience, caller=self.caller)

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a version of a document."""
        return self.copilot.document(source_or_id, version, caller=self.caller)


def evaluator_of(copilot: Callable[[], LocalCopilot], settings: Settings) -> Evaluator:
    """Return what asks and judges; `copilot` is there once everything is wired."""

    def evaluate(ask: EvaluationAsk, caller: Caller, listen: Listener, cancelled: Callable[[], bool]) -> EvaluationBody:
        asked = _AsCaller(copilot=copilot(), caller=caller)
        observer = Observer(asked, Audience.INTERNAL)
        cases = _cases(ask, asked)

        def observe(case: Case) -> Observation:
            if cancelled():
                raise Cancelled
            return observer.ask(case)

        try:
            rows = run(cases, observe, _K, listen)
        except Cancelled as end:
            raise CheckCancelled("The evaluation was cancelled. Nothing was kept.") from end
        setup = Setup(
            version=version("frontline-copilot"),
            embedding_model=settings.embedding_model,
            chat_model=settings.chat_model,
            documents=len(asked.copilot.documents(caller=caller).documents),
            k=_K,
            sample=_SHIPPED if ask.questions == "shipped" else None,
        )
        return EvaluationBody.model_validate(kept_of(make_report(rows, setup, datetime.now(UTC))))

    return evaluate


def _cases(ask: EvaluationAsk, asked: _AsCaller) -> Sequence[Case | BadCase]:
    if ask.questions == "shipped":
        return sample(own_cases(), _SHIPPED, seed=0)
    kept = asked.copilot.knowledge.questions(caller=asked.caller).questions
    if not kept:
        raise InvalidRequest("No question that people asked is answered by approved knowledge yet. Answer a gap first.")
    return list(read_cases("".join(f"{one.model_dump_json()}\n" for one in kept).encode(), "kept"))
