"""Suggested prompts: the choices of every surface (copilot/interfaces/shortcuts.py), four at most."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from copilot.accounts.lifecycle import Stage
from copilot.interfaces.shortcuts import for_staff
from copilot.interfaces.slack.limits import SUGGESTED_PROMPTS
from copilot.interfaces.slack.mrkdwn import clean, shortened
from copilot.interfaces.slack.texts import Language, Texts
from copilot.people.person import Role

_TITLE: Texts = {"zh": "可以这样问", "en": "Try one of these"}


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """As `assistant.threads.setSuggestedPrompts` takes them."""

    title: str
    prompts: tuple[dict[str, str], ...]  #: each with `title` and `message`


def suggested_prompts(
    language: Language,
    *,
    roles: Collection[Role] = (),
    stage: Stage | None = None,
    account: str | None = None,
) -> Prompts:
    """Return what to offer."""
    name = shortened(" ".join(clean(account).split()), 60) if account else None
    offered = for_staff(language, roles=roles, stage=stage, account=name)
    prompts = tuple({"title": one.label, "message": one.payload["question"]} for one in offered)
    return Prompts(title=_TITLE[language], prompts=prompts[:SUGGESTED_PROMPTS])
