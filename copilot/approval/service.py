"""Decisions: taken once, recorded with everything around them, asked for again whenever something is to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol
from uuid import uuid4

from copilot.approval.approved import SEAL, ApprovedRevision
from copilot.approval.decision import Decision, Delegation, Verdict
from copilot.approval.outcome import DecisionObserver
from copilot.approval.policy import Mode, Policy, Rule
from copilot.approval.standing import approved_at, counted, is_rejected, of_revision, status_now
from copilot.approval.store import DecisionStore
from copilot.audit.entry import Detail, Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Revision
from copilot.drafting.store import DraftStore
from copilot.errors import (
    AlreadyDecided,
    ApprovalRequired,
    DraftExpired,
    IdempotencyKeyReused,
    InvalidRequest,
    NotPermitted,
    ReasonRequired,
    StaleRevision,
    UnknownDraft,
    UnknownPerson,
)
from copilot.idempotency import checked_key
from copilot.people.person import Person
from copilot.transaction import Transaction, Transactions
from knowledge.text import is_storable

#: `decided`: this call did it. `repeated`: the same call had done it before. `already_decided`: others had.
Outcome = Literal["decided", "repeated", "already_decided"]
_LONGEST_REASON = 2_000
_SWEEP = 200
#: Who decides where the policy does; no person can have this id (copilot/people/service.py).
BY_POLICY = "policy"


#: Describes, in words a person may read, what has replaced a revision of a draft: `DraftService.stale`.
Stale = Callable[[Draft, int, Person], InvalidRequest]


class Guard(Protocol):
    """Port: what has to hold for a kind of draft besides the policy."""

    def check(self, draft: Draft, revision: Revision) -> None:
        """Look at what is to be approved.

        Raises:
            InvalidRequest: it must not be approved as it is; the message says why.
        """
        ...

    def keeps(self, draft: Draft, person: Person) -> bool:
        """Tell whether a person keeps what the draft is to change."""
        ...


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What became of a call; `draft` as it stands after it."""

    draft: Draft
    decision: Decision
    outcome: Outcome
    missing: int  #: approvals that are still needed


