"""The benchmarks themselves: every figure is there and is what it says, on tiny sizes and without a model."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from copilot.bootstrap import Application, open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.reader import STAFF
from tests.benchmarks import flat, ours, scale
from tests.benchmarks.figures import peak_memory_mb, spread, time_each
from tests.benchmarks.report import medians, paired, ratios, table
from tests.benchmarks.texts import pages, questions, write_pages

ROOT = Path(__file__).parent.parent.parent
PLAIN = {"ingest_s": 10.0, "characters_per_s": 100.0, "ingest_peak_mb": 900.0, "search_p50_ms": 30.0}
OURS = {"ingest_s": 5.0, "characters_per_s": 200.0, "ingest_peak_mb": 300.0, "search_p50_ms": 60.0, "unchanged_s": 0.1}


def test_pages_are_the_same_in_every_run_and_carry_no_front_matter(tmp_path: Path) -> None:
    chosen = pages(3000)

    assert chosen == pages(3000)
    assert sum(len(page.text) for page in chosen) >= 3000
    assert sum(len(page.text) for page in chosen[:-1]) < 3000
    write_pages(chosen, tmp_path)
    assert not any(file.read_text("utf-8").startswith("---") for file in tmp_path.iterdir())
    assert len(questions(chosen, 5)) == len(set(questions(chosen, 5))) == 5


def test_our_side_measures_everything_that_is_reported(home: Path, tmp_path: Path) -> None:
    chosen = pages(3000)
    write_pages(chosen, tmp_path / "pages")
    settings = Settings(home=home)

    found = ours.ingest(tmp_path / "pages", settings, time.time(), HashingEmbedder())
    found |= ours.serve(tmp_path / "pages", settings, time.time(), questions(chosen, 8), HashingEmbedder())

    assert found["characters_per_s"] * found["ingest_s"] == pytest.approx(
        sum(len(page.text) for page in chosen), rel=0.02
    )
    assert found["unchanged_share"] == 1
    assert found["chunks"] > len(chosen)
    assert set(OURS) <= set(found)
    assert all(value > 0 for value in found.values())


def test_the_scale_index_holds_what_was_asked_for_and_is_searched(home: Path) -> None:
    chosen = pages(3000)
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as application:
        made_of = scale.material(application, chosen)
        scale.fill(application, made_of, 250)

        assert sum(document.chunks for document in application.store.summaries()) == 250
        assert all("Synthetic" in document.title for document in application.store.summaries())
        found = scale.search(application, questions(chosen, 6))

    assert 0 < found["search_p50_ms"] <= found["search_p95_ms"]


def test_the_memory_of_one_long_ingestion_is_taken_early_and_at_its_end(home: Path, tmp_path: Path) -> None:
    write_pages(pages(9000), tmp_path / "pages")

    found = flat.ingest([tmp_path / "pages"], Settings(home=home), HashingEmbedder())

    assert found["documents"] == len(pages(9000))
    assert 0 < found["early_peak_mb"] <= found["end_peak_mb"]
    assert found["growth"] == pytest.approx(found["end_peak_mb"] / found["early_peak_mb"])


def test_synthetic_vectors_stay_near_real_ones(application: Application) -> None:
    made_of = scale.material(application, pages(3000))
    scale.fill(application, made_of, 20)

    near = application.vectors.search("chunk", made_of.vectors[0], 20, STAFF)

    assert len(near) == 20
    cosines = made_of.vectors @ np.stack(list(application.vectors.vectors(list(near)).values())).T
    assert cosines.max(axis=0).min() > 0.8


def test_memory_is_that_of_the_process_itself_and_not_of_the_one_that_started_it() -> None:
    held = bytearray(b"x") * (300 * 2**20)
    code = "from tests.benchmarks.figures import peak_memory_mb; print(peak_memory_mb())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert peak_memory_mb() > len(held) / 2**20
    assert float(child.stdout) < 150


def test_ratios_are_paired_round_by_round() -> None:
    busy_plain, busy_ours = ({name: 4 * value for name, value in side.items()} for side in (PLAIN, OURS))
    slower = OURS | {"ingest_s": 10.0}

    found = paired([PLAIN, busy_plain, PLAIN], [OURS, busy_ours, slower])

    assert found["ingest_s"] == (2.0, 1.0, 2.0)


def test_percentiles_are_taken_over_every_call() -> None:
    assert spread([1.0, 2.0, 3.0]).p50_ms == 2
    assert spread([1.0] * 19 + [100.0]).p95_ms > 1
    assert time_each(lambda _: time.sleep(0.002), range(3)).p50_ms >= 2


def test_medians_are_taken_figure_by_figure() -> None:
    assert medians([{"a": 1.0, "b": 9.0}, {"a": 3.0, "b": 1.0}, {"a": 2.0, "b": 5.0}]) == {"a": 2.0, "b": 5.0}


def test_a_ratio_above_one_is_better_for_every_figure() -> None:
    assert ratios(PLAIN, OURS) == {
        "ingest_s": 2.0,
        "characters_per_s": 2.0,
        "ingest_peak_mb": 3.0,
        "search_p50_ms": 0.5,
        "unchanged_s": 100.0,
    }


@pytest.mark.parametrize(("load", "busy"), [(1.5, False), (9.5, True)])
def test_the_table_shows_every_side_its_ratio_and_whether_the_machine_was_busy(load: float, busy: bool) -> None:
    result = {
        "sides": {"plain": PLAIN, "int8": OURS},
        "ratios": {"int8": paired([PLAIN], [OURS])},
        "scale": {"side": "int8", "chunks": 50_000, "search_p50_ms": 12.0, "search_p95_ms": 20.0, "peak_mb": 800.0},
        "flat": {
            "side": "int8",
            "documents": 568,
            "characters": 2_000_000,
            "early_peak_mb": 600.0,
            "end_peak_mb": 630.0,
            "growth": 1.05,
        },
        "conditions": {"characters": 1000, "documents": 3, "rounds": 2, "cores": 2, "load": [0.5, load]},
    }

    lines = table(result).splitlines()

    assert [line.split() for line in lines if line.startswith("ingestion, characters")] == [
        ["ingestion,", "characters/s", "100.00", "200.00", "2.00x", "(2.00-2.00)"]
    ]
    assert any("568 pages" in line and "600 MB" in line and "1.05x" in line for line in lines)
    assert any("50,000 synthetic" in line and "p95 20.0 ms" in line for line in lines)
    assert any(f"load before each step 0.5 to {load}" in line for line in lines)
    assert any("OTHER WORK" in line for line in lines) is busy
