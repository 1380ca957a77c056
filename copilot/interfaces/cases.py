"""The use cases around case studies, on the services of this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.cases_contract import (
    CaseMatchesBody,
    CaseQuery,
    CostBody,
    EffectBody,
    EstimateBody,
    FigureBody,
    LedgerBody,
    LedgerQuery,
    LevelsBody,
    MatchBody,
    ProfileBody,
)
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.suggesting.cases.figures import Figure
from copilot.suggesting.cases.ledger import Ledger, own_facts
from copilot.suggesting.cases.profile import Profile, profile_of
from copilot.suggesting.cases.service import CaseMatches, CaseMatching, Match


class Cases(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def match(self, query: CaseQuery) -> CaseMatchesBody:
        """Return the cases that fit best, with reasons and the ledger."""
        ...

    def ledger(self, query: LedgerQuery) -> LedgerBody:
        """Return the ledger of an account."""
        ...


class LocalCases:
    """Implements `Cases` for whoever calls; without a caller, for the operator."""

    def __init__(self, matching: CaseMatching, accounts: LocalAccounts, operator: Caller) -> None:
        self._matching = matching
        self._accounts = accounts
        self._operator = operator

    def match(self, query: CaseQuery, *, caller: Caller | None = None) -> CaseMatchesBody:
        """Return the cases that fit best, with reasons and the ledger."""
        return self._matched(query, {}, caller or self._operator)

    def ledger(self, query: LedgerQuery, *, caller: Caller | None = None) -> LedgerBody:
        """Return the ledger of an account."""
        return self._matched(query, query.inputs, caller or self._operator).ledger

    def _matched(self, query: CaseQuery, inputs: Mapping[str, Any], caller: Caller) -> CaseMatchesBody:
        facts: dict[str, Any] = {}
        if query.account_id is not None:
            caller.need(Scope.ACCOUNTS_READ)
            facts = self._accounts.get(query.account_id).model_dump()
        said = Profile(
            industry=_said(query.industry),
            city=_said(query.city),
            annual_fee_cny=query.annual_fee_cny,
            situation=_said(query.situation),
        )
        profile = profile_of(facts, said)
        matches = self._matching.match(profile, caller.reader(query.audience), query.limit)
        figures = own_facts(facts | {"annual_fee_cny": profile.annual_fee_cny}, inputs)
        ledger = self._matching.ledger(matches, figures)
        return _matches_body(query.account_id, matches, ledger)


def _said(text: str | None) -> str | None:
    return text.strip() or None if text is not None else None


def _matches_body(account: str | None, found: CaseMatches, ledger: Ledger) -> CaseMatchesBody:
    profile = found.profile
    return CaseMatchesBody(
        account_id=account,
        profile=ProfileBody(
            industry=profile.industry,
            city=profile.city,
            annual_fee_cny=profile.annual_fee_cny,
            size=profile.size.value if profile.size else None,
            situation=profile.situation,
        ),
        fits=found.fits,
        told_zh=found.told.zh,
        told_en=found.told.en,
        matches=[_match_body(match) for match in found.matches],
        ledger=_ledger_body(ledger),
    )


def _match_body(match: Match) -> MatchBody:
    summary, metadata, fit = match.summary, match.summary.metadata, match.fit
    return MatchBody(
        document_id=summary.id,
        source=summary.source,
        title=summary.title,
        title_en=metadata.title_en,
        summary=metadata.summary,
        summary_en=metadata.summary_en,
        audience=metadata.audience,
        industries=list(metadata.industries),
        cities=list(metadata.cities),
        segments=list(metadata.segments),
        fits=fit.fits,
        score=round(fit.levels.score, 4),
        levels=LevelsBody(
            industry=fit.levels.industry, city=fit.levels.city, size=fit.levels.size, situation=fit.levels.situation
        ),
        alike_zh=[one.zh for one in fit.alike],
        alike_en=[one.en for one in fit.alike],
        unlike_zh=[one.zh for one in fit.unlike],
        unlike_en=[one.en for one in fit.unlike],
        section=list(match.section),
        figures=[_figure_body(figure) for figure in match.figures],
    )


def _figure_body(figure: Figure) -> FigureBody:
    return FigureBody(**vars(figure) | {"heading_path": list(figure.heading_path)})


def _ledger_body(ledger: Ledger) -> LedgerBody:
    return LedgerBody(
        status=ledger.status,
        summary_zh=ledger.summary.zh,
        summary_en=ledger.summary.en,
        values=[
            EstimateBody(
                name_zh=one.name.zh, name_en=one.name.en, low=one.low, mid=one.mid, high=one.high, worked=one.worked
            )
            for one in ledger.values
        ],
        costs=[CostBody(name_zh=one.name.zh, name_en=one.name.en, amount=one.amount) for one in ledger.costs],
        budget=ledger.budget,
        returns=list(ledger.returns) if ledger.returns else None,
        effects=[
            EffectBody(kind=one.kind, ratio=round(one.ratio, 6), figure=_figure_body(one.figure))
            for one in ledger.effects
        ],
        assumptions_zh=[one.zh for one in ledger.assumptions],
        assumptions_en=[one.en for one in ledger.assumptions],
        ask_zh=[one.zh for one in ledger.ask],
        ask_en=[one.en for one in ledger.ask],
    )
