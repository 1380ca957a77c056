"""How many mistakes the grounding check finds, and how many faithful sentences it rejects.

Run: `python -m tests.evaluation.grounding_rates [MODEL_FOLDER]`. Sections are those of the shipped corpus; faithful
paraphrases stand in `paraphrases.jsonl`; mistakes are made from both by `perturbations`.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from copilot.answering.answer import GroundedSentence
from copilot.answering.grounding import GroundingCheck
from knowledge.corpus_document import read_corpus_document
from knowledge.embedder import Embedder
from knowledge.outline import find_headings
from knowledge.passage import Passage
from knowledge.text import fold, is_chinese, sentence_spans
from tests.evaluation.perturbations import CHANGES
from tests.unit.samples import passage

PARAPHRASES = Path(__file__).with_name("paraphrases.jsonl")
_SEED = 20261125
_COPIES = 160


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A sentence and the passage it cites."""

    kind: str
    language: str
    sentence: str
    cited: Passage


def sections() -> dict[tuple[str, str], Passage]:
    """Return the sections of the shipped corpus by source and heading."""
    root = Path(str(resources.files("knowledge").joinpath("corpus")))
    found = {}
    for path in sorted(root.rglob("*.md")):
        source = path.relative_to(root).as_posix()
        document = read_corpus_document(source, path.read_text(encoding="utf-8")).document
        headings = find_headings(document.text)
        ends = [heading.start for heading in headings[1:]] + [len(document.text)]
        for heading, end in zip(headings, ends, strict=True):
            text = document.text[heading.start : end].partition("\n")[2].strip()
            if text:
                found[source, fold(heading.path[-1])] = passage(
                    text, name=source, title=document.title, headings=(heading.path[-1],), metadata=document.metadata
                )
    return found


def paraphrases() -> Iterator[Pair]:
    """Return the faithful paraphrases with what they cite."""
    known = sections()
    for line in PARAPHRASES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cited = passage(row["text"]) if "text" in row else known[row["source"], fold(row["section"])]
        yield Pair(
            kind="faithful", language=_languages(row["sentence"], cited.text), sentence=row["sentence"], cited=cited
        )


def copies() -> list[Pair]:
    """Return sentences of the corpus, each with its own section."""
    dice = random.Random(_SEED)
    found = [
        Pair(kind="copied", language="zh", sentence=cited.text[start:end], cited=cited)
        for (source, heading), cited in sections().items()
        for start, end in sentence_spans(cited.text)
        if 14 <= end - start <= 90 and "{" not in cited.text[start:end] and heading != "话术与模板"
    ]
    return dice.sample(found, _COPIES)


def wrong(pairs: Sequence[Pair], origin: str) -> list[Pair]:
    """Return every pair with every mistake that can be made of it, and one with a passage about something else."""
    dice = random.Random(_SEED)
    others = list(sections().values())
    found = []
    for pair in pairs:
        for kind, change in CHANGES.items():
            changed = change(pair.sentence, dice)
            if changed is not None and changed != pair.sentence:
                found.append(Pair(kind=f"{origin}: {kind}", language=pair.language, sentence=changed, cited=pair.cited))
        other = dice.choice([one for one in others if one.source != pair.cited.source])
        found.append(
            Pair(kind=f"{origin}: another section", language=pair.language, sentence=pair.sentence, cited=other)
        )
    return found


def judged(check: GroundingCheck, pairs: Sequence[Pair]) -> list[tuple[Pair, str]]:
    """Return the status of every pair."""
    return [
        (
            pair,
            check.check([GroundedSentence(text=pair.sentence, status="grounded", citations=(1,))], [pair.cited])[
                0
            ].status,
        )
        for pair in pairs
    ]


def _languages(sentence: str, text: str) -> str:
    said, cited = ("zh" if is_chinese(one) else "en" for one in (sentence, text))
    return said if said == cited else f"{said} on {cited}"


def report(embedder: Embedder) -> str:
    """Return a Markdown table: of each kind, the share that is grounded, partly, ungrounded."""
    faithful = list(paraphrases())
    right = copies()
    pairs = [*faithful, *right, *wrong(right, "copy"), *wrong(faithful, "paraphrase")]
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for pair, status in judged(GroundingCheck(embedder), pairs):
        counts[pair.kind, pair.language][status] += 1
    lines = ["| kind | sentence on source | n | grounded | partly | ungrounded |", "|---|---|---|---|---|---|"]
    for (kind, language), statuses in counts.items():
        n = statuses.total()
        shares = " | ".join(f"{statuses[status] / n:.2f}" for status in ("grounded", "partly", "ungrounded"))
        lines.append(f"| {kind} | {language} | {n} | {shares} |")
    return "\n".join(lines)


if __name__ == "__main__":
    from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder

    print(report(SentenceTransformerEmbedder(folder=Path(sys.argv[1] if len(sys.argv) > 1 else ".copilot/models"))))
