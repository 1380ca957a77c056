"""Records of CRMs, and which accounts they may be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.accounts.crm_record import crm_record, records_in
from copilot.accounts.likeness import alike, bare, host_of
from copilot.accounts.record_index import Known
from copilot.errors import InvalidRequest


@pytest.mark.parametrize(
    ("given", "record"),
    [
        ("hubspot:company/123", "hubspot:company/123"),
        ("HubSpot:0-2/123", "hubspot:company/123"),
        ("hubspot:0-3/5", "hubspot:deal/5"),
        ("salesforce:Account/001xx000003DGWi", "salesforce:Account/001xx000003DGWiAAO"),
        (" salesforce:Lead/00Qxx000003DGWiEAO ", "salesforce:Lead/00Qxx000003DGWiEAO"),
        ("wecom:customer/wmqfasd1e1927831123109rBAAAA", "wecom:customer/wmqfasd1e1927831123109rBAAAA"),
        ("纷享:x/1", None),
        ("hubspot:company/", None),
        ("hubspot:company/1/2", None),
        ("hubspot:company/<script>", None),
        ("salesforce:Account/001", None),
        ("salesforce:Account/001xx000003DGWiAAA", None),
        ("", None),
        ("a:" + "b" * 300 + "/1", None),
    ],
)
def test_a_record_has_one_spelling(given: str, record: str | None) -> None:
    if record is None:
        with pytest.raises(InvalidRequest):
            crm_record(given)
    else:
        assert str(crm_record(given)) == record


def account(crm: object) -> Account:
    return Account(id=AccountId("a"), facts={"crm": crm}, updated_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("crm", "records"),
    [
        ({"hubspot": "company/123"}, {"hubspot:company/123"}),
        ({"hubspot": "hubspot:company/123"}, {"hubspot:company/123"}),
        (
            {"hubspot": ["company/1", "deal/2"], "mycrm": "client/3"},
            {"hubspot:company/1", "hubspot:deal/2", "mycrm:client/3"},
        ),
        ({"hubspot": "rubbish", "salesforce": 7, "x": None}, set()),
        ("hubspot", set()),
        (None, set()),
    ],
)
def test_an_account_names_its_records(crm: object, records: set[str]) -> None:
    assert set(map(str, records_in(account(crm)))) == records


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("柚子家居有限公司", "柚子家居"),
        ("宁波柚子家居股份有限公司", "宁波柚子家居"),
        ("ACME Inc.", "acme"),
        ("Ａcme, Ltd", "acme"),
        ("公司", "公司"),
        ("", ""),
    ],
)
def test_a_name_is_bared_of_its_legal_form(name: str, said: str) -> None:
    assert bare(name) == said


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("https://www.youzi.com/a?b", "youzi.com"),
        ("youzi.com", "youzi.com"),
        ("wang@youzi.com", "youzi.com"),
        ("wang@qq.com", ""),
        ("not an address", ""),
        (None, ""),
    ],
)
def test_a_web_address_is_known_by_its_host(website: str | None, host: str) -> None:
    assert host_of(website) == host


KNOWN = [
    Known(id=AccountId(id), name=name, website=website)
    for id, name, website in (
        ("a1", "柚子家居", "https://youzi.com"),
        ("a2", "柚子家居生活馆", None),
        ("a3", "李子", None),
        ("a4", None, None),
        ("a5", "另一个名字", "www.youzi.com"),
    )
]


def test_likely_accounts_come_best_first() -> None:
    found = alike("柚子家居有限公司", "youzi.com", KNOWN)
    assert [(one.id, one.score) for one in found] == [("a1", 1.0), ("a5", 1.0), ("a2", 0.5714)]


def test_nothing_is_likely_without_a_name_or_by_a_single_character() -> None:
    assert alike(None, None, KNOWN) == []
    assert alike("柚", None, KNOWN) == []
