"""What is benchmarked with: texts and questions of the shipped corpus, seeded subsets of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from copilot.bootstrap import corpus_folder
from knowledge.front_matter import split_front_matter

SEED = 20_260


@dataclass(frozen=True, kw_only=True)
class Page:
    """The body of one corpus document and the questions written for it."""

    name: str
    text: str
    questions: tuple[str, ...]


def pages(characters: int) -> list[Page]:
    """Return whole documents, in a seeded order, until they have at least this many characters."""
    files = sorted(corpus_folder().rglob("*.md"))
    random.Random(SEED).shuffle(files)
    chosen: list[Page] = []
    for file in files:
        if sum(len(page.text) for page in chosen) >= characters:
            break
        matter = split_front_matter(file.read_text("utf-8"))
        asked = tuple(question.text for question in matter.questions)
        chosen.append(Page(name=file.name, text=matter.text.strip(), questions=asked))
    return chosen


def write_pages(chosen: list[Page], folder: Path) -> None:
    """Write the bodies as Markdown files: both sides read the same bytes, and neither sees front matter."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in chosen:
        (folder / page.name).write_text(page.text, "utf-8")


def questions(chosen: list[Page], count: int) -> list[str]:
    """Return this many different questions about the pages, in a seeded order."""
    asked = sorted({question for page in chosen for question in page.questions})
    random.Random(SEED).shuffle(asked)
    return asked[:count]
