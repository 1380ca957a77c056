"""Figures of all sides → medians, ratios, a table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

#: Figure, what it is, and whether more is better (None: no ratio).
_ROWS: tuple[tuple[str, str, bool | None], ...] = (
    ("characters_per_s", "ingestion, characters/s", True),
    ("ingest_s", "ingestion, s", False),
    ("unchanged_s", "the same once more, s", False),
    ("ingest_peak_mb", "memory while ingesting, MB", False),
    ("serve_peak_mb", "memory while serving, MB", False),
    ("start_s", "start to ready, s", False),
    ("search_p50_ms", "one search p50, ms", False),
    ("search_p95_ms", "one search p95, ms", False),
    ("ask_p50_ms", "one answer p50, ms", None),
    ("ask_p95_ms", "one answer p95, ms", None),
    ("chunks", "chunks", None),
)
Figures = Mapping[str, float]
_WIDE = 24


def medians(rounds: Iterable[Figures]) -> dict[str, float]:
    """Return the middle of every figure that each round has."""
    several = list(rounds)
    return {name: statistics.median(figures[name] for figures in several) for name in several[0]}


def ratios(plain: Figures, side: Figures) -> dict[str, float]:
    """Return how many times better `side` is than `plain`: above 1 is better, for every figure.

    Plain LangChain remembers nothing, so ingesting the same once more is ingesting it again.
    """
    base = {"unchanged_s": plain["ingest_s"]} | dict(plain)
    return {
        name: (side[name] / base[name] if more else base[name] / side[name])
        for name, _, more in _ROWS
        if more is not None and name in side and name in base and side[name] and base[name]
    }


def paired(plain: Iterable[Figures], side: Iterable[Figures]) -> dict[str, tuple[float, float, float]]:
    """Return middle, least and most of the ratios of each round; other work on the machine changes between rounds."""
    each = [ratios(base, other) for base, other in zip(plain, side, strict=True)]
    several = {name: [found[name] for found in each] for name in each[0]}
    return {name: (statistics.median(found), min(found), max(found)) for name, found in several.items()}


def table(result: Mapping[str, Any]) -> str:
    """Return the result for people: one row a figure, one column a side, ratios beside ours."""
    sides, against = result["sides"], result["ratios"]
    names = list(sides)
    lines = [
        f"{'':28}" + "".join(f"{name:>12}" + (" " * _WIDE if name in against else "") for name in names),
    ]
    for figure, title, _ in _ROWS:
        cells = [f"{title:28}"]
        for name in names:
            value = sides[name].get(figure)
            cells.append(f"{value:12,.2f}" if value is not None else f"{'-':>12}")
            if name in against:
                ratio = against[name].get(figure)
                cells.append((_ratio(*ratio) if ratio is not None else "").rjust(_WIDE))
        lines.append("".join(cells))
    scale = result.get("scale")
    if scale:
        lines += [
            "",
            f"one search among {scale['chunks']:,.0f} synthetic chunks ({scale['side']}): "
            f"p50 {scale['search_p50_ms']:.1f} ms, p95 {scale['search_p95_ms']:.1f} ms, {scale['peak_mb']:,.0f} MB",
        ]
    flat = result.get("flat")
    if flat:
        lines += [
            "",
            f"memory over {flat['documents']:,.0f} pages, {flat['characters']:,.0f} characters ({flat['side']}): "
            f"{flat['early_peak_mb']:,.0f} MB at most after a fifth of them, {flat['end_peak_mb']:,.0f} MB at the end, "
            f"{flat['growth']:.2f}x",
        ]
    conditions = result["conditions"]
    if max(conditions["load"]) > conditions["cores"] + 1:
        lines += [
            "",
            "OTHER WORK RAN ON THIS MACHINE: torch suffers from that more than ONNX; repeat this when it is idle.",
        ]
    lines += [
        "",
        f"{conditions['characters']:,} characters in {conditions['documents']} documents; medians of "
        f"{conditions['rounds']} rounds, sides in turn; x: ratio to plain in the same round "
        f"(least-most), above 1 is better; {conditions['cores']} cores, "
        f"load before each step {min(conditions['load'])} to {max(conditions['load'])}",
    ]
    return "\n".join(lines)


def _ratio(middle: float, least: float, most: float) -> str:
    return f"  {middle:.2f}x ({least:.2f}-{most:.2f})"
