"""Every error a person can meet has a status, a stable code and a place in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import copilot.cli.app  # imports every module that defines an error
from copilot.errors import ConfigurationError, IndexLocked, InvalidRequest, NotPermitted, UnknownConversation
from copilot.interfaces.presentation import problem
from ingest.errors import TransientIngestError, UnknownSource
from knowledge.errors import (
    IndexModelMismatch,
    IndexUnavailable,
    InvalidQuery,
    ModelUnavailable,
    NothingIngested,
    ReportableError,
    UnknownDocument,
)

assert copilot.cli.app


def tree(root: type[ReportableError] = ReportableError) -> Iterator[type[ReportableError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from tree(kind)


ERRORS = sorted(set(tree()), key=lambda kind: kind.__qualname__)


def raised(kind: type[ReportableError]) -> ReportableError:
    """Make an error of any class, whatever else its constructor would ask for."""
    error = kind.__new__(kind)
    ReportableError.__init__(error, "What happened. What to do next.")
    return error


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_status_a_title_and_its_own_words(kind: type[ReportableError]) -> None:
    body = problem(raised(kind))

    assert 400 <= body.status <= 599
    assert body.title
    assert (body.detail, body.code) == ("What happened. What to do next.", kind.code)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_code_is_made_for_machines(kind: type[ReportableError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)


def test_no_two_errors_that_are_raised_share_a_code() -> None:
    leaves = [kind for kind in ERRORS if not kind.__subclasses__() and "code" in vars(kind)]

    assert len({kind.code for kind in leaves}) == len(leaves) > 10


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if "code" in vars(kind)])
def test_an_error_never_takes_the_code_of_what_it_specialises(kind: type[ReportableError]) -> None:
    assert kind.code not in {ancestor.code for ancestor in kind.__mro__[1:] if issubclass(ancestor, ReportableError)}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (InvalidQuery, 422),
        (InvalidRequest, 422),
        (UnknownSource, 422),
        (UnknownDocument, 404),
        (UnknownConversation, 404),
        (NotPermitted, 403),
        (NothingIngested, 409),
        (IndexModelMismatch, 409),
        (IndexLocked, 409),
        (IndexUnavailable, 503),
        (ModelUnavailable, 503),
        (ConfigurationError, 500),
    ],
)
def test_a_status_says_whose_turn_it_is(kind: type[ReportableError], status: int) -> None:
    assert problem(raised(kind)).status == status


#: What happens to one item while it is ingested stands in the report and never ends a request.
NEVER_A_REPLY = {TransientIngestError}


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if kind.retryable and kind not in NEVER_A_REPLY])
def test_an_error_that_may_pass_never_blames_the_request(kind: type[ReportableError]) -> None:
    assert problem(raised(kind)).status in (409, 423, 429, 503, 507)
