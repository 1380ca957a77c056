"""Gaps: what collects them and what shows them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from copilot.accounts.current import CurrentAccounts
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.gap_store import SqlGapStore
from copilot.adapters.sql.reply_queue import SqlReplyQueue
from copilot.adapters.sql.signal_store import SqlSignalStore
from copilot.adapters.sql.wording_store import SqlWordingStore
from copilot.audit.log import AuditLog
from copilot.curating.collecting import GapCollector
from copilot.curating.gaps import GapService
from copilot.curating.known_wordings import KnownWordings
from copilot.curating.ownership import Ownership
from copilot.interfaces.gaps import LocalGaps
from copilot.people.caller import Caller
from copilot.people.person import Person
from copilot.people.store import PeopleStore
from copilot.transaction import Transactions
from knowledge.embedder import Embedder
from knowledge.store import KnowledgeStore

_log = logging.getLogger(__name__)
#: After something broke, such as a model that cannot be loaded; deliveries go on meanwhile.
_REST_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """What surfaces ask, and what the worker does beside sending."""

    store: SqlGapStore
    interface: LocalGaps
    step: Callable[[], bool]


def gaps_of(
    engine: Engine,
    *,
    embedder: Embedder,
    documents: KnowledgeStore,
    people: PeopleStore,
    person_of: Callable[[str], Person],
    transactions: Transactions,
    audit: AuditLog,
    operator: Caller,
) -> Gaps:
    """Wire gaps; the model is loaded when the first question is to be put in its place."""
    store, queue = SqlGapStore(engine), SqlReplyQueue(engine)
    ownership = Ownership(documents=documents, person_of=person_of, everybody=people.people)
    collector = GapCollector(
        queue=queue,
        gaps=store,
        wordings=KnownWordings(store=SqlWordingStore(engine), embedder=embedder, transactions=transactions),
        ownership=ownership,
        accounts=CurrentAccounts(SqlAccountStore(engine), SqlSignalStore(engine)).get,
        transactions=transactions,
        audit=audit,
    )
    service = GapService(
        store=store,
        queue=queue,
        collector=collector,
        ownership=ownership,
        transactions=transactions,
        audit=audit,
    )
    return Gaps(store=store, interface=LocalGaps(service, operator), step=_resting(collector.step))


def _resting(step: Callable[[], bool]) -> Callable[[], bool]:
    """Let what breaks here never hold up what is sent."""
    due = 0.0

    def quiet() -> bool:
        nonlocal due
        if time.monotonic() < due:
            return False
        try:
            return step()
        except Exception:  # noqa: BLE001  # the loop's boundary
            _log.exception("gaps cannot be collected; the next try is in %s s", _REST_S)
            due = time.monotonic() + _REST_S
            return False

    return quiet
