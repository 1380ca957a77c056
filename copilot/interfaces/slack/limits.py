"""Slack's published limits, and a last look at a payload before it leaves.

Every number names its page below https://docs.slack.dev/reference (read in November 2026). Slack does not say whether a
character is a code point or a UTF-16 unit; `length` counts UTF-16 units, which is never less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: A block, an element, a view: JSON as Slack's documentation describes it, which is their only type.
Block = dict[str, Any]

MESSAGE_BLOCKS = 50  # block-kit/blocks
VIEW_BLOCKS = 100  # block-kit/blocks, views/modal-views, views/home-tab-views
BLOCK_ID = 255  # block-kit/blocks/*
ACTION_ID = 255  # block-kit/block-elements/*
SECTION_TEXT = 3_000  # block-kit/blocks/section-block
SECTION_FIELDS = 10  # section-block
FIELD_TEXT = 2_000  # section-block
HEADER_TEXT = 150  # block-kit/blocks/header-block
CONTEXT_ELEMENTS = 10  # block-kit/blocks/context-block
CONTEXT_TEXT = 3_000  # block-kit/composition-objects/text-object
ACTIONS_ELEMENTS = 25  # block-kit/blocks/actions-block
CONTEXT_ACTIONS_ELEMENTS = 5  # block-kit/blocks/context-actions-block
INPUT_LABEL = 2_000  # block-kit/blocks/input-block
INPUT_HINT = 2_000  # input-block
ALT_TEXT = 2_000  # block-kit/blocks/image-block
BUTTON_TEXT = 75  # block-kit/block-elements/button-element
BUTTON_VALUE = 2_000  # button-element, feedback-buttons-element
BUTTON_URL = 3_000  # button-element
ACCESSIBILITY_LABEL = 75  # button-element, feedback-buttons-element
PLACEHOLDER = 150  # block-kit/block-elements/select-menu-element, plain-text-input-element
OPTIONS = 100  # select-menu-element
RADIO_OPTIONS = 10  # block-kit/block-elements/radio-button-group-element
OVERFLOW_OPTIONS = 5  # block-kit/block-elements/overflow-menu-element
OPTION_TEXT = 75  # block-kit/composition-objects/option-object
OPTION_VALUE = 150  # option-object
INPUT_TEXT = 3_000  # block-kit/block-elements/plain-text-input-element: the largest `max_length`
CONFIRM_TITLE = 100  # block-kit/composition-objects/confirmation-dialog-object
CONFIRM_TEXT = 300  # confirmation-dialog-object
CONFIRM_BUTTON = 30  # confirmation-dialog-object
VIEW_TITLE = 24  # views/modal-views; `submit` and `close` too
PRIVATE_METADATA = 3_000  # views/modal-views
CALLBACK_ID = 255  # views/modal-views
MARKDOWN_TEXT = 12_000  # block-kit/blocks/markdown-block, all of a payload together; methods/chat.startStream
MESSAGE_TEXT = 4_000  # methods/chat.postMessage: the advice for `text`, which is cut at 40,000
SUGGESTED_PROMPTS = 4  # methods/assistant.threads.setSuggestedPrompts; app-manifest
LOADING_MESSAGES = 10  # methods/assistant.threads.setStatus
TASK_TEXT = 256  # chunks of methods/chat.appendStream: `details` and `output`, as Microsoft's Agents SDK documents them
#: All text of the blocks of a message. Slack publishes no number; messages were refused as `msg_blocks_too_long` at
#: 13,297 characters (slackapi/bolt-js#2509) and at 11,341 (slackapi/bolt-js#2867), so ours stay below both.
MESSAGE_ALL_TEXT = 10_000
#: The JSON of a view. Slack publishes no number; its own error speaks of 250,001 characters.
VIEW_JSON = 250_000

_BUTTONS_OF_FEEDBACK = ("positive_button", "negative_button")
_ONLY_IN_MESSAGES = ("context_actions", "markdown")


def length(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked(payload: Sequence[Block] | Block) -> list[str]:
    """Return what Slack would refuse of the blocks of a message, or of a view; nothing when it may leave."""
    if isinstance(payload, Mapping):
        return list(_view(payload))
    found = list(_blocks(payload, MESSAGE_BLOCKS, "blocks"))
    if (total := sum(length(text) for text in texts(payload))) > MESSAGE_ALL_TEXT:
        found.append(f"blocks: {total} of {MESSAGE_ALL_TEXT} characters in all")
    return found


def _view(view: Block) -> Iterator[str]:
    modal = view.get("type") == "modal"
    if not modal and view.get("type") != "home":
        yield f"type: {view.get('type')!r} is no view"
    yield from _blocks(view.get("blocks", []), VIEW_BLOCKS, "blocks")
    yield from _within(view.get("private_metadata", ""), PRIVATE_METADATA, "private_metadata")
    yield from _within(view.get("callback_id", ""), CALLBACK_ID, "callback_id")
    for name in ("title", "submit", "close"):
        if name in view:
            yield from _text(view[name], VIEW_TITLE, name)
    if modal and "title" not in view:
        yield "title: a modal needs one"
    types = [block.get("type") for block in view.get("blocks", [])]
    if modal and "input" in types and "submit" not in view:
        yield "submit: a modal with inputs needs one"
    yield from (f"{kind}: only messages have it" for kind in _ONLY_IN_MESSAGES if kind in types)


def _blocks(blocks: Sequence[Block], most: int, at: str) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"{at}: {len(blocks)} blocks, 1 to {most} are possible"
    named = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"{at}: block_id {name!r} stands {count} times" for name, count in named.items() if count > 1)
    for number, block in enumerate(blocks):
        yield from _block(block, f"{at}[{number}]")
    total = sum(length(block.get("text", "")) for block in blocks if block.get("type") == "markdown")
    if total > MARKDOWN_TEXT:
        yield f"{at}: {total} of {MARKDOWN_TEXT} characters of Markdown in all"


def _block(block: Block, at: str) -> Iterator[str]:
    yield from _within(block.get("block_id", ""), BLOCK_ID, f"{at}.block_id")
    match block.get("type"):
        case "section":
            if "text" not in block and not block.get("fields"):
                yield f"{at}: a section needs text or fields"
            if "text" in block:
                yield from _text(block["text"], SECTION_TEXT, f"{at}.text")
            yield from _many(block.get("fields", []), SECTION_FIELDS, f"{at}.fields", least=0)
            for number, field in enumerate(block.get("fields", [])):
                yield from _text(field, FIELD_TEXT, f"{at}.fields[{number}]")
            if "accessory" in block:
                yield from _element(block["accessory"], f"{at}.accessory")
        case "header":
            yield from _text(block.get("text", {}), HEADER_TEXT, f"{at}.text")
        case "context":
            yield from _many(block.get("elements", []), CONTEXT_ELEMENTS, f"{at}.elements")
            for number, element in enumerate(block.get("elements", [])):
                where = f"{at}.elements[{number}]"
                yield from _image(element, where) if "image_url" in element else _text(element, CONTEXT_TEXT, where)
        case "actions" | "context_actions" as kind:
            most = ACTIONS_ELEMENTS if kind == "actions" else CONTEXT_ACTIONS_ELEMENTS
            yield from _elements(block.get("elements", []), most, f"{at}.elements")
        case "input":
            yield from _text(block.get("label", {}), INPUT_LABEL, f"{at}.label")
            if "hint" in block:
                yield from _text(block["hint"], INPUT_HINT, f"{at}.hint")
            yield from _element(block.get("element", {}), f"{at}.element")
        case "image":
            yield from _image(block, at)
        case "markdown":
            yield from _within(block.get("text", ""), MARKDOWN_TEXT, f"{at}.text", least=1)
        case "divider":
            pass
        case other:
            yield f"{at}: {other!r} is no block that we send"


def _elements(elements: Sequence[Block], most: int, at: str) -> Iterator[str]:
    yield from _many(elements, most, at)
    named = Counter(element.get("action_id") for element in elements)
    yield from (f"{at}: action_id {name!r} stands {count} times" for name, count in named.items() if count > 1)
    for number, element in enumerate(elements):
        yield from _element(element, f"{at}[{number}]")


def _element(element: Block, at: str) -> Iterator[str]:
    kind = element.get("type")
    yield from _within(element.get("action_id", ""), ACTION_ID, f"{at}.action_id", least=1)
    if "placeholder" in element:
        yield from _text(element["placeholder"], PLACEHOLDER, f"{at}.placeholder")
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{at}.confirm")
    if kind == "button":
        yield from _button(element, at)
    elif kind == "feedback_buttons":
        for name in _BUTTONS_OF_FEEDBACK:
            yield from _button(element.get(name, {}), f"{at}.{name}")
    elif kind in ("static_select", "radio_buttons", "overflow"):
        most = {"static_select": OPTIONS, "radio_buttons": RADIO_OPTIONS, "overflow": OVERFLOW_OPTIONS}[kind]
        yield from _many(element.get("options", []), most, f"{at}.options")
        for number, option in enumerate(element.get("options", [])):
            yield from _text(option.get("text", {}), OPTION_TEXT, f"{at}.options[{number}].text")
            yield from _within(option.get("value", ""), OPTION_VALUE, f"{at}.options[{number}].value", least=1)
    elif kind == "plain_text_input":
        yield from _within(element.get("initial_value", ""), INPUT_TEXT, f"{at}.initial_value")
        if not 1 <= element.get("max_length", 1) <= INPUT_TEXT:
            yield f"{at}.max_length: {element['max_length']}, 1 to {INPUT_TEXT} are possible"
    else:
        yield f"{at}: {kind!r} is no element that we send"


def _button(button: Block, at: str) -> Iterator[str]:
    yield from _text(button.get("text", {}), BUTTON_TEXT, f"{at}.text")
    yield from _within(button.get("value", ""), BUTTON_VALUE, f"{at}.value")
    yield from _within(button.get("url", ""), BUTTON_URL, f"{at}.url")
    yield from _within(button.get("accessibility_label", ""), ACCESSIBILITY_LABEL, f"{at}.accessibility_label")


def _confirm(dialog: Block, at: str) -> Iterator[str]:
    yield from _text(dialog.get("title", {}), CONFIRM_TITLE, f"{at}.title")
    yield from _text(dialog.get("text", {}), CONFIRM_TEXT, f"{at}.text")
    for name in ("confirm", "deny"):
        yield from _text(dialog.get(name, {}), CONFIRM_BUTTON, f"{at}.{name}")


def _image(image: Block, at: str) -> Iterator[str]:
    yield from _within(image.get("alt_text", ""), ALT_TEXT, f"{at}.alt_text", least=1)


def _text(text: Block, most: int, at: str) -> Iterator[str]:
    if text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{at}: {text.get('type')!r} is no text"
    yield from _within(text.get("text", ""), most, at, least=1)


def _within(text: str, most: int, at: str, *, least: int = 0) -> Iterator[str]:
    if not least <= (size := length(text)) <= most:
        yield f"{at}: {size} characters, {least} to {most} are possible"


def _many(items: Sequence[object], most: int, at: str, *, least: int = 1) -> Iterator[str]:
    if not least <= len(items) <= most:
        yield f"{at}: {len(items)} of them, {least} to {most} are possible"


def texts(node: object) -> Iterator[str]:
    """Yield every text that a message shows."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for item in node:
            yield from texts(item)
