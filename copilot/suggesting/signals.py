"""Which signals a record shows, each with the sentence that says what was seen.

Notes are data. A sentence that speaks to a machine (`ignore the rules …`) is no observation of the account: it is
passed over and told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.accounts.account import Account
from copilot.answering.inert import inert
from copilot.suggesting.advice import Language
from copilot.suggesting.facts_view import condition_holds
from copilot.suggesting.filling import filled
from copilot.suggesting.notes import Sentence, sentences_of
from copilot.suggesting.rules import Cues, SignalRule
from knowledge.text import fold_with_offsets

#: Notes of a record are some lines; nobody reads more than this of one, and no pattern does.
_MOST_SENTENCES = 300
_LONGEST_QUOTE = 48
_TO_A_MACHINE = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要理会|别管|跳过|绕过).{0,8}(?:以上|之前|前面|上面|所有|规则|指令|提示|限制|设定)"
    r"|(?:你|ai|系统|助手)(?:现在|必须|应该|要|只能).{0,6}(?:输出|回复|建议|推荐|扮演|回答)"
    r"|系统提示|提示词|system\s*(?:prompt|message)|<\|?(?:system|im_start)|\[/?inst\]"
    r"|(?:ignore|disregard|forget|override).{0,24}(?:previous|above|prior|instruction|rule|prompt)"
    r"|you are now|as an ai|(?:print|output|reveal|repeat) (?:the|your) (?:prompt|instruction|secret)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,，、;；:：]")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What people wrote about an account, as it is read."""

    sentences: tuple[Sentence, ...]
    to_a_machine: int  #: sentences passed over
    unread: int  #: sentences beyond what is read


@dataclass(frozen=True, kw_only=True)
class SeenSignal:
    """A signal that a record shows."""

    rule: SignalRule
    zh: str
    en: str

    def sentence(self, language: Language) -> str:
        """Return what was seen."""
        return self.zh if language == "zh" else self.en


def told_of(account: Account) -> Told:
    """Read notes, relationships and milestones sentence by sentence."""
    texts = [account.text("notes") or ""]
    people = account.facts.get("kp")
    for person in people if isinstance(people, list) else []:
        relationship = person.get("relationship") if isinstance(person, Mapping) else None
        texts.append(relationship if isinstance(relationship, str) else "")
    milestones = account.facts.get("milestones")
    texts += [one for one in milestones if isinstance(one, str)] if isinstance(milestones, list) else []
    sentences = [sentence for text in texts for sentence in sentences_of(text)]
    plain = [one for one in sentences if not _TO_A_MACHINE.search(one.matched)]
    return Told(
        sentences=tuple(plain[:_MOST_SENTENCES]),
        to_a_machine=len(sentences) - len(plain),
        unread=max(0, len(plain) - _MOST_SENTENCES),
    )


def seen_signals(
    rules: Mapping[str, SignalRule], facts: Mapping[str, object], sentences: Sequence[Sentence]
) -> dict[str, SeenSignal]:
    """Return the signals that are seen, by key, in the order of the rules."""
    seen = {}
    for key, rule in rules.items():
        if rule.facts is not None and not condition_holds(rule.facts, facts):
            continue
        quote = None
        if rule.said is not None:
            quote = _said(rule.said, sentences)
            if quote is None:
                continue
        seen[key] = SeenSignal(
            rule=rule,
            zh=filled(rule.zh, facts, "zh") + (f"(记录:「{quote}」)" if quote else ""),
            en=filled(rule.en, facts, "en") + (f" (noted: “{quote}”)" if quote else ""),
        )
    return seen


def _said(cues: Cues, sentences: Sequence[Sentence]) -> str | None:
    """Return the words that say it, shortened; None when nobody said it."""
    for sentence in sentences:
        found = next((match for cue in cues.any if (match := cue.search(sentence.matched))), None)
        if found and not any(cue.search(sentence.matched) for cue in cues.unless):
            return _clause(sentence, found.group())
    return None


def _clause(sentence: Sentence, words: str) -> str:
    """Return the part of a sentence that holds the words, as it was written."""
    text = " ".join(inert(sentence.text).split())
    at, end = _place(text, words)
    starts = [0, *(mark.end() for mark in _CLAUSE_END.finditer(text))]
    start = max(one for one in starts if one <= at)
    after = _CLAUSE_END.search(text, end)
    clause = text[start : after.start() if after else len(text)].strip()
    return clause if len(clause) <= _LONGEST_QUOTE else clause[: _LONGEST_QUOTE - 1] + "…"


def _place(text: str, words: str) -> tuple[int, int]:
    """Return where folded words stand in text, blanks aside; its beginning where they do not."""
    folded = fold_with_offsets(text)
    pairs = zip(folded.text, folded.origins, strict=False)  # origins has one more, the end
    written = [(character, origin) for character, origin in pairs if not character.isspace()]
    sought = "".join(words.split())
    at = "".join(character for character, _ in written).find(sought)
    if at < 0 or not sought:
        return 0, 0
    return written[at][1], written[at + len(sought) - 1][1] + 1
