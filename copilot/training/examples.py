"""What is learnt from and what is kept back: pure, and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from copilot.errors import TooFewExamples
from knowledge.text import fold
from knowledge.training import Example, JudgedSet, Material

#: Fewer do not carry a training: the held-out tenth would be 20 questions, whose interval is wider than any gain.
LEAST_EXAMPLES = 200
HELD_OUT_SHARE = 0.1
#: Bounds of what is judged, so that judging takes no longer than training. More questions narrow the interval little.
MOST_QUESTIONS = 600
MOST_PASSAGES = 1_500


@dataclass(frozen=True, kw_only=True)
class Split:
    """No document, section text or question stands on both sides."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    dropped: int  #: examples whose question or section text also stands on the held-out side


def split_by_document(material: Material, *, seed: int, share: float = HELD_OUT_SHARE) -> Split:
    """Hold out whole documents until they have `share` of the examples.

    The order of documents is that of a hash of seed and identity, so that documents added later hardly move the split.

    Raises:
        TooFewExamples: fewer than `LEAST_EXAMPLES`, or all in one document.
    """
    found = len(material.examples)
    if found < LEAST_EXAMPLES:
        raise TooFewExamples(
            f"There are {found} questions with a known answer; {LEAST_EXAMPLES} are needed to train. List `questions` "
            "in the front matter of your documents or in your records, accept answers that helped, or include the "
            "shipped knowledge: `copilot ingest`."
        )
    of = [material.sections[example.sections[0]].document for example in material.examples]
    documents = sorted(set(of), key=lambda name: sha256(f"{seed}:{name}".encode()).hexdigest())
    if len(documents) < 2:
        raise TooFewExamples(
            f"All {found} questions belong to one document, so none can be kept back to judge by. Ingest more "
            "documents with `questions`."
        )
    held: set[str] = set()
    for name in documents[:-1]:
        held.add(name)
        if sum(one in held for one in of) >= share * found:
            break
    held_out = tuple(example for example, name in zip(material.examples, of, strict=True) if name in held)
    rest = [example for example, name in zip(material.examples, of, strict=True) if name not in held]
    known = _said(material, held_out)
    train = tuple(example for example in rest if not _said(material, [example]) & known)
    return Split(train=train, held_out=held_out, dropped=len(rest) - len(train))


def held_out_set(material: Material, split: Split, *, seed: int) -> JudgedSet:
    """Return held-out questions against the sections of all documents, those that answer them and others at random."""
    return sampled(
        JudgedSet(
            name="held-out questions",
            questions=tuple(example.question for example in split.held_out),
            passages=tuple(section.placed for section in material.sections),
            gold=tuple(frozenset(example.sections) for example in split.held_out),
        ),
        questions=MOST_QUESTIONS,
        passages=MOST_PASSAGES,
        seed=seed,
    )


def sampled(judged: JudgedSet, *, questions: int, passages: int, seed: int) -> JudgedSet:
    """Keep at most so many questions and passages: all that answer a kept question, then others at random."""
    chance = random.Random(seed)  # noqa: S311  # no secret hangs on it
    asked = _picked(range(len(judged.questions)), questions, chance)
    needed = sorted(set().union(*(judged.gold[place] for place in asked)))
    wanted = set(needed)
    others = [place for place in range(len(judged.passages)) if place not in wanted]
    kept = sorted([*needed, *_picked(others, max(0, passages - len(needed)), chance)])
    place_of = {place: new for new, place in enumerate(kept)}
    return JudgedSet(
        name=judged.name,
        questions=tuple(judged.questions[place] for place in asked),
        passages=tuple(judged.passages[place] for place in kept),
        gold=tuple(frozenset(place_of[old] for old in judged.gold[place]) for place in asked),
    )


def _picked(places: Sequence[int], most: int, chance: random.Random) -> list[int]:
    return sorted(chance.sample(places, most)) if len(places) > most else list(places)


def _said(material: Material, examples: Iterable[Example]) -> set[str]:
    """Return questions and section texts without spaces and punctuation, marked apart."""
    found = set()
    for example in examples:
        found.add("?" + _words(example.question))
        found |= {"." + _words(material.sections[section].bare) for section in example.sections}
    return found


def _words(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())
