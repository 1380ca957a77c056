"""Documents made for accounts like the one in context."""

from __future__ import annotations

import pytest

from knowledge.account_fit import AccountFacts, account_fit
from knowledge.chunk import ChunkId
from knowledge.document import Metadata
from knowledge.fusion import Evidence, Weights, fuse

DOCUMENT = Metadata(industries=("零售", "SaaS"), cities=("上海",), segments=("中型", "中小"), stages=("renewal",))


@pytest.mark.parametrize(
    ("facts", "fitting"),
    [
        (AccountFacts(industry="零售", city="上海", segment="中型", stage="renewal"), 4),
        (AccountFacts(industry="连锁零售"), 1),
        (AccountFacts(industry="連鎖零售"), 1),
        (AccountFacts(industry="saas"), 1),
        (AccountFacts(city="上海市"), 1),
        (AccountFacts(city="海"), 0),
        (AccountFacts(segment="小"), 0),
        (AccountFacts(segment="小微"), 0),
        (AccountFacts(stage="renew"), 0),
        (AccountFacts(industry="制造", city=" "), 0),
        (AccountFacts(), 0),
    ],
)
def test_each_fact_the_document_names_counts_once(facts: AccountFacts, fitting: int) -> None:
    assert account_fit(facts, DOCUMENT) == fitting


def test_a_document_for_everybody_fits_nobody_better() -> None:
    assert account_fit(AccountFacts(industry="零售", stage="renewal"), Metadata()) == 0


def test_between_equals_the_fitting_one_comes_first_but_a_match_stays_before_it() -> None:
    equal, fitting, match = ChunkId("a"), ChunkId("b"), ChunkId("c")
    found = fuse(
        {
            equal: Evidence(similarity=0.80),
            fitting: Evidence(similarity=0.80, fitting_facts=2),
            match: Evidence(similarity=0.88),
        },
        Weights(),
    )
    assert found[match] > found[fitting] > found[equal]