class ApprovalService:
    """The only one that can make an `ApprovedRevision`."""

    def __init__(
        self,
        *,
        drafts: DraftStore,
        decisions: DecisionStore,
        transactions: Transactions,
        audit: AuditLog,
        people: Callable[[str], Person | None],
        stale: Stale,
        policy: Policy | None = None,
        observers: Sequence[DecisionObserver] = (),
        guards: Mapping[DraftKind, Guard] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._drafts = drafts
        self._decisions = decisions
        self._transactions = transactions
        self._audit = audit
        self._people = people
        self._stale = stale
        self._policy = policy or Policy()
        self._observers = observers
        self._guards = guards or {}
        self._now = now
        self._new_id = new_id

    def decide(
        self,
        id: str,
        revision: int,
        verdict: Verdict,
        person: Person,
        surface: Surface,
        *,
        key: str,
        reason: str | None = None,
        on_behalf_of: str | None = None,
        findings: Sequence[str] | None = None,
    ) -> Decided:
        """Record a person's decision on the latest revision.

        The same key with the same decision returns what came of it the first time. `findings` are the codes the person
        was shown; default: those of the revision.

        Raises:
            UnknownDraft: there is no such draft.
            IdempotencyKeyReused: the key belongs to another decision of this person.
            StaleRevision: a newer revision is there; `diff` is what has changed.
            DraftExpired: the time to decide, or the approval, has run out.
            ReasonRequired: a rejection without a reason.
            NotPermitted: the policy does not let this person decide; the message names the rule.
            AlreadyDecided: it was decided the other way.
        """
        reason = _reason(verdict, reason)
        key = checked_key(key)
        with self._transactions.begin() as transaction:
            draft, latest = self._locked(transaction, id)
            wanted = Decision(
                id=self._new_id(),
                draft_id=draft.id,
                revision=revision,
                verdict=verdict,
                person=person.id,
                on_behalf_of=on_behalf_of,
                reason=reason,
                surface=surface,
                at=self._now(),
                key=key,
                findings=tuple(findings if findings is not None else (one.code for one in latest.findings)),
            )
            before = self._decisions.by_key(transaction, person.id, key)
            if before is not None:
                return self._repeated(transaction, draft, before, wanted)
            if revision != draft.revision:
                raise self._stale(draft, revision, person)
            taken = of_revision(self._decisions.of(draft.id, transaction), revision)
            rule = self._policy.rule(draft.kind)
            expired = self._expire(transaction, draft, latest, taken, wanted.at)
            if not expired:
                return self._record(transaction, draft, latest, rule, taken, wanted, person)
        # After the commit, which keeps that it has expired.
        raise DraftExpired(
            f"Revision {revision} of draft {id!r} has expired: a {draft.kind.value} waits {rule.undecided.days} days "
            f"for a decision, and an approval holds {rule.approved.days} days. Send a new revision to start again."
        )

    def auto_approve(self, draft: Draft, revision: Revision, person: Person, surface: Surface) -> Decided | None:
        """Approve a person's own edit where the policy says that editing is approving; None where a decision is due."""
        rule = self._policy.rule(draft.kind)
        composed = revision.based_on is None  # nobody has read that yet
        doubtful = any(finding.severity == "error" for finding in revision.findings)
        if rule.mode is not Mode.AUTO or composed or doubtful or revision.author != person.id:
            return None
        if self._refusal(draft, revision.author, rule, person, approving=True) is not None:
            return None
        key = f"auto:{draft.id}:{revision.number}"
        reason = "mode = auto: an own edit without errors is approved by making it"
        return self.decide(draft.id, revision.number, Verdict.APPROVE, person, surface, key=key, reason=reason)

    def approve_by_policy(self, id: DraftId, channel: str, *, internal: bool) -> Decided | None:
        """Approve what a schedule composed where a rule of the policy says so; None where a person has to.

        The rule counts as one approval, in the name of `policy`. It never speaks for what a person wrote, what has
        findings of severity error, or a destination that others read too. Asked again, it changes nothing.

        Raises:
            UnknownDraft: there is no such draft.
        """
        with self._transactions.begin() as transaction:
            draft, latest = self._locked(transaction, id)
            rule = self._policy.auto_rule(draft.kind, channel) if internal else None
            doubtful = any(finding.severity == "error" for finding in latest.findings)
            if rule is None or doubtful or latest.based_on is not None or latest.surface is not Surface.WORKER:
                return None
            wanted = Decision(
                id=self._new_id(),
                draft_id=id,
                revision=latest.number,
                verdict=Verdict.APPROVE,
                person=BY_POLICY,
                reason=f"auto_approve {rule.name!r}",
                surface=Surface.WORKER,
                at=self._now(),
                key=f"policy:{id}:{latest.number}",
                findings=tuple(one.code for one in latest.findings),
            )
            taken = of_revision(self._decisions.of(id, transaction), latest.number)
            before = self._decisions.by_key(transaction, BY_POLICY, wanted.key)
            if before is not None or draft.status is not DraftStatus.OPEN:
                missing = _missing(taken, self._policy.rule(draft.kind))
                return (
                    None
                    if before is None
                    else Decided(draft=draft, decision=before, outcome="repeated", missing=missing)
                )
            return self._kept(transaction, draft, latest, self._policy.rule(draft.kind), taken, wanted)

    def approved(self, transaction: Transaction, id: DraftId, revision: int) -> ApprovedRevision:
        """Return a revision that may leave now; asked again at the moment of each sending.

        Raises:
            UnknownDraft: there is no such draft.
            StaleRevision: a newer revision has taken its place.
            ApprovalRequired: nobody, or too few, approved it, somebody rejected it, or the approval has expired.
        """
        draft, latest = self._locked(transaction, id)
        if revision > draft.revision:
            raise ApprovalRequired(f"Draft {id!r} has no revision {revision}; the latest is {draft.revision}.")
        if revision < draft.revision:
            raise StaleRevision(
                f"Revision {revision} of draft {id!r} was replaced by revision {draft.revision}. Have that approved."
            )
        rule, now = self._policy.rule(draft.kind), self._now()
        taken = of_revision(self._decisions.of(draft.id, transaction), revision)
        at = approved_at(taken, rule)
        if draft.status not in (DraftStatus.APPROVED, DraftStatus.DELIVERED) or is_rejected(taken) or at is None:
            raise ApprovalRequired(
                f"Revision {revision} of draft {id!r} is {status_now(draft, latest, taken, rule, now).value}, with "
                f"{len(counted(taken))} of {rule.approvals} approvals. It needs a person's approval to leave."
            )
        if now - at > rule.approved:
            raise ApprovalRequired(
                f"The approval of revision {revision} of draft {id!r} was given {at.date()} and holds "
                f"{rule.approved.days} days. Send a new revision and have it approved."
            )
        return ApprovedRevision(SEAL, draft, latest, counted(taken)[: rule.approvals])

    def status(self, draft: Draft, latest: Revision) -> DraftStatus:
        """Return where a draft stands now, also when its time ran out a moment ago."""
        taken = of_revision(self._decisions.of(draft.id), draft.revision)
        return status_now(draft, latest, taken, self._policy.rule(draft.kind), self._now())

    def decisions(self, id: DraftId) -> Sequence[Decision]:
        """Return all decisions on a draft, oldest first."""
        return self._decisions.of(id)

    def may_approve(self, draft: Draft, author: str, person: Person) -> bool:
        """Tell whether the policy lets a person approve a revision that `author` wrote."""
        return self._refusal(draft, author, self._policy.rule(draft.kind), person, approving=True) is None

    def approvals_missing(self, draft: Draft) -> int:
        """Return how many approvals the latest revision still needs."""
        rule = self._policy.rule(draft.kind)
        return _missing(of_revision(self._decisions.of(draft.id), draft.revision), rule)

    def expire(self) -> int:
        """Note which drafts have run out of time; returns how many. Nothing depends on when this runs."""
        count = 0
        for status in (DraftStatus.OPEN, DraftStatus.APPROVED):
            before: datetime | None = None
            while page := self._drafts.list(status=status, limit=_SWEEP, before=before):
                for draft in page:
                    with self._transactions.begin() as transaction:
                        locked, latest = self._locked(transaction, draft.id)
                        taken = of_revision(self._decisions.of(locked.id, transaction), locked.revision)
                        count += self._expire(transaction, locked, latest, taken, self._now())
                before = page[-1].updated_at
        return count

    def delegate(self, giver: Person, taker: str, until: datetime, surface: Surface) -> Delegation:
        """Let another person decide for the giver until a time; the same pair again replaces the time.

        Raises:
            UnknownPerson: there is no such person.
            InvalidRequest: the time is past, or giver and taker are the same.
        """
        now = self._now()
        if taker == giver.id:
            raise InvalidRequest(f"{taker!r} cannot stand in for themselves. Name another person.")
        if self._people(taker) is None:
            raise UnknownPerson(f"There is nobody with the id {taker!r}. Check the spelling.")
        if until.tzinfo is None or until <= now:
            raise InvalidRequest(
                f"{until.isoformat()!r} is no time to come with its zone. Give one such as 2030-01-31T18:00+08:00."
            )
        delegation = Delegation(giver=giver.id, taker=taker, until=until)
        with self._transactions.begin() as transaction:
            self._decisions.delegate(transaction, delegation)
            details: dict[str, Detail] = {"taker": taker, "until": until.astimezone(UTC).isoformat()}
            self._note(transaction, "delegation.given", giver.id, giver.id, surface, now, details)
        return delegation

    def _record(
        self,
        transaction: Transaction,
        draft: Draft,
        latest: Revision,
        rule: Rule,
        taken: Sequence[Decision],
        wanted: Decision,
        person: Person,
    ) -> Decided:
        self._check_right(draft, latest, rule, wanted, person)
        if draft.status is not DraftStatus.OPEN:
            return _already(draft, taken, wanted, rule)
        if wanted.verdict is Verdict.APPROVE and (guard := self._guards.get(draft.kind)) is not None:
            guard.check(draft, latest)
        mine = [one for one in taken if one.person == person.id and one.verdict is wanted.verdict]
        if mine:  # one of the two that are needed, and not for the second time
            return Decided(draft=draft, decision=mine[-1], outcome="already_decided", missing=_missing(taken, rule))
        return self._kept(transaction, draft, latest, rule, taken, wanted)

    def _kept(
        self,
        transaction: Transaction,
        draft: Draft,
        latest: Revision,
        rule: Rule,
        taken: Sequence[Decision],
        wanted: Decision,
    ) -> Decided:
        self._decisions.add(transaction, wanted)
        taken = [*taken, wanted]
        status = DraftStatus.OPEN
        if wanted.verdict is Verdict.REJECT:
            status = DraftStatus.REJECTED
        elif approved_at(taken, rule) is not None:
            status = DraftStatus.APPROVED
        self._drafts.set_status(transaction, draft.id, status, wanted.at)
        # Nobody has judged what the policy approves, so nothing is learned from it.
        if status is not DraftStatus.OPEN and wanted.person != BY_POLICY:
            for observer in self._observers:
                observer.decided(transaction, draft, latest, wanted, status)
        verb = "draft.rejected" if wanted.verdict is Verdict.REJECT else "draft.approved"
        details: dict[str, Detail] = {
            "revision": wanted.revision,
            "decision": wanted.id,
            "status": status.value,
            "on_behalf_of": wanted.on_behalf_of,
            "findings": ",".join(dict.fromkeys(wanted.findings)),
        }
        if wanted.person == BY_POLICY:
            details["rule"] = wanted.reason
        self._note(transaction, verb, wanted.person, draft.id, wanted.surface, wanted.at, details)
        now, _ = self._locked(transaction, draft.id)
        return Decided(draft=now, decision=wanted, outcome="decided", missing=_missing(taken, rule))

    def _check_right(self, draft: Draft, latest: Revision, rule: Rule, wanted: Decision, person: Person) -> None:
        approving = wanted.verdict is Verdict.APPROVE
        if wanted.on_behalf_of is None:
            refusal = self._refusal(draft, latest.author, rule, person, approving=approving)
        else:
            refusal = self._refused_for_other(draft, latest, rule, wanted, person)
        if refusal is not None:
            raise NotPermitted(f"{person.id!r} may not {wanted.verdict.value} draft {draft.id!r}. Rule: {refusal}.")

    def _refused_for_other(
        self, draft: Draft, latest: Revision, rule: Rule, wanted: Decision, person: Person
    ) -> str | None:
        giver = self._people(wanted.on_behalf_of or "")
        given = {one.giver for one in self._decisions.delegations(person.id, wanted.at)}
        if giver is None or not person.active or giver.id not in given:
            return f"{wanted.on_behalf_of!r} has not delegated to {person.id!r}, or no longer does"
        if wanted.verdict is Verdict.APPROVE and not rule.own and person.id == latest.author:
            return f"own = false: who wrote a revision of a {draft.kind.value} does not approve it for others either"
        return self._refusal(draft, latest.author, rule, giver, approving=wanted.verdict is Verdict.APPROVE)

    def _refusal(self, draft: Draft, author: str, rule: Rule, person: Person, *, approving: bool) -> str | None:
        refusal = rule.refusal(person, draft, author, approving=approving)
        barred = approving and not rule.own and person.id == author
        guard = self._guards.get(draft.kind) if rule.keepers and person.active and not barred else None
        return None if refusal is not None and guard is not None and guard.keeps(draft, person) else refusal

    def _repeated(self, transaction: Transaction, draft: Draft, before: Decision, wanted: Decision) -> Decided:
        content = ("draft_id", "revision", "verdict", "reason", "on_behalf_of")
        if any(getattr(before, name) != getattr(wanted, name) for name in content):
            raise IdempotencyKeyReused(
                f"The key {wanted.key!r} belongs to your decision {before.id!r} of {before.at.date()} on revision "
                f"{before.revision} of draft {before.draft_id!r}. Send a new key with a new decision."
            )
        taken = of_revision(self._decisions.of(draft.id, transaction), before.revision)
        missing = _missing(taken, self._policy.rule(draft.kind))
        return Decided(draft=draft, decision=before, outcome="repeated", missing=missing)

    def _locked(self, transaction: Transaction, id: str) -> tuple[Draft, Revision]:
        draft = self._drafts.lock(transaction, DraftId(id))
        latest = self._drafts.revision(draft.id, draft.revision) if draft else None
        if draft is None or latest is None:
            raise UnknownDraft(f"There is no draft {id!r}. `copilot drafts list` shows what there is.")
        return draft, latest

    def _expire(
        self, transaction: Transaction, draft: Draft, latest: Revision, taken: Sequence[Decision], now: datetime
    ) -> bool:
        """Note that a draft has run out of time, once; tell whether it has."""
        if status_now(draft, latest, taken, self._policy.rule(draft.kind), now) is not DraftStatus.EXPIRED:
            return False
        if draft.status is not DraftStatus.EXPIRED:
            self._drafts.set_status(transaction, draft.id, DraftStatus.EXPIRED, now)
            details: dict[str, Detail] = {"revision": draft.revision, "before": draft.status.value}
            self._note(transaction, "draft.expired", "system", draft.id, Surface.WORKER, now, details)
        return True

    def _note(
        self,
        transaction: Transaction,
        action: str,
        actor: str,
        subject: str,
        surface: Surface,
        at: datetime,
        details: dict[str, Detail],
    ) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=surface, at=at, details=details)
        self._audit.append(transaction, event)


