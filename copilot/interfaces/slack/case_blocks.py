"""Customer stories that fit an account, what is alike and what is not, and the ledger that their figures allow."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.interfaces.cases_contract import CaseMatchesBody, LedgerBody, MatchBody
from copilot.interfaces.slack.elements import Message, context, divider, header, section
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.money import yuan
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import MORE, Language, Texts
from knowledge.document import Audience

_CASES, _FIGURES, _LINES = 3, 2, 4
_TITLE: Texts = {"zh": "匹配的案例 · {name}", "en": "Matching cases · {name}"}
_ALIKE: Texts = {"zh": "相同:{what}", "en": "Alike: {what}"}
_UNLIKE: Texts = {"zh": "不同:{what}", "en": "Different: {what}"}
_NEAR: Texts = {"zh": "相近,但不完全匹配", "en": "near, but no full match"}
_INTERNAL: Texts = {"zh": "🔒 仅限内部", "en": "🔒 internal only"}
_LEDGER: Texts = {"zh": "🧮 *算笔账*", "en": "🧮 *The ledger*"}
_VALUE: Texts = {"zh": "{name}:每年 {low} – {high}(中位 {mid})", "en": "{name}: {low} – {high} a year (middle {mid})"}
_BUDGET: Texts = {"zh": "第一年预算:{amount}", "en": "First year’s budget: {amount}"}
_RETURN: Texts = {"zh": "价值 ÷ 预算:{low} – {high}", "en": "Value ÷ budget: {low} – {high}"}
_ASK: Texts = {"zh": "*还要问客户*", "en": "*Ask the customer*"}
_ASSUMED: Texts = {"zh": "假设:{what}", "en": "Assumed: {what}"}


def case_message(found: CaseMatchesBody, name: str, language: Language) -> Message:
    """Return the message."""
    told = found.told_zh if language == "zh" else found.told_en
    blocks = [header(_TITLE[language].format(name=name)), section(fitted(told, 1_000) or "—")]
    for match in found.matches[:_CASES]:
        blocks += [divider(), *_match(match, language)]
    if len(found.matches) > _CASES:
        blocks += context([MORE[language].format(count=len(found.matches) - _CASES)])
    blocks += [divider(), *_ledger(found.ledger, language)]
    return Message(text=fitted(told, 1_000) or fitted(name, 100), blocks=tuple(blocks))


def _match(match: MatchBody, language: Language) -> list[Block]:
    zh = language == "zh"
    title = match.title if zh else match.title_en or match.title
    summary = match.summary if zh else match.summary_en or match.summary
    lines = [f"*{fitted(title, 200)}*" + ("" if match.fits else f"  ({_NEAR[language]})")]
    if summary:
        lines.append(fitted(summary, 300))
    alike, unlike = (match.alike_zh, match.unlike_zh) if zh else (match.alike_en, match.unlike_en)
    lines += [f"✓ {_told(_ALIKE, alike, language)}"] if alike else []
    lines += [f"≠ {_told(_UNLIKE, unlike, language)}"] if unlike else []
    lines += [f"&gt; {fitted(figure.quote, 200)}" for figure in match.figures[:_FIGURES]]
    small = [fitted(match.source, 200), _INTERNAL[language] if match.audience is Audience.INTERNAL else ""]
    return [section("\n".join(lines)), *context([" · ".join(one for one in small if one)])]


def _ledger(ledger: LedgerBody, language: Language) -> list[Block]:
    zh = language == "zh"
    lines = [_LEDGER[language], fitted(ledger.summary_zh if zh else ledger.summary_en, 600)]
    for value in ledger.values[:_LINES]:
        low, mid, high = (yuan(amount, language) for amount in (value.low, value.mid, value.high))
        named = fitted(value.name_zh if zh else value.name_en, 80)
        lines.append("• " + _VALUE[language].format(name=named, low=low, mid=mid, high=high))
    if ledger.budget is not None:
        lines.append("• " + _BUDGET[language].format(amount=yuan(ledger.budget, language)))
    if ledger.returns:
        low, high = f"{min(ledger.returns):.1f}", f"{max(ledger.returns):.1f}"
        lines.append("• " + _RETURN[language].format(low=low, high=high))
    asked = ledger.ask_zh if zh else ledger.ask_en
    if asked:
        lines += [_ASK[language], *(f"• {fitted(one, 150)}" for one in asked[:_LINES])]
    assumed = ledger.assumptions_zh if zh else ledger.assumptions_en
    return [section("\n".join(lines)), *context([_told(_ASSUMED, assumed, language)] if assumed else [])]


def _told(texts: Texts, what: Sequence[str], language: Language) -> str:
    return texts[language].format(what=fitted("; ".join(what[:6]), 300))
