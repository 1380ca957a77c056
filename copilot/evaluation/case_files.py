"""Where cases come from: files that are named, or the sets that ship with the product."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np

from copilot.errors import InvalidRequest
from copilot.evaluation.case import BadCase, Case, read_cases

#: Files of JSON lines in `copilot/evaluation/sets`.
OWN_SETS = ("answerable", "unanswerable")


def own_cases() -> list[Case | BadCase]:
    """Read the sets that ship with the product.

    Raises:
        InvalidRequest: this installation has none.
    """
    folder = resources.files("copilot.evaluation").joinpath("sets")
    files = [(name, folder.joinpath(f"{name}.jsonl")) for name in OWN_SETS]
    cases = [case for name, file in files if file.is_file() for case in read_cases(file.read_bytes(), name)]
    if not cases:
        raise InvalidRequest("This installation ships no questions to evaluate on. Name a FILE of JSON lines.")
    return cases


def cases_of(paths: Sequence[Path]) -> list[Case | BadCase]:
    """Read files in order, each once; a set is named like its file, with the folder where two files share a name.

    Raises:
        InvalidRequest: a file cannot be read or holds no line.
    """
    files = list(dict.fromkeys(path.resolve() for path in paths))
    stems = [path.stem for path in files]
    cases: list[Case | BadCase] = []
    for path in files:
        name = path.stem if stems.count(path.stem) == 1 else f"{path.parent.name}/{path.stem}"
        try:
            read = list(read_cases(path.read_bytes(), name))
        except OSError as error:
            raise InvalidRequest(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error
        if not read:
            raise InvalidRequest(f"{str(path)!r} holds no question. Each line must be an object with id and question.")
        cases.extend(read)
    return cases


def sample(cases: Sequence[Case | BadCase], size: int, seed: int) -> list[Case | BadCase]:
    """Return `size` cases picked at random, in their order, with every bad line; the same for the same seed."""
    good = [index for index, case in enumerate(cases) if isinstance(case, Case)]
    if size < len(good):
        good = np.random.default_rng(seed).choice(good, size, replace=False).tolist()
    picked = set(good)
    return [case for index, case in enumerate(cases) if index in picked or isinstance(case, BadCase)]
