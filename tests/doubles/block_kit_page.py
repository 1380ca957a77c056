"""Blocks, modals and Home as a page that looks roughly like Slack: to look at, not to measure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from copilot.interfaces.slack.limits import Block

Theme = Literal["light", "dark"]
_LINK = re.compile(r"&lt;(https?://[^|&]*(?:&amp;[^|&]*)*)\|(.*?)&gt;")
_DATE = re.compile(r"&lt;!date\^\d+\^[^|]*\|(.*?)&gt;")
_USER = re.compile(r"&lt;@(U[A-Z0-9]+)&gt;")
#: As Slack reads them: a mark stands at the edge of a word.
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"(?<![\w`])`([^`\n]+)`(?!\w)")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?!\w)")
_ITALIC = re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)")
_QUOTE = re.compile(r"(?:^&amp;gt; ?.*(?:\n|$))+", re.MULTILINE)


def page(payloads: Mapping[str, Sequence[Block] | Block], theme: Theme) -> str:
    """Return an HTML page of messages, modals and Homes, each under its name, in two columns."""
    shown = "".join(
        f'<div class="one"><div class="name">{html.escape(name)}</div>{_whole(payload)}</div>'
        for name, payload in payloads.items()
    )
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>Slack</title>'
        f"<style>{_STYLE}</style><body class={theme}>{_with_names_of_emoji(shown)}</body></html>"
    )


def _whole(payload: Sequence[Block] | Block) -> str:
    if isinstance(payload, Mapping):
        return _view(payload)
    return (
        '<div class="message"><div class="face">副</div><div class="said"><div class="who">copilot '
        f'<span class="app">APP</span> <span class="soft">14:30</span></div>{_blocks(payload)}</div></div>'
    )


def _with_names_of_emoji(markup: str) -> str:
    """Draw emoji as dots and signs that a machine without a font of emoji has, too."""
    return re.sub("|".join(_EMOJI), lambda found: _EMOJI[found[0]], markup)


def _view(view: Block) -> str:
    blocks = _blocks(view["blocks"])
    if view["type"] == "home":
        return f'<div class="home">{blocks}</div>'
    buttons = "".join(
        f'<span class="button {style}">{_plain(view[name])}</span>'
        for name, style in (("close", ""), ("submit", "primary"))
        if name in view
    )
    return (
        f'<div class="modal"><div class="bar">{_plain(view["title"])}<span>✕</span></div>'
        f'<div class="content">{blocks}</div><div class="foot">{buttons}</div></div>'
    )


def _blocks(blocks: Sequence[Block]) -> str:
    return "".join(f'<div class="block {block["type"]}">{_block(block)}</div>' for block in blocks)


def _block(block: Block) -> str:
    match block["type"]:
        case "section":
            text = _text(block["text"]) if "text" in block else ""
            columns = "".join(f"<div>{_text(field)}</div>" for field in block.get("fields", []))
            beside = _element(block["accessory"]) if "accessory" in block else ""
            return f'<div class="grow">{text}{f"<div class=fields>{columns}</div>" if columns else ""}</div>{beside}'
        case "header":
            return _plain(block["text"])
        case "context":
            return "".join(f"<div>{_text(element)}</div>" for element in block["elements"])
        case "actions" | "context_actions":
            return "".join(_element(element) for element in block["elements"])
        case "input":
            optional = ' <span class="soft">(optional)</span>' if block.get("optional") else ""
            hint = f'<div class="soft">{_plain(block["hint"])}</div>' if "hint" in block else ""
            return f"<label>{_plain(block['label'])}{optional}</label>{_element(block['element'])}{hint}"
    return ""


def _element(element: Block) -> str:
    match element["type"]:
        case "button":
            return f'<span class="button {element.get("style", "")}">{_plain(element["text"])}</span>'
        case "feedback_buttons":
            return "".join(
                f'<span class="button quiet">{_plain(element[name]["text"])}</span>'
                for name in ("positive_button", "negative_button")
            )
        case "radio_buttons":
            options = "".join(f"<div>◯ {_plain(option['text'])}</div>" for option in element["options"])
            return f'<div class="radio">{options}</div>'
        case "static_select":
            return f'<span class="button">{_plain(element["options"][0]["text"])} ▾</span>'
        case "plain_text_input":
            text = html.escape(element.get("initial_value", "")) or "&nbsp;"
            return f'<div class="field {"tall" if element.get("multiline") else ""}">{text}</div>'
    return ""


def _plain(text: Block) -> str:
    return html.escape(text["text"])


def _text(text: Block) -> str:
    if text["type"] == "plain_text":
        return _plain(text)
    shown = html.escape(text["text"], quote=False)
    kept: list[str] = []

    def keep(markup: str) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    shown = _FENCE.sub(lambda found: keep(f"<pre>{_entities(found[1])}</pre>"), shown)
    shown = _CODE.sub(lambda found: keep(f"<code>{_entities(found[1])}</code>"), shown)
    shown = _LINK.sub(lambda found: keep(f"<a>{_entities(found[2])}</a>"), shown)
    shown = _DATE.sub(lambda found: keep(found[1].removesuffix(" UTC")), shown)
    shown = _USER.sub(lambda found: keep(f'<span class="user">@{found[1]}</span>'), shown)
    shown = _QUOTE.sub(lambda found: f"<blockquote>{found[0].replace('&amp;gt;', '').strip()}</blockquote>", shown)
    shown = _ITALIC.sub(r"<i>\1</i>", _BOLD.sub(r"<b>\1</b>", shown))
    shown = _entities(shown).replace("\n", "<br>")
    while "\x00" in shown:
        shown = re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], shown)
    return f'<span class="text">{shown}</span>'


def _entities(text: str) -> str:
    """Undo the escaping of Slack below that of HTML."""
    for name in ("lt", "gt", "amp"):
        text = text.replace(f"&amp;{name};", f"&{name};")
    return text


def _dot(colour: str) -> str:
    return f'<span class="dot" style="background:{colour}"></span>'


def _sign(text: str, colour: str) -> str:
    return f'<span class="sign" style="background:{colour}">{text}</span>'


_EMOJI = {
    "🔴": _dot("#e01e5a"),
    "🟡": _dot("#ecb22e"),
    "🟢": _dot("#2eb67d"),
    "⚪": _dot("#bbb"),
    "👍": _sign("+1", "#ecb22e"),
    "👎": _sign("−1", "#ecb22e"),
    "🔒": _sign("锁", "#ecb22e"),
    "📭": _sign("空", "#1264a3"),
    "⚠️": _sign("!", "#ecb22e"),
    "↪️": _sign("↪", "#1264a3"),
    "⚖️": _sign("±", "#1264a3"),
    "⏳": _sign("…", "#ecb22e"),
    "⌛": _sign("…", "#bbb"),
    "✅": _sign("✓", "#2eb67d"),
    "⛔": _sign("–", "#e01e5a"),
    "📤": _sign("↑", "#1264a3"),
    "🚫": _sign("✕", "#e01e5a"),
    "✖️": _sign("✕", "#bbb"),
    "🕓": _sign("…", "#bbb"),
    "👋": _sign("hi", "#ecb22e"),
    "🧮": _sign("Σ", "#1264a3"),
}
_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; padding: 20px; columns: 2; column-gap: 40px; font: 15px/1.47 Lato, "Noto Sans CJK SC", sans-serif; }
body.light { background: #fff; color: #1d1c1d; --soft: #616061; --line: #ddd; --panel: #f8f8f8; --link: #1264a3;
  --button: #fff; }
body.dark { background: #1a1d21; color: #d1d2d3; --soft: #ababad; --line: #44474b; --panel: #222529; --link: #1d9bd1;
  --button: #222529; }
.one { break-inside: avoid; margin-bottom: 30px; }
.name { color: var(--soft); font: 11px monospace; margin-bottom: 6px; }
.dot { display: inline-block; width: 12px; height: 12px; border-radius: 50%; }
.sign { display: inline-block; min-width: 17px; padding: 0 3px; text-align: center; font: 700 11px/16px sans-serif;
  border-radius: 4px; color: #fff; vertical-align: 1px; }
.message { display: flex; gap: 10px; }
.face { width: 36px; height: 36px; flex: none; border-radius: 6px; background: #1d4a3a; color: #fff; display: grid;
  place-items: center; font-weight: 700; }
.said { flex: 1; min-width: 0; }
.who { font-weight: 900; }
.app { font-size: 10px; background: var(--line); padding: 1px 3px; border-radius: 2px; color: var(--soft); }
.soft { color: var(--soft); font-size: 13px; font-weight: 400; }
.block { margin: 6px 0; }
.section { display: flex; gap: 12px; align-items: flex-start; }
.grow { flex: 1; min-width: 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.header { font-size: 18px; font-weight: 900; margin: 12px 0 4px; }
.context { font-size: 13px; color: var(--soft); display: flex; flex-wrap: wrap; gap: 4px 12px; }
.divider { border-top: 1px solid var(--line); margin: 12px 0; }
.actions, .context_actions { display: flex; flex-wrap: wrap; gap: 8px; }
.button { border: 1px solid var(--line); background: var(--button); border-radius: 4px; padding: 4px 12px;
  font-weight: 700; font-size: 13px; display: inline-block; white-space: nowrap; max-width: 100%; overflow: hidden;
  text-overflow: ellipsis; }
.button.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
.button.danger { color: #e01e5a; border-color: #e01e5a; }
.button.quiet { border: none; color: var(--soft); font-weight: 400; }
a { color: var(--link); }
.user { color: var(--link); background: color-mix(in srgb, var(--link) 15%, transparent); border-radius: 3px; }
blockquote { margin: 4px 0; padding-left: 10px; border-left: 4px solid var(--line); }
pre, code { font: 12px/1.5 "DejaVu Sans Mono", monospace; background: var(--panel); border: 1px solid var(--line);
  border-radius: 4px; }
pre { padding: 8px; white-space: pre-wrap; margin: 4px 0; } code { padding: 1px 4px; color: #e01e5a; }
.modal { border: 1px solid var(--line); border-radius: 8px; max-width: 560px; margin: 0 auto; }
.bar { display: flex; justify-content: space-between; font-size: 20px; font-weight: 900; padding: 16px 20px; }
.content { padding: 0 20px 8px; border-top: 1px solid var(--line); }
.foot { display: flex; justify-content: flex-end; gap: 10px; padding: 14px 20px; border-top: 1px solid var(--line); }
label { font-weight: 700; display: block; margin: 10px 0 4px; }
.field { border: 1px solid var(--soft); border-radius: 4px; padding: 8px 10px; white-space: pre-wrap; }
.field.tall { min-height: 64px; }
.home { max-width: 680px; }
.text { overflow-wrap: anywhere; }
"""
