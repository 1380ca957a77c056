"""Blocks and elements, each within Slack's limits whatever it is given.

A `shown` argument is mrkdwn that is safe already (`mrkdwn.py`); every other text is made so here. mrkdwn goes out
`verbatim`: Slack then makes no link and no mention of bare addresses and names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from copilot.interfaces.slack import limits
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import clean, shortened
from copilot.interfaces.slack.texts import CANCEL, CLOSE, Language

Style = Literal["primary", "danger"]


@dataclass(frozen=True, kw_only=True)
class AsFile:
    """What is too long or too wide for a message, as a file beside it."""

    name: str
    title: str
    content: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message: `text` is what notifications and screen readers get, mrkdwn that is safe."""

    text: str
    blocks: tuple[Block, ...]
    files: tuple[AsFile, ...] = ()


def plain_text(text: str, most: int) -> Block:
    """Return a text that Slack does not parse, on one line; never empty."""
    line = " ".join(clean(text).split())
    return {"type": "plain_text", "text": shortened(line, most) or "—", "emoji": True}


def mrkdwn(shown: str) -> Block:
    """Return a text object of safe mrkdwn."""
    return {"type": "mrkdwn", "text": shown, "verbatim": True}


def section(shown: str, accessory: Block | None = None) -> Block:
    """Return a section of at most 3,000 characters of mrkdwn: the caller has cut it (`sections.py`)."""
    block: Block = {"type": "section", "text": mrkdwn(shown)}
    return block if accessory is None else block | {"accessory": accessory}


def fields(shown: Sequence[str]) -> Block:
    """Return up to ten texts in two columns."""
    return {"type": "section", "fields": [mrkdwn(one) for one in shown[: limits.SECTION_FIELDS]]}


def header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain_text(text, limits.HEADER_TEXT)}


def context(shown: Iterable[str]) -> list[Block]:
    """Return small print, ten texts a block."""
    told = iter(one for one in shown if one)
    blocks: list[Block] = []
    while some := list(islice(told, limits.CONTEXT_ELEMENTS)):
        blocks.append({"type": "context", "elements": [mrkdwn(one) for one in some]})
    return blocks


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def button(text: str, action_id: str, value: str, *, style: Style | None = None, told: str | None = None) -> Block:
    """Return a button; `value` names state that is kept with us, `told` is what screen readers say for the text."""
    made: Block = {
        "type": "button",
        "text": plain_text(text, limits.BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    if style is not None:
        made["style"] = style
    if told is not None:
        made["accessibility_label"] = shortened(" ".join(clean(told).split()), limits.ACCESSIBILITY_LABEL)
    return made


def actions(elements: Iterable[Block], block_id: str | None = None) -> list[Block]:
    """Return buttons, 25 a block; nothing where there are none."""
    rest = iter(elements)
    blocks: list[Block] = []
    while some := list(islice(rest, limits.ACTIONS_ELEMENTS)):
        blocks.append({"type": "actions", "elements": some})
    if block_id is not None:
        for number, block in enumerate(blocks):
            block["block_id"] = block_id if not number else f"{block_id}_{number}"
    return blocks


def text_input(
    label: str,
    block_id: str,
    *,
    initial: str = "",
    placeholder: str | None = None,
    hint: str | None = None,
    optional: bool = False,
    multiline: bool = True,
) -> Block:
    """Return a field to write in; its action is called `value`. `initial` stays character for character."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": multiline,
        "max_length": limits.INPUT_TEXT,
    }
    if initial:
        element["initial_value"] = initial
    if placeholder:
        element["placeholder"] = plain_text(placeholder, limits.PLACEHOLDER)
    return _input(label, block_id, element, hint, optional=optional)


def select(
    label: str,
    block_id: str,
    options: Mapping[str, str],
    *,
    radio: bool = False,
    hint: str | None = None,
    optional: bool = False,
) -> Block:
    """Return a choice among values, each with its text; its action is called `value`."""
    offered = [
        {"text": plain_text(text, limits.OPTION_TEXT), "value": value} for value, text in islice(options.items(), 100)
    ]
    element: Block = {"type": "radio_buttons" if radio else "static_select", "action_id": "value", "options": offered}
    return _input(label, block_id, element, hint, optional=optional)


def _input(label: str, block_id: str, element: Block, hint: str | None, *, optional: bool) -> Block:
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return made if hint is None else made | {"hint": plain_text(hint, limits.INPUT_HINT)}


def modal(
    title: str,
    callback_id: str,
    blocks: Sequence[Block],
    language: Language,
    *,
    submit: str | None = None,
    metadata: str = "",
) -> Block:
    """Return a modal; `metadata` comes back with it (3,000 characters)."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, limits.VIEW_TITLE),
        "close": plain_text((CLOSE if submit is None else CANCEL)[language], limits.VIEW_TITLE),
        "private_metadata": metadata,
        "blocks": list(blocks[: limits.VIEW_BLOCKS]),
    }
    if submit is not None:
        view["submit"] = plain_text(submit, limits.VIEW_TITLE)
    return view


def submitted(view_state: Mapping[str, Mapping[str, Mapping[str, object]]], block_id: str) -> str | None:
    """Return what was written into or chosen of an input made here; None when it was left empty.

    Args:
        view_state: `view["state"]["values"]` of a `view_submission`.
        block_id: of the input.
    """
    answer = view_state.get(block_id, {}).get("value", {})
    option = answer.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else answer.get("value")
    return value if isinstance(value, str) and value else None
