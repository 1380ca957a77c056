"""Our Markdown as blocks: sections, code, tables; what does not fit into a message goes into a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copilot.interfaces.slack.elements import AsFile, section
from copilot.interfaces.slack.limits import MARKDOWN_TEXT, SECTION_TEXT, Block, length
from copilot.interfaces.slack.mrkdwn import characters, clean, escaped, plain, shortened
from copilot.interfaces.slack.sections import Addresses, sections
from copilot.interfaces.slack.spans import CodeBlock, Prose, parts
from copilot.interfaces.slack.tables import shown_table
from copilot.interfaces.slack.texts import Language, Texts

_REST: Texts = {"zh": "内容较长,全文见附件 {name}", "en": "The rest is long: all of it is in {name}"}
_FENCE = "```"
_LONGEST_LINE = 500
#: Invisible, and no link goes across it.
_NO_LINK = "\u2060"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Blocks, and the files that hold what they leave out."""

    blocks: tuple[Block, ...]
    files: tuple[AsFile, ...]


def rendered(
    markdown: str,
    addresses: Addresses,
    language: Language,
    *,
    room: int,
    most_blocks: int,
    file: AsFile,
) -> Rendered:
    """Render Markdown into at most `most_blocks` blocks with `room` characters; `file` takes what is longer, whole."""
    texts, files = _texts(markdown, addresses, language)
    blocks: list[Block] = []
    told = f"_{plain(_REST[language].format(name=file.name))}_"
    left = room - length(told)
    for number, text in enumerate(texts):
        last_place = len(blocks) + 1 >= most_blocks and number + 1 < len(texts)
        if length(text) > left or last_place:
            return Rendered(blocks=(*blocks, section(told)), files=(file, *files))
        blocks.append(section(text))
        left -= length(text)
    return Rendered(blocks=tuple(blocks), files=tuple(files))


def _texts(markdown: str, addresses: Addresses, language: Language) -> tuple[list[str], list[AsFile]]:
    texts: list[str] = []
    files: list[AsFile] = []
    for part in parts(markdown):
        if isinstance(part, Prose):
            texts += sections(part, addresses)
        elif isinstance(part, CodeBlock):
            texts += _code(part.text)
        else:
            table = shown_table(part, len(files) + 1, language)
            texts += _lines(table.lines.split("\n"))
            files += [] if table.file is None else [table.file]
    return texts, files


def _code(text: str) -> list[str]:
    """Write code as it stands; marks that would end it early are replaced."""
    lines = [escaped(line).replace("`", "ˋ") for line in _short_lines(clean(text).split("\n"))]
    return [f"{_FENCE}\n{some}\n{_FENCE}" for some in _lines(lines, SECTION_TEXT - 2 * len(_FENCE) - 2) if some.strip()]


def _short_lines(lines: Iterable[str]) -> Iterable[str]:
    """Cut lines that could fill a section alone; escaping makes a character five at most."""
    for line in lines:
        held = ""
        for one in characters(line):
            if length(held) + length(one) > _LONGEST_LINE:
                yield held
                held = ""
            held += one
        yield held


def _lines(lines: Iterable[str], most: int = SECTION_TEXT) -> list[str]:
    """Put lines together while they fit."""
    texts: list[str] = []
    for line in lines:
        if texts and length(texts[-1]) + 1 + length(line) <= most:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [text for text in texts if text.strip()]


def streamed(markdown: str) -> str:
    """Return Markdown for a stream: lists and bold stay, and nothing in it mentions, links or embeds."""
    safe = escaped(shortened(markdown, MARKDOWN_TEXT // 5 * 4))
    for sign in ("](", "]:", "![", "://", "www."):
        safe = safe.replace(sign, f"{sign[0]}{_NO_LINK}{sign[1:]}")
    return safe if length(safe) <= MARKDOWN_TEXT else streamed(shortened(markdown, length(markdown) * 3 // 4))
