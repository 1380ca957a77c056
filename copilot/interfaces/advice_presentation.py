"""Advice → what people see."""

from __future__ import annotations

from datetime import date

from copilot.accounts.health import Health
from copilot.interfaces.advice_contract import (
    ActionBody,
    AdviceBody,
    AvoidBody,
    DimensionBody,
    ExplanationBody,
    HealthBody,
    IcpBody,
    OutlookBody,
    SegmentBody,
)
from copilot.interfaces.presentation import citation_body
from copilot.suggesting.advice import Action, Language, Outlook
from copilot.suggesting.engine import Candidate
from copilot.suggesting.explaining import explanations
from copilot.suggesting.icp import IcpFit
from copilot.suggesting.rules import RuleBook
from copilot.suggesting.service import Advised


def advice_body(advised: Advised, today: date, *, icp: IcpFit | None, book: RuleBook | None) -> AdviceBody:
    """Show an advice; with the rules at hand, every action is explained."""
    advice = advised.advice
    language = advice.language
    return AdviceBody(
        id=advice.account.id,
        segment=SegmentBody(value=advice.segment.value, reason=advice.segment.reason(language)),
        stage=advice.stage,
        health=health_body(advice.health),
        outlook=_outlook(advice.outlook),
        actions=[
            _action(action, candidate, today, language, book)
            for action, candidate in zip(advice.actions, advised.actions, strict=True)
        ],
        avoid=[
            AvoidBody(
                key=one.key, title=one.title, why=one.why, citations=[citation_body(c, today) for c in one.citations]
            )
            for one in advice.avoid
        ],
        not_judged=list(advice.not_judged),
        icp=None
        if icp is None
        else IcpBody(
            score=icp.score,
            outside=icp.outside,
            reasons=list(icp.reasons_zh if language == "zh" else icp.reasons_en),
        ),
    )


def health_body(health: Health) -> HealthBody:
    """Show a health score with what explains it."""
    return HealthBody(
        score=health.score,
        band=health.band,
        model=health.model,
        dimensions=[
            DimensionBody(name=one.name, score=one.score, signals=list(one.signals)) for one in health.dimensions
        ],
    )


def _outlook(outlook: Outlook) -> OutlookBody:
    return OutlookBody(
        renewed=outlook.renewed,
        expanded=outlook.expanded,
        churned=outlook.churned,
        interval=outlook.interval,
        transitions_used=outlook.transitions_used,
        prior_weight=outlook.prior_weight,
    )


def _action(action: Action, candidate: Candidate, today: date, language: Language, book: RuleBook | None) -> ActionBody:
    explained = None
    if book is not None:
        explained = [
            ExplanationBody(
                rule=one.rule, requirements=list(one.requirements), because=one.because, look_for=list(one.look_for)
            )
            for one in explanations(candidate, book, language)
        ]
    return ActionBody(
        id=action.id,
        action=action.key,
        title=action.title,
        why=action.why,
        signals=list(action.signals),
        citations=[citation_body(citation, today) for citation in action.citations],
        playbook=action.playbook,
        uplift=action.uplift,
        urgency=action.urgency,
        due=action.due,
        draft_kind=action.draft_kind,
        owner=action.owner,
        explained=explained,
    )
