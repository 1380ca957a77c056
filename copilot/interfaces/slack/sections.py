"""Prose as mrkdwn in pieces that Slack takes, cut where a reader would cut.

The best place is between paragraphs, then at the end of a line, then of a sentence (。！？.!? with what closes it
and the marks that cite for it), then at a comma or between words. A word, an entity, a citation mark and a joined emoji
stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from copilot.interfaces.slack.limits import SECTION_TEXT, length
from copilot.interfaces.slack.mrkdwn import characters, clean, escaped, link, plain, web_address
from copilot.interfaces.slack.spans import Prose, Span

_CITATION = re.compile(r"\[(\d{1,3})\]")
#: What is told apart before words are: marks that cite, line ends, other white space.
_APART = re.compile(r"(\[\d{1,3}\]|\n+|[^\S\n]+)")
#: Written without spaces between words: every character is a place to cut.
_UNSPACED = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_INSIDE_WORDS = frozenset("-'’._/@%+:#&=?")
_SENTENCE_END = frozenset("。！？!?…；;")
_CLOSING = frozenset("」』”’\"')）】》]")
_PAUSE = frozenset("，、,：:)）")
_LONGEST_WORD = 300
#: Between a mark of bold and a letter: without it Slack shows the asterisk, as Chinese has no spaces around words.
_JOINT = "\u200b"
#: The most that marks and joints around one change of look take.
_CHANGE = 6

#: Where a citation leads: its number → an address.
Addresses = Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class _Atom:
    """Something that is not cut, with its length as mrkdwn and how good it is to cut behind it (0 is not wanted)."""

    text: str
    span: Span
    size: int
    cut: int


def sections(prose: Prose, addresses: Addresses, most: int = SECTION_TEXT) -> list[str]:
    """Return texts of at most `most` UTF-16 units, none empty; together they say all that the prose says."""
    atoms = _graded(list(_atoms(prose.spans, addresses)))
    written = (_written(piece, addresses) for piece in _pieces(atoms, most))
    return [text for text in written if text]


def _atoms(spans: Sequence[Span], addresses: Addresses) -> Iterator[_Atom]:
    for span in spans:
        for text in _words(clean(span.text)):
            yield _Atom(text=text, span=span, size=length(_shown(text, span, addresses)), cut=0)
        if span.address and span.address not in addresses.values():
            bare = replace(span, address=None)
            for text in _words(clean(f" ({span.address})")):
                yield _Atom(text=text, span=bare, size=length(_shown(text, bare, addresses)), cut=0)


def _words(text: str) -> Iterator[str]:
    """Cut cleaned text into what is not cut any more; together they are the text."""
    for part in _APART.split(text):
        if not part or part.isspace() or _CITATION.fullmatch(part):
            yield from [part] if part else []
            continue
        word = ""
        visible = characters(part)
        for number, one in enumerate(visible):
            inside = bool(word) or one == "@"
            joins = inside and one[0] in _INSIDE_WORDS and number + 1 < len(visible) and _is_letter(visible[number + 1])
            if (joins or _is_letter(one)) and length(word) + length(one) <= _LONGEST_WORD:
                word += one
                continue
            if word:
                yield word
            word = one if _is_letter(one) else ""
            if not word:
                yield one
        if word:
            yield word


def _is_letter(one: str) -> bool:
    return one[0].isalnum() and not _UNSPACED.match(one)


def _graded(atoms: list[_Atom]) -> list[_Atom]:
    """Say how good each place is: 5 paragraph, 4 line, 3 sentence, 2 pause, 1 between words, 0 before a mark."""
    graded: list[_Atom] = []
    sentence = False
    for number, atom in enumerate(atoms):
        after = atoms[number + 1].text if number + 1 < len(atoms) else "\n"
        ends = atom.text[-1] in _SENTENCE_END or (atom.text == "." and after[0].isspace())
        closes = atom.text in _CLOSING or _CITATION.fullmatch(atom.text) is not None
        sentence = ends or (sentence and (closes or atom.text.isspace()))
        if atom.text.startswith("\n"):
            cut = 1 if number and atoms[number - 1].span.strong else 5 if len(atom.text) > 1 else 4  # 1: of a heading
        elif _CITATION.fullmatch(after) or after in _CLOSING or after[0] in "，、。！？；：,;:":
            cut = 0
        elif sentence:
            cut = 3
        else:
            cut = 2 if atom.text.isspace() or atom.text in _PAUSE else 1
        graded.append(_Atom(text=atom.text, span=atom.span, size=atom.size, cut=cut))
    return graded


def _pieces(atoms: Sequence[_Atom], most: int) -> Iterator[Sequence[_Atom]]:
    start = 0
    while start < len(atoms):
        size, end, best, best_cut = 0, start, start, -1
        look: tuple[bool, bool] | None = None
        while end < len(atoms):
            atom = atoms[end]
            new_look = (atom.span.strong, atom.span.code)
            size += atom.size + (_CHANGE if new_look != look else 0)
            if size > most - _CHANGE and end > start:
                break
            look = new_look
            end += 1
            good = atom.cut if size > most // 3 else 0  # a piece of a few words is worse than a cut in a sentence
            if good >= best_cut:
                best, best_cut = end, good
        if end == len(atoms):
            best = end
        yield atoms[start:best]
        start = best


def _written(atoms: Sequence[_Atom], addresses: Addresses) -> str:
    out: list[str] = []
    runs: list[tuple[tuple[bool, bool], list[_Atom]]] = []
    for atom in atoms:
        look = (atom.span.strong, atom.span.code)
        # White space and line ends take the look of what is before them: a mark must touch a letter.
        if atom.text.isspace():
            look = (False, False)
        if runs and runs[-1][0] == look:
            runs[-1][1].append(atom)
        else:
            runs.append((look, [atom]))
    for (strong, code), run in _rejoined(runs):
        shown = "".join(_shown(atom.text, atom.span, addresses) for atom in run)
        mark = "`" if code else "*" if strong else ""
        out.append(f"{_JOINT}{mark}{shown}{mark}{_JOINT}" if mark else shown)
    return _without_idle_joints("".join(out)).strip()


def _rejoined(runs: list[tuple[tuple[bool, bool], list[_Atom]]]) -> list[tuple[tuple[bool, bool], list[_Atom]]]:
    """Take spaces between two runs of one look into it: a bold heading of several words has one pair of marks."""
    joined: list[tuple[tuple[bool, bool], list[_Atom]]] = []
    for look, run in runs:
        space = len(joined) > 1 and look == joined[-2][0] and look != (False, False)
        if space and all(atom.text.isspace() and "\n" not in atom.text for atom in joined[-1][1]):
            between = joined.pop()[1]
            joined[-1][1].extend([*between, *run])
        else:
            joined.append((look, list(run)))
    return joined


def _shown(text: str, span: Span, addresses: Addresses) -> str:
    cited = _CITATION.fullmatch(text)
    if cited and not span.code and int(cited[1]) in addresses:
        return link(addresses[int(cited[1])], text)
    if span.address and span.address in addresses.values() and web_address(span.address) and text.strip():
        return link(span.address, text)
    if text.isspace():
        return escaped(text)
    return plain(text)


def _without_idle_joints(text: str) -> str:
    """Leave joints only between a mark and a letter: elsewhere they are not needed."""
    text = re.sub(rf"(?:^|(?<=[\s(（]))({_JOINT})+(?=[*`])", "", text, flags=re.MULTILINE)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return re.sub(rf"(?<=[*`]){_JOINT}+(?=\s|$|[.,;:!?)）。，；：！？、])", "", text, flags=re.MULTILINE)
