"""Advice on a record: what is seen, what to do, what to leave alone, each with its quote."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice

from copilot.accounts.account import Account, RecordType
from copilot.accounts.health import Band
from copilot.accounts.segment import Segment, segment_of
from copilot.suggesting.advice import Action, Advice, Avoid, Language, Outlook
from copilot.suggesting.engine import Candidate, Caution, Considered, consider
from copilot.suggesting.facts_view import facts_for_rules
from copilot.suggesting.filling import filled
from copilot.suggesting.icp import IcpFit, IcpProfile, fit_facts, icp_fit
from copilot.suggesting.open_points import open_points
from copilot.suggesting.outlooks import NoOutlook, OutlookModel
from copilot.suggesting.playbook_quotes import PlaybookQuotes
from copilot.suggesting.rules import RuleBook
from copilot.suggesting.signals import SeenSignal, Told, seen_signals, told_of
from copilot.suggesting.standing import Judge, Standing
from copilot.suggesting.suggestion import suggestion_id
from knowledge.passage import Citation
from knowledge.reader import Reader

_LEAST_ACTIONS, _MOST_ACTIONS, _MOST_WARNINGS = 2, 6, 5
#: Signals by which notes tell of a new key person; the health score wants to know (D8).
_KP_CHANGED = frozenset({"contact_left", "new_leader_doubts"})


@dataclass(frozen=True, kw_only=True)
class Advised:
    """An advice and the rules that made it, for those who want to learn from it."""

    advice: Advice
    actions: tuple[Candidate, ...]  #: in the order of the advice's actions
    seen: dict[str, SeenSignal]


class AdviceService:
    """Implements `Advising`; one path for every surface. The rules decide, nothing else does (K2)."""

    def __init__(
        self,
        *,
        book: Callable[[], RuleBook],
        quotes: PlaybookQuotes,
        judge: Judge | None = None,
        outlooks: OutlookModel | None = None,
        icp: IcpProfile | None = None,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._read_book = cache(book)
        self._quotes = quotes
        self._judge = judge or Judge()
        self._outlooks = outlooks or NoOutlook()
        self._icp = icp
        self._today = today

    @property
    def book(self) -> RuleBook:
        """Return the rules, read when they are first needed."""
        return self._read_book()

    def fit(self, account: Account) -> IcpFit | None:
        """Return how well a record fits the profile of the settings; None where there is none (A10)."""
        return None if self._icp is None else icp_fit(self._icp, account)

    def advise(self, account: Account, reader: Reader, language: Language) -> Advice:
        """Advise on a record, with citations that the reader may see.

        Raises:
            NothingIngested: there is no document that anything could rest on.
        """
        return self.advised(account, reader, language).advice

    def advised(self, account: Account, reader: Reader, language: Language) -> Advised:
        """Advise, and tell which rules spoke.

        Raises:
            NothingIngested: there is no document that anything could rest on.
        """
        today = self._today()
        told, standing, facts, seen, considered = self._considered(account, language, today)
        segment = segment_of(_fee(account))
        backing = _Backing(self._quotes, reader)
        chosen = _enough(considered, backing)
        actions = tuple(
            self._action(account, one, citation, facts, language, today) for one, citation in chosen.actions
        )
        avoid = tuple(_avoid(one, citation, facts, language) for one, citation in chosen.warnings)
        outlook = self._outlooks.outlook(account)
        requirements = {name for one, _ in chosen.actions for name in one.action.requirements}
        requirements |= {name for one, _ in chosen.warnings for name in one.avoid.requirements}
        advice = Advice(
            account=account,
            language=language,
            segment=segment,
            stage=standing.stage,
            health=standing.health,
            outlook=outlook,
            actions=actions,
            avoid=avoid,
            not_judged=(
                *_not_judged(segment, standing, told, outlook, backing.left_out, language),
                *open_points(requirements, language),
            ),
        )
        return Advised(advice=advice, actions=tuple(one for one, _ in chosen.actions), seen=seen)

    def first(self, account: Account, reader: Reader, language: Language) -> Action | None:
        """Return the first action of an advice alone, which is quicker; None where nothing more than routine is seen.

        Raises:
            NothingIngested: there is no document that anything could rest on.
        """
        today = self._today()
        *_, facts, _, considered = self._considered(account, language, today)
        best = next(_Backing(self._quotes, reader).backed(considered.actions), None)
        return None if best is None else self._action(account, *best, facts, language, today)

    def _considered(
        self, account: Account, language: Language, today: date
    ) -> tuple[Told, Standing, dict[str, object], dict[str, SeenSignal], Considered]:
        self._quotes.check()
        segment = segment_of(_fee(account))
        told = told_of(account)
        standing = self._judge.standing(account, language, today)
        facts, seen = self._seen(account, segment, standing, told)
        if _KP_CHANGED & set(seen):
            standing = self._judge.standing(account, language, today, kp_changed=True)
            facts, seen = self._seen(account, segment, standing, told)
        considered = consider(
            self.book,
            seen,
            lambda action: (
                self._outlooks.uplift(account, action.source.playbook),
                self._outlooks.acceptance(action.source.playbook),
            ),
        )
        return told, standing, facts, seen, considered

    def _seen(
        self, account: Account, segment: Segment, standing: Standing, told: Told
    ) -> tuple[dict[str, object], dict[str, SeenSignal]]:
        facts = dict(facts_for_rules(account, segment, standing)) | dict(fit_facts(self._icp, account))
        facts["orders_to_machine"] = told.to_a_machine
        return facts, seen_signals(self.book.signals, facts, told.sentences)

    def _action(
        self,
        account: Account,
        candidate: Candidate,
        citation: Citation,
        facts: dict[str, object],
        language: Language,
        today: date,
    ) -> Action:
        rule = candidate.action
        days = candidate.due_days
        return Action(
            id=suggestion_id(account.id, rule.key, rule.source.playbook),
            key=rule.key,
            title=filled(rule.zh if language == "zh" else rule.en, facts, language),
            why=filled(candidate.why(language), facts, language),
            signals=candidate.signals(language) or (_no_signal(language),),
            citations=(citation,),
            playbook=rule.source.playbook,
            uplift=candidate.uplift,
            urgency=candidate.urgency,
            due=None if days is None else today + timedelta(days=days),
            draft_kind=rule.draft,
            owner=account.text("owner") or _role(account, language),
        )


class _Backing:
    """Finds the quotes of one advice and numbers them, the same quote always the same."""

    def __init__(self, quotes: PlaybookQuotes, reader: Reader) -> None:
        self._quotes = quotes
        self._reader = reader
        self._numbers: dict[tuple[str, int, int, int], int] = {}
        self.left_out = 0

    def backed(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Citation]]:
        """Return the actions that have a quote."""
        for candidate in candidates:
            citation = self._quotes.quote(candidate.action.source, self._reader)
            if citation is None:
                self.left_out += 1
            else:
                yield candidate, self._numbered(citation)

    def cautioned(self, cautions: Sequence[Caution]) -> Iterator[tuple[Caution, Citation]]:
        """Return the warnings that have a quote."""
        for caution in cautions:
            citation = self._quotes.quote(caution.avoid.source, self._reader)
            if citation is None:
                self.left_out += 1
            else:
                yield caution, self._numbered(citation)

    def _numbered(self, citation: Citation) -> Citation:
        chunk = citation.passage.chunk
        place = (chunk.document_id, chunk.version, citation.start, citation.end)
        return replace(citation, number=self._numbers.setdefault(place, len(self._numbers) + 1))


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    actions: tuple[tuple[Candidate, Citation], ...]
    warnings: tuple[tuple[Caution, Citation], ...]


def _enough(considered: Considered, backing: _Backing) -> _Chosen:
    """Take the best that have a quote; fallbacks fill up to two actions and one warning."""
    actions = list(islice(backing.backed(considered.actions), _MOST_ACTIONS))
    if len(actions) < _LEAST_ACTIONS:
        actions += list(islice(backing.backed(considered.spare_actions), _LEAST_ACTIONS - len(actions)))
    warnings = list(islice(backing.cautioned(considered.warnings), _MOST_WARNINGS))
    if not warnings:
        taken = {one.action.key for one, _ in actions}
        spare = [one for one in considered.spare_warnings if not taken & set(one.avoid.forbids)]
        warnings = list(islice(backing.cautioned(spare), 1))
    return _Chosen(actions=tuple(actions), warnings=tuple(warnings))


def _avoid(caution: Caution, citation: Citation, facts: dict[str, object], language: Language) -> Avoid:
    rule = caution.avoid
    return Avoid(
        key=rule.key,
        title=filled(rule.zh if language == "zh" else rule.en, facts, language),
        why=filled(rule.why_zh if language == "zh" else rule.why_en, facts, language),
        citations=(citation,),
    )


def _not_judged(
    segment: Segment, standing: Standing, told: Told, outlook: Outlook, left_out: int, language: Language
) -> list[str]:
    zh = language == "zh"
    sentences = [] if segment.value else [segment.reason(language)]
    sentences += standing.findings
    if standing.stage is None:
        sentences.append(
            "记录里没有阶段,也没有事件能推出阶段;请补上。" if zh else "No stage is recorded and none follows; enter it."
        )
    if standing.health.band is Band.UNKNOWN:
        sentences.append(
            "没有可以打分的事实,健康度不评。" if zh else "No fact could be scored, so there is no health score."
        )
    if outlook.churned is None and outlook.renewed is None:
        sentences.append(
            "历史样本不够,续约、增购、流失的可能性不给数字。"
            if zh
            else "Too little history: no figures for renewal, expansion or churn."
        )
    if told.to_a_machine:
        sentences.append(
            f"备注里有 {told.to_a_machine} 句是写给机器的指令,不是客户情况,没有采用。"
            if zh
            else f"Sentences of the notes that address a machine were not read as facts: {told.to_a_machine}."
        )
    if told.unread:
        sentences.append(
            f"备注太长,后面 {told.unread} 句没有读。"
            if zh
            else f"The last {told.unread} sentences of the notes were not read."
        )
    if left_out:
        sentences.append(
            f"有 {left_out} 条因为找不到你能看的依据而略去。"
            if zh
            else f"Lines left out because nothing that you may read backs them: {left_out}."
        )
    return sentences


def _no_signal(language: Language) -> str:
    return (
        "没有更具体的信号,按记录的类型和阶段给出。"
        if language == "zh"
        else "Nothing more specific was seen; this follows from the type and stage of the record."
    )


def _role(account: Account, language: Language) -> str:
    """Return whose step it is where the record names nobody: before the contract that of sales (B1)."""
    if account.type is RecordType.ACCOUNT:
        return "客户成功经理" if language == "zh" else "customer success manager"
    return "销售" if language == "zh" else "sales"


def _fee(account: Account) -> float | None:
    fee = account.facts.get("annual_fee_cny")
    return float(fee) if isinstance(fee, int | float) and not isinstance(fee, bool) else None
