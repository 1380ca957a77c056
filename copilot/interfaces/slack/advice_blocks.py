"""What to do next about an account: each step with its reason, its sources and three answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.interfaces.advice_contract import ActionBody, AdviceBody, AvoidBody, HealthBody, ReactionChange
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.citations import place_of
from copilot.interfaces.slack.elements import (
    Message,
    actions,
    button,
    context,
    divider,
    header,
    modal,
    section,
    submitted,
    text_input,
)
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import BANDS, MORE, SIZES, URGENCIES, Language, Texts, day, stage_name
from copilot.suggesting.suggestion import Verdict

_ACTIONS, _AVOID, _REASONS = 4, 3, 4
_TITLE: Texts = {"zh": "下一步建议 · {name}", "en": "Next best actions · {name}"}
_HEALTH: Texts = {"zh": "*健康度* {score} {band}", "en": "*Health* {score} {band}"}
_DUE: Texts = {"zh": "{day} 前", "en": "by {day}"}
_OWNER: Texts = {"zh": "由 {owner} 做", "en": "{owner}"}
_ACCEPT: Texts = {"zh": "就这么做", "en": "Accept"}
_LATER: Texts = {"zh": "以后再说", "en": "Later"}
_REJECT: Texts = {"zh": "不合适,因为…", "en": "Not this, because…"}
_DRAFT: Texts = {"zh": "起草", "en": "Draft it"}
_AVOID_HEAD: Texts = {"zh": "🚫 *先别做*", "en": "🚫 *Leave these alone*"}
_NOT_JUDGED: Texts = {"zh": "没法判断:{what}", "en": "Not judged: {what}"}
_SIGNALS: Texts = {"zh": "依据", "en": "Signals"}
_SAID: Mapping[Verdict, Texts] = {
    Verdict.ACCEPTED: {"zh": "✅ 已采纳", "en": "✅ Accepted"},
    Verdict.LATER: {"zh": "🕓 以后再说", "en": "🕓 Later"},
    Verdict.REJECTED: {"zh": "✖️ 不合适", "en": "✖️ Not this"},
}
_WHY_TITLE: Texts = {"zh": "为什么不合适", "en": "Why not this"}
_WHY: Texts = {"zh": "原因", "en": "Reason"}
_WHY_HINT: Texts = {"zh": "会用来改进以后的建议。", "en": "Later suggestions learn from it."}
_SEND: Texts = {"zh": "提交", "en": "Send"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody said of a suggestion, for the message that is sent again."""

    verdict: Verdict
    who: str  #: safe mrkdwn
    reason: str | None = None


def advice_message(
    advice: AdviceBody, name: str, language: Language, *, said: Mapping[str, Said] | None = None
) -> Message:
    """Return the message; `said` holds, by the id of a suggestion, what was said of it meanwhile."""
    told = said or {}
    blocks = [header(_TITLE[language].format(name=name)), *_standing(advice, language)]
    for number, action in enumerate(advice.actions[:_ACTIONS]):
        blocks += [divider(), *_action(action, number, language, told.get(action.id))]
    blocks += [divider(), *_avoid(advice.avoid, language)] if advice.avoid else []
    if advice.not_judged:
        what = fitted("; ".join(advice.not_judged), 600)
        blocks += context([_NOT_JUDGED[language].format(what=what)])
    first = f": {fitted(advice.actions[0].title, 300)}" if advice.actions else ""
    return Message(text=fitted(_TITLE[language].format(name=name), 300) + first, blocks=tuple(blocks))


def reject_view(suggestion: str, title: str, language: Language) -> Block:
    """Return the modal that asks why a suggestion does not fit."""
    blocks = [
        section(f"&gt; {fitted(title, 600)}"),
        text_input(_WHY[language], "reason", hint=_WHY_HINT[language]),
    ]
    return modal(
        _WHY_TITLE[language],
        ids.SUGGESTION_REJECT_VIEW,
        blocks,
        language,
        submit=_SEND[language],
        metadata=suggestion,
    )


def rejection(view_state: Mapping[str, Mapping[str, Mapping[str, object]]]) -> ReactionChange:
    """Read the modal."""
    return ReactionChange(reaction=Verdict.REJECTED, reason=submitted(view_state, "reason"))


def _standing(advice: AdviceBody, language: Language) -> list[Block]:
    stage = stage_name(advice.stage, language) if advice.stage else ""
    facts = [fitted(stage, 60), _size(advice, language)]
    return [*context([" · ".join(fact for fact in facts if fact)]), section(health_line(advice.health, language))]


def _size(advice: AdviceBody, language: Language) -> str:
    size = advice.segment.value
    return fitted(advice.segment.reason, 200) if size is None else SIZES[size][language]


def health_line(health: HealthBody, language: Language) -> str:
    """Return the score and what it rests on, as safe mrkdwn."""
    score = "—" if health.score is None else f"{health.score:.0f}"
    line = _HEALTH[language].format(score=score, band=BANDS[health.band][language])
    reasons = [signal for dimension in health.dimensions for signal in dimension.signals][:_REASONS]
    return "\n".join([line, *(f"• {fitted(reason, 200)}" for reason in reasons)])


def _action(action: ActionBody, number: int, language: Language, said: Said | None) -> list[Block]:
    facts = [URGENCIES[action.urgency][language]]
    if action.due is not None:
        facts.append(_DUE[language].format(day=day(action.due)))
    if action.owner:
        facts.append(_OWNER[language].format(owner=fitted(action.owner, 60)))
    head = f"*{number + 1}. {fitted(action.title, 200)}*  ({' · '.join(facts)})\n{fitted(action.why, 500)}"
    signals = fitted("; ".join(action.signals[:_REASONS]), 300)
    sources = [f"[{one.n}] {fitted(place_of(one.title, one.heading_path), 120)}" for one in action.citations[:3]]
    under = "\n".join([*([f"{_SIGNALS[language]}: {signals}"] if signals else []), *sources])
    return [section(head), *context([under]), *_reactions(action, number, language, said)]


def _reactions(action: ActionBody, number: int, language: Language, said: Said | None) -> list[Block]:
    if said is not None:
        line = f"{_SAID[said.verdict][language]} · {said.who}"
        return context([f"{line}: {fitted(said.reason, 300)}" if said.reason else line])
    carried = ids.value(action.id, number)
    buttons = [
        button(_ACCEPT[language], f"{ids.SUGGESTION_ACCEPT}{number}", carried, style="primary"),
        button(_LATER[language], f"{ids.SUGGESTION_LATER}{number}", carried),
        button(_REJECT[language], f"{ids.SUGGESTION_REJECT}{number}", carried),
    ]
    if action.draft_kind is not None:
        buttons.append(button(_DRAFT[language], f"{ids.SUGGESTION_DRAFT}{number}", carried))
    return actions(buttons)


def _avoid(avoid: list[AvoidBody], language: Language) -> list[Block]:
    lines = []
    for one in avoid[:_AVOID]:
        marks = "".join(f" [{citation.n}]" for citation in one.citations[:3])
        lines.append(f"• *{fitted(one.title, 150)}* — {fitted(one.why, 300)}{marks}")
    if len(avoid) > _AVOID:
        lines.append(MORE[language].format(count=len(avoid) - _AVOID))
    return [section("\n".join([_AVOID_HEAD[language], *lines]))]