def _reason(verdict: Verdict, reason: str | None) -> str | None:
    text = (reason or "").strip() or None
    if verdict is Verdict.REJECT and text is None:
        raise ReasonRequired("A rejection needs a reason, so that the next revision can be better. Send `reason`.")
    if text is not None and len(text) > _LONGEST_REASON:
        raise InvalidRequest(f"The reason has {len(text)} characters; at most {_LONGEST_REASON} fit. Shorten it.")
    if text is not None and not is_storable(text):
        raise InvalidRequest("The reason holds a NUL or half a character. Type it again.")
    return text


def _missing(taken: Sequence[Decision], rule: Rule) -> int:
    return 0 if is_rejected(taken) else max(0, rule.approvals - len(counted(taken)))


def _already(draft: Draft, taken: Sequence[Decision], wanted: Decision, rule: Rule) -> Decided:
    """Tell what was decided; the same again changes nothing, the opposite is refused."""
    last = taken[-1]
    if last.verdict is not wanted.verdict:
        raise AlreadyDecided(
            f"Revision {wanted.revision} of draft {draft.id!r} was decided ({last.verdict.value}) by {last.person!r} "
            f"on {last.at.date()}. Send a new revision to have it decided anew."
        )
    return Decided(draft=draft, decision=last, outcome="already_decided", missing=_missing(taken, rule))
