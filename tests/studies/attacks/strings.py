"""The lists of attacks, whole or as a seeded sample of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

_SEED = 9
#: Lists of strings that mean nothing to a reader: words of theirs that read like a command are none.
_WORDLESS = frozenset(["csv_formula", "naughty_strings", "path_traversal", "xss"])


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One string, with what is asked about the document it poisons."""

    id: str
    family: str  #: the list it is of
    text: str
    order: str = ""  #: what of it tells a machine to do something
    question: str | None = None

    @property
    def storable(self) -> str:
        """The text without halves of characters, as a file holds it."""
        return self.text.encode("utf-8", "replace").decode()


def attacks_of(folder: Path, sample: int | None = None) -> list[Attack]:
    """Read `*.jsonl`; `sample` strings of each list, the same every time, or all."""
    found: list[Attack] = []
    for file in sorted(folder.glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
        chosen = lines if sample is None else Random(_SEED).sample(lines, min(sample, len(lines)))  # repeatable
        found += [
            Attack(
                id=line["id"],
                family=file.stem,
                text=line["text"],
                order="" if file.stem in _WORDLESS else line.get("attack", line["text"]),
                question=line.get("question"),
            )
            for line in chosen
        ]
    return found
