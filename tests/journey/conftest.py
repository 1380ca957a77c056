"""Journeys run on the database of the run, or on both kinds."""

from __future__ import annotations

import pytest

from tests.databases import AddressOf, on_both


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some journeys run on both kinds of database in every run."""
    on_both(metafunc)


@pytest.fixture(autouse=True)
def _database(database: AddressOf) -> None:
    """Every application of a journey uses the database of the run."""
