"""What frontline people ask most, as prompts to pick instead of typing (intent shortcuts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcp_types import GetPromptResult, Prompt, PromptArgument, PromptMessage, TextContent

from copilot.errors import InvalidRequest


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A prompt with one blank to fill in."""

    name: str
    title: str
    blank: str
    description: str
    text: str


_RULES = (
    "只用工具返回的内容,保留 [n] 引用;工具说没有依据就直说没有。用提问者的语言回答。"
    "Use only what the tools return, keep the [n]; where they have no evidence, say so. Answer in the asker's language."
)
SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(
        name="handle_objection",
        title="应对异议 Handle an objection",
        blank="objection",
        description="客户的原话。What the customer said.",
        text="客户说:“{blank}”。用 ask_question 查我们怎么应对,给我一段能直接说出口的话,再列出处。",
    ),
    Shortcut(
        name="talk_about_price",
        title="谈价格 Talk about price",
        blank="situation",
        description="价格问题。The question about price.",
        text="关于价格:“{blank}”。用 ask_question 查报价口径和底线,分清能对客户说的和只能内部看的。",
    ),
    Shortcut(
        name="find_case",
        title="按行业找案例 Find a case study",
        blank="industry",
        description="行业或客户情况。Industry or situation.",
        text="用 search_documents 找“{blank}”的案例,挑最像的两个:起点、做法、结果,各带出处。",
    ),
    Shortcut(
        name="compare_competitor",
        title="对比竞品 Compare with a competitor",
        blank="competitor",
        description="竞品名称。The competitor's name.",
        text="客户在看“{blank}”。用 ask_question 查我们怎么比,不贬低对方,没有依据的不要说。",
    ),
    Shortcut(
        name="plan_onboarding",
        title="上线计划 Plan an onboarding",
        blank="account_id",
        description="账户 id。Id of the account.",
        text="客户 {blank}:先用 suggest_next_actions 看现状,再用 draft_success_plan 起草上线计划,说明哪几处要我确认。",
    ),
    Shortcut(
        name="prepare_renewal",
        title="准备续约 Prepare a renewal",
        blank="account_id",
        description="账户 id。Id of the account.",
        text="客户 {blank} 要续约:先用 suggest_next_actions,再用 create_draft 起草 renewal_brief,风险和下一步放最前。",
    ),
)


def prompts() -> list[Prompt]:
    """List them."""
    return [
        Prompt(
            name=one.name,
            title=one.title,
            description=one.title,
            arguments=[PromptArgument(name=one.blank, description=one.description, required=True)],
        )
        for one in SHORTCUTS
    ]


def filled(name: str, arguments: Mapping[str, str]) -> GetPromptResult:
    """Fill in the blank of a prompt.

    Raises:
        InvalidRequest: there is no such prompt, or its blank was left out.
    """
    one = next((one for one in SHORTCUTS if one.name == name), None)
    if one is None:
        raise InvalidRequest(f"There is no prompt {name!r}. There are {', '.join(one.name for one in SHORTCUTS)}.")
    said = arguments.get(one.blank, "").strip()
    if not said:
        raise InvalidRequest(f"{name} needs {one.blank!r}: {one.description}")
    text = f"{one.text.replace('{blank}', said)}\n\n{_RULES}"
    return GetPromptResult(description=one.title, messages=[PromptMessage(role="user", content=TextContent(text=text))])
