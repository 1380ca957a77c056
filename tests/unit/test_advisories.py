"""What `make lint` makes of the answers of pip-audit."""

from __future__ import annotations

from tests.advisories import read

_AWAY = "pip_audit._service.interface.ConnectionError: Could not connect to PyPI's vulnerability feed"
_FOUND = "Name Version ID\n---- ------- --\nx    1.0     PYSEC-1\n"


def test_a_finding_fails_and_a_database_that_is_away_does_not() -> None:
    assert read(1, _FOUND, "Found 1 known vulnerability in 1 package")[0] == 1
    assert read(1, "", _AWAY)[0] is None
    assert read(0, "", "No known vulnerabilities found")[0] == 0


def test_what_it_does_not_understand_fails() -> None:
    assert read(1, "", "ERROR: the lock cannot be read")[0] == 1
