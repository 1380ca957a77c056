"""What became of drafts, from the decisions on them and how much was edited before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Subquery, case, func, literal_column, select, true

from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import decisions, draft_outcomes, draft_revisions, drafts
from copilot.approval.decision import Verdict
from copilot.approval.service import BY_POLICY
from copilot.insight.counts import Outcome, Window
from knowledge.document import DocumentId

_REASONS = 3


class DecidedDrafts:
    """Implements `DraftOutcomes`: the last decision of the time decides.

    A draft counts as edited when other words were accepted than those the copilot composed; where that was not
    measured, when a later revision than the first was accepted.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_kind(self, window: Window) -> Mapping[str, Outcome]:
        """Return by kind of draft."""
        last = _last(window)
        query = _summed(drafts.c.kind, last).select_from(last.join(drafts, drafts.c.id == last.c.draft_id))
        with self._engine.connect() as connection:
            reasons = _reasons(connection, last)
            return {
                row.name: _outcome(row, reasons.get(row.name, ()))
                for row in connection.execute(query.group_by(drafts.c.kind))
            }

    def by_document(self, window: Window) -> Mapping[DocumentId, Outcome]:
        """Return by document that the decided revision quotes."""
        with self._engine.connect() as connection:
            quoted = _quoted(connection, _last(window))
            rows = connection.execute(_summed(quoted.c.document, quoted).group_by(quoted.c.document))
            return {DocumentId(row.name): _outcome(row) for row in rows if row.name}


def _last(window: Window) -> Subquery:
    """Select the last decision of a person on each draft in the time; drafts are of those who began them.

    What the policy approved by itself was taken by nobody.
    """
    newest = func.row_number().over(partition_by=decisions.c.draft_id, order_by=(decisions.c.at.desc(), decisions.c.id))
    columns = (decisions.c.draft_id, decisions.c.revision, decisions.c.verdict, decisions.c.reason)
    ranked = select(*columns, newest.label("place")).where(
        decisions.c.at >= utc(window.since), decisions.c.at < utc(window.until), decisions.c.person != BY_POLICY
    )
    if window.persons is not None:
        begun = drafts.c.created_by.in_(sorted(window.persons))
        ranked = ranked.join(drafts, drafts.c.id == decisions.c.draft_id).where(begun)
    found = ranked.subquery("ranked")
    measured = (draft_outcomes.c.draft_id == found.c.draft_id) & (draft_outcomes.c.revision == found.c.revision)
    told = (found.c.draft_id, found.c.revision, found.c.verdict, found.c.reason, draft_outcomes.c.edit_share)
    inside = found.outerjoin(draft_outcomes, measured)
    return select(*told).select_from(inside).where(found.c.place == 1).subquery("last")


def _summed(name: ColumnElement[Any], last: Subquery) -> Select[Any]:
    accepted = last.c.verdict == Verdict.APPROVE.value
    share = last.c.edit_share
    edited = accepted & case((share.is_(None), last.c.revision > 1), else_=share > 0)
    return select(
        name.label("name"),
        func.count().label("decided"),
        func.sum(case((accepted, 1), else_=0)).label("accepted"),
        func.sum(case((edited, 1), else_=0)).label("edited"),
        func.avg(case((edited, share))).label("share"),
    )


def _outcome(row: Any, reasons: Sequence[tuple[str, int]] = ()) -> Outcome:
    return Outcome(
        decided=row.decided,
        accepted=row.accepted,
        accepted_after_edit=row.edited,
        rejected=row.decided - row.accepted,
        mean_edit_share=row.share,
        reasons=reasons,
    )


def _reasons(connection: Connection, last: Subquery) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Return by kind the reasons of rejections that were given most often."""
    times = func.count().label("times")
    query = (
        select(drafts.c.kind, last.c.reason, times)
        .select_from(last.join(drafts, drafts.c.id == last.c.draft_id))
        .where(last.c.verdict == Verdict.REJECT.value, last.c.reason.is_not(None))
        .group_by(drafts.c.kind, last.c.reason)
        .order_by(times.desc(), last.c.reason)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for row in connection.execute(query):
        said = found.setdefault(row.kind, [])
        if len(said) < _REASONS:
            said.append((row.reason, row.times))
    return found


def _quoted(connection: Connection, last: Subquery) -> Subquery:
    """Select the decisions once for each document that the decided revision quotes; the quotes are JSON."""
    quotes = draft_revisions.c.quotes
    if connection.dialect.name == "postgresql":
        parts: Any = func.json_array_elements(quotes).table_valued("value", name="quote")
        document: Any = literal_column("quote.value ->> 'document_id'")
    else:
        parts = func.json_each(quotes).table_valued("value", name="quote")
        document = func.json_extract(parts.c.value, "$.document_id")
    decided = (draft_revisions.c.draft_id == last.c.draft_id) & (draft_revisions.c.number == last.c.revision)
    inside = last.join(draft_revisions, decided).join(parts, true())
    columns = (last.c.draft_id, last.c.revision, last.c.verdict, last.c.edit_share, document.label("document"))
    return select(*columns).select_from(inside).distinct().subquery("quoted")
