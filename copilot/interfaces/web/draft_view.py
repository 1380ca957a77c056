"""A draft as its pages show it: the text, what to look at and where, what has become of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import Request
from fastapi.responses import Response

from copilot.drafting.draft import DraftStatus
from copilot.drafting.kinds import KINDS
from copilot.errors import UnknownAccount, UnknownDraft
from copilot.interfaces.deliveries import LocalDeliveries
from copilot.interfaces.delivery_contract import DeliveryBody
from copilot.interfaces.draft_contract import DraftReply, FindingBody
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.draft_markup import anchor_lines, render_draft
from copilot.interfaces.web.draft_words import DRAFT_WORDS
from copilot.interfaces.web.error_words import explained_in
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page
from copilot.interfaces.web.words import Speaker
from copilot.people.caller import Caller
from copilot.people.scope import Scope

AT = "drafts"


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A form that could not be taken: which one, why, what else could have been meant, and what was typed."""

    form: str
    reason: str
    typed: Mapping[str, str]
    choices: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """A finding with where it leads: a line or a source of the page, or nowhere."""

    severity: str
    title: str | None  #: what kind it is, in the reader's language
    message: str
    href: str | None
    place: str | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happened to the draft."""

    at: datetime
    what: str
    person: str
    surface: str | None = None
    revision: int | None = None
    details: Sequence[str] = field(default_factory=tuple)


def mine(copilot: LocalCopilot, request: Request) -> LocalDrafts:
    """Return the use cases around drafts for who is asking."""
    caller: Caller = request.state.caller
    return copilot.drafts.as_caller(caller.person.id, caller.surface)


def my_deliveries(copilot: LocalCopilot, request: Request) -> LocalDeliveries:
    """Return the use cases around deliveries for who is asking."""
    caller: Caller = request.state.caller
    return copilot.deliveries.as_caller(caller.person.id, caller.surface)


def draft_page(
    request: Request,
    copilot: LocalCopilot,
    id: str,
    *,
    revision: int | None = None,
    done: str = "",
    mended: Mended | None = None,
) -> Response:
    """Show a draft; a form that could not be taken stands there as it was typed."""
    t = Speaker(language_of(request), DRAFT_WORDS)
    try:
        draft = mine(copilot, request).show(id, revision)
    except UnknownDraft:
        return unknown_draft(request)
    deliveries = my_deliveries(copilot, request).of(id).deliveries
    caller: Caller = request.state.caller
    rights = mine(copilot, request).rights(id)
    current = draft.revision == draft.latest
    return page(
        request,
        "draft.html",
        DRAFT_WORDS,
        at=AT,
        status=200 if mended is None else 422,
        draft=draft,
        account=account_name(copilot, draft.account_id),
        audience=KINDS[draft.kind].audience.value,
        content=render_draft(
            draft.content, language=draft.language, breaks=True, cited={one.n for one in draft.citations}, lines=True
        ),
        findings=shown_findings(draft, t),
        trail=_trail(draft, deliveries, copilot.people.name_of, t),
        deliveries=deliveries,
        explained=explained_in(language_of(request)),
        name_of=copilot.people.name_of,
        may_edit=rights.may_write and current,
        may_decide=rights.may_approve
        and Scope.DRAFTS_DECIDE in caller.scopes
        and current
        and draft.status is DraftStatus.OPEN,
        may_deliver=Scope.DELIVERIES_WRITE in caller.scopes
        and current
        and draft.status in (DraftStatus.APPROVED, DraftStatus.DELIVERED),
        missing=rights.approvals_missing,
        key=str(uuid4()),
        mended=mended,
        done=done if t.has(f"done.{done}") else "",
    )


def unknown_draft(request: Request) -> Response:
    """Say that there is no such draft for whoever asks."""
    t = Speaker(language_of(request), DRAFT_WORDS)
    return page(
        request,
        "message.html",
        DRAFT_WORDS,
        at=AT,
        status=404,
        title=t("not_here"),
        detail=t("not_here.detail"),
        code="unknown_draft",
        reference=None,
    )


def account_name(copilot: LocalCopilot, id: str | None) -> str | None:
    """Return what an account is called; its id where it is gone."""
    if id is None:
        return None
    try:
        return str(copilot.accounts.get(id).model_dump().get("name") or id)
    except UnknownAccount:
        return id


def shown_findings(draft: DraftReply, t: Speaker) -> list[ShownFinding]:
    """Return the findings, the worst first, each with the line or source it is about."""
    lines = anchor_lines(draft.content)
    cited = {one.n for one in draft.citations}
    worst_first = sorted(draft.findings, key=lambda one: one.severity != "error")
    return [_finding(one, lines, cited, t) for one in worst_first]


def _finding(one: FindingBody, lines: Sequence[int], cited: set[int], t: Speaker) -> ShownFinding:
    href, place = None, one.place
    if place is not None and (line := place.removeprefix("line ")) != place and line.isdecimal():
        at = bisect_right(lines, int(line))
        href = f"#line-{lines[at - 1]}" if at else None
        place = t("place.line", line=line)
    elif place is not None and place.strip("[]").isdecimal() and int(place.strip("[]")) in cited:
        href = f"#source-{place.strip('[]')}"
    title = t(f"finding.{one.code}") if t.has(f"finding.{one.code}") else None
    return ShownFinding(severity=one.severity, title=title, message=one.message, href=href, place=place)


def _trail(
    draft: DraftReply, deliveries: Sequence[DeliveryBody], name_of: Callable[[str], str], t: Speaker
) -> list[Step]:
    """Return who did what and when, newest first."""
    steps = [
        Step(
            at=one.at,
            what=t("trail.revision", revision=one.revision),
            person=name_of(one.author),
            surface=one.surface,
            revision=one.revision,
        )
        for one in draft.revisions
    ]
    for decision in draft.decisions:
        told: list[str] = [] if decision.reason is None else [decision.reason]
        if decision.on_behalf_of:
            told.append(t("trail.for", person=name_of(decision.on_behalf_of)))
        if decision.findings:
            told.append(t("trail.findings", codes=_codes(decision.findings, t)))
        steps.append(
            Step(
                at=decision.at,
                what=t(f"trail.{decision.decision.value}", revision=decision.revision),
                person=name_of(decision.person),
                surface=decision.surface,
                details=told,
            )
        )
    steps += [
        Step(
            at=one.created_at,
            what=t("trail.delivery", revision=one.revision, channel=t(f"channel.{one.channel.value}")),
            person=name_of(one.requested_by),
            details=[t(f"delivery.{one.status}")],
        )
        for one in deliveries
    ]
    return sorted(steps, key=lambda one: one.at, reverse=True)


def _codes(codes: Sequence[str], t: Speaker) -> str:
    return ", ".join(t(f"finding.{code}") if t.has(f"finding.{code}") else code for code in dict.fromkeys(codes))


def choices_of(error: Any) -> Sequence[str]:
    """Return what else could have been meant, where an error tells it."""
    return tuple(getattr(error, "choices", None) or ())
