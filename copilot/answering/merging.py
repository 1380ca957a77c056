"""Results of several searches → one, and citations of several parts → one row of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from knowledge.passage import Citation, Passage, distinct


def in_turns(results: Sequence[Sequence[Passage]], limit: int = 10) -> list[Passage]:
    """Take the best of each result, then the second of each, and so on; texts distinct, at most `limit`.

    One result comes back as it is. Scores are comparable within one search only, so ranks decide.
    """
    if len(results) == 1:
        return list(results[0])
    rows = zip_longest(*results)
    return distinct([passage for row in rows for passage in row if passage is not None])[:limit]


def numbered(groups: Sequence[Sequence[Citation]]) -> list[list[Citation]]:
    """Number the citations of all groups from 1, in order; a quote that an earlier group shows is left out."""
    shown: set[tuple[str, int, int]] = set()
    result: list[list[Citation]] = []
    number = 0
    for group in groups:
        kept: list[Citation] = []
        for citation in group:
            place = (citation.passage.chunk.document_id, citation.start, citation.end)
            if place in shown and kept:
                continue
            shown.add(place)
            number += 1
            kept.append(replace(citation, number=number))
        result.append(kept)
    return result
