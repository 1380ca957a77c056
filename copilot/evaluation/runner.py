"""Ask every case and judge what comes back; one bad question never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from copilot.errors import InvalidRequest
from copilot.evaluation.case import BadCase, Case
from copilot.evaluation.judging import case_fields, judge
from copilot.evaluation.observation import Observation
from copilot.evaluation.row import Fault, Row
from knowledge.errors import InvalidQuery, ReportableError

#: Ask the copilot one question.
Observe = Callable[[Case], Observation]
#: done, total, id of the question just finished
Listener = Callable[[int, int, str], None]

#: Errors that are the question's own; any other before the first success means that nothing can be evaluated.
_OF_ONE_QUESTION = frozenset({InvalidQuery.code, InvalidRequest.code})

_log = logging.getLogger(__name__)


def run(cases: Sequence[Case | BadCase], observe: Observe, k: int, listen: Listener = lambda *_: None) -> list[Row]:
    """Return one row per case, in order.

    Raises:
        ReportableError: there is no index, no model, no server: not one question could be asked.
    """
    rows: list[Row] = []
    asked = False
    for done, case in enumerate(cases, start=1):
        if isinstance(case, BadCase):
            rows.append(Row(set=case.set, id=case.id, error=_fault(case.error)))
        else:
            try:
                rows.append(judge(case, observe(case), k))
                asked = True
            except ReportableError as error:
                if not asked and error.code not in _OF_ONE_QUESTION:
                    raise
                rows.append(Row(**case_fields(case), error=_fault(error)))
            except Exception as error:  # noqa: BLE001  # the question's boundary: the others are still judged
                _log.exception("question %r of %r failed", case.id, case.set)
                reason = f"Unexpected: {type(error).__name__}. The log has the cause."
                rows.append(Row(**case_fields(case), error=Fault(code=ReportableError.code, message=reason)))
        listen(done, len(cases), case.id)
    return rows


def _fault(error: ReportableError) -> Fault:
    return Fault(code=error.code, message=error.message)
