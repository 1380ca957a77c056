"""How documents are used in answers: cited most, never, or although nobody vouches for them (F6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from copilot.insight.certainty import Share
from copilot.insight.counts import DocumentUse
from copilot.insight.figure import Chart, Figure, Row, Series
from copilot.insight.telling import Telling, percent, short
from knowledge.document import DocumentId
from knowledge.store import DocumentSummary
from knowledge.verification import VerificationState, verification_state

_MOST_ROWS = 10
_MOST_LISTED = 20
Uses = Mapping[DocumentId, DocumentUse]


def document_hits(tell: Telling, documents: Sequence[DocumentSummary], uses: Uses, before: Uses) -> Figure:
    """How often answers cite documents, and which are cited most."""
    known = {one.id: one for one in documents}
    cited = sorted((id for id in uses if id in known), key=lambda id: (-uses[id].cited, known[id].title, id))
    total, was = (sum(use.cited for use in told.values()) for told in (uses, before))
    rows = [
        Row(name=_title(known[id]), value=uses[id].cited, n=total, detail=_votes(tell, uses[id]))
        for id in cited[:_MOST_ROWS]
    ]
    analysis = tell.say("这段时间没有回答引用过文档。", "No answer of this time cites a document.")
    action, owner = tell.nothing_to_do(), None
    if cited:
        ten = sum(uses[id].cited for id in cited[: max(1, len(cited) // 10)])
        analysis = tell.say(
            f"{len(cited)} 篇文档被引用 {total} 次,最多的是《{_title(known[cited[0]])}》({uses[cited[0]].cited} 次);"
            f"前十分之一占 {percent(ten / total)}。",
            f'{len(cited)} documents were cited {total} times, most "{_title(known[cited[0]])}" '
            f"({uses[cited[0]].cited} times); the first tenth has {percent(ten / total)} of that.",
        )
        disliked = [id for id in cited if _disliked(uses[id])]
        if disliked:
            first = max(disliked, key=lambda id: (uses[id].votes.unhelpful, id))
            owner = known[first].metadata.owner or "curator"
            action = tell.say(
                f"《{_title(known[first])}》的回答被评 {uses[first].votes.unhelpful} 次没有帮助:重写被引用的段落。",
                f'Answers from "{_title(known[first])}" did not help {uses[first].votes.unhelpful} times: rewrite what '
                "they cite.",
            )
    return Figure(
        key="document_hits",
        title=tell.say("文档被引用", "Documents cited"),
        value=total,
        unit="count",
        n=len(cited),
        previous=was,
        analysis=tell.sentences(analysis, tell.count_change(total, was) if cited else ""),
        action=action,
        owner=owner,
        link=None if owner is None else "copilot documents review",
        rows=rows,
        chart=_bars(tell.say("引用最多的文档", "Documents cited most"), rows),
    )


def never_used(tell: Telling, documents: Sequence[DocumentSummary], uses: Uses) -> Figure:
    """Documents that no answer of the time cites."""
    unused = sorted((one for one in documents if one.id not in uses), key=lambda one: (one.updated_at, one.id))
    share = Share(hits=len(unused), n=len(documents))
    rows = [Row(name=_title(one), value=0, n=0, detail=f"{one.updated_at:%Y-%m-%d}") for one in unused[:_MOST_LISTED]]
    action, owner, link = tell.nothing_to_do(), None, "copilot documents list"
    if not documents:
        owner, link = "curator", "copilot ingest"
        action = tell.say("先读入手册:`copilot ingest`。", "Read your playbooks in first: `copilot ingest`.")
    elif unused and uses:
        owner = unused[0].metadata.owner or "curator"
        action = tell.say(
            f"从最旧的《{_title(unused[0])}》({unused[0].updated_at:%Y-%m-%d})看起:补上大家会问的问题,或合并、删除。",
            f'Begin with the oldest, "{_title(unused[0])}" ({unused[0].updated_at:%Y-%m-%d}): add the questions people '
            "ask, or merge or delete it.",
        )
    return Figure(
        key="never_used",
        title=tell.say("从未被引用的文档", "Documents never cited"),
        value=len(unused),
        unit="count",
        n=len(documents),
        analysis=tell.share(share, ("文档", "documents"), ("没有被任何回答引用", "were cited by no answer"))
        if documents
        else tell.say("还没有文档。", "There are no documents yet."),
        action=action,
        owner=owner,
        link=None if owner is None else link,
        rows=rows,
    )


def stale_used(tell: Telling, documents: Sequence[DocumentSummary], uses: Uses, today: date) -> Figure:
    """Documents whose review date has passed and that answers cite all the same."""
    stale = _in_state(documents, uses, VerificationState.STALE, today)
    action, owner = tell.nothing_to_do(), None
    if stale:
        first = stale[0]
        owner = first.metadata.owner or "curator"
        action = tell.say(
            f"先复核《{_title(first)}》:过期后仍被引用 {uses[first.id].cited} 次。",
            f'Review "{_title(first)}" first: cited {uses[first.id].cited} times although its review date has passed.',
        )
    return _used(
        tell,
        "stale_used",
        ("过期仍在用的文档", "Stale and still cited"),
        ("复核日期已过", "whose review date has passed"),
        stale,
        uses,
        action,
        owner,
    )


def unverified_used(tell: Telling, documents: Sequence[DocumentSummary], uses: Uses, today: date) -> Figure:
    """Documents that nobody has checked and that answers cite."""
    unchecked = _in_state(documents, uses, VerificationState.UNVERIFIED, today)
    action, owner = tell.nothing_to_do(), None
    if unchecked:
        first = unchecked[0]
        owner = first.metadata.owner or "curator"
        action = tell.say(
            f"先核实《{_title(first)}》:被引用 {uses[first.id].cited} 次而没有人核实过现在的文字。",
            f'Verify "{_title(first)}" first: cited {uses[first.id].cited} times, checked by nobody as it is now.',
        )
    return _used(
        tell,
        "unverified_used",
        ("未核实而在用的文档", "Unverified and cited"),
        ("没有人核实过", "nobody has verified"),
        unchecked,
        uses,
        action,
        owner,
    )


def _used(
    tell: Telling,
    key: str,
    title: tuple[str, str],
    what: tuple[str, str],
    found: Sequence[DocumentSummary],
    uses: Uses,
    action: str,
    owner: str | None,
) -> Figure:
    times, total = sum(uses[one.id].cited for one in found), sum(use.cited for use in uses.values())
    analysis = tell.say(f"没有被引用的文档是{what[0]}的。", f"No cited document is one {what[1]}.")
    if found:
        analysis = tell.say(
            f"{len(found)} 篇{what[0]}的文档占全部引用的 {percent(times / total)}({times} 次)。",
            f"{len(found)} documents {what[1]} make {percent(times / total)} of all citations ({times}).",
        )
    rows = [
        Row(
            name=_title(one),
            value=uses[one.id].cited,
            n=total,
            detail=one.metadata.owner or tell.say("无负责人", "no owner"),
        )
        for one in found[:_MOST_LISTED]
    ]
    return Figure(
        key=key,
        title=tell.say(*title),
        value=len(found),
        unit="count",
        n=len(uses),
        analysis=analysis,
        action=action,
        owner=owner,
        link="copilot documents review" if found else None,
        rows=rows,
    )


def _in_state(
    documents: Sequence[DocumentSummary], uses: Uses, state: VerificationState, today: date
) -> list[DocumentSummary]:
    found = [one for one in documents if one.id in uses and verification_state(one.metadata, today) is state]
    return sorted(found, key=lambda one: (-uses[one.id].cited, one.title, one.id))


def _disliked(use: DocumentUse) -> bool:
    votes = use.votes
    return votes.helpful + votes.unhelpful >= 5 and votes.unhelpful > votes.helpful


def _votes(tell: Telling, use: DocumentUse) -> str:
    if not (use.votes.helpful or use.votes.unhelpful):
        return ""
    return tell.say(
        f"有帮助 {use.votes.helpful},没帮助 {use.votes.unhelpful}",
        f"helped {use.votes.helpful}, did not {use.votes.unhelpful}",
    )


def _title(one: DocumentSummary) -> str:
    return short(one.title or one.source)


def _bars(title: str, rows: Sequence[Row]) -> Chart | None:
    if not rows:
        return None
    return Chart(
        kind="bars",
        title=title,
        labels=[row.name for row in rows],
        series=[Series(name=title, values=[row.value for row in rows])],
    )
