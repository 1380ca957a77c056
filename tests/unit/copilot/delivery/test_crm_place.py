"""Which records of a CRM can be named, and their one spelling."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.delivery.crm_place import crm_place, whole_place
from copilot.errors import InvalidDestination


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("hubspot:company/123", "hubspot:company/123"),
        (" HubSpot:Company/0123 ", "hubspot:company/123"),
        ("hubspot:deal/9", "hubspot:deal/9"),
        ("hubspot:contact/9", "hubspot:contact/9"),
        ("salesforce:Account/001D000000IqhSL", "salesforce:Account/001D000000IqhSLIAZ"),
        ("salesforce:account/001D000000IqhSLIAZ", "salesforce:Account/001D000000IqhSLIAZ"),
        ("salesforce:Opportunity/006000000000001", "salesforce:Opportunity/006000000000001AAA"),
        ("salesforce:Contact/003000000000001AAA", "salesforce:Contact/003000000000001AAA"),
    ],
)
def test_a_record_has_one_spelling(given: str, spelled: str) -> None:
    assert str(crm_place(given)) == spelled
    assert str(crm_place(spelled)) == spelled


@pytest.mark.parametrize(
    "given",
    [
        "", "hubspot", "hubspot:", "hubspot:company", "hubspot:company/", "hubspot:company/0", "hubspot:company/12a",
        "hubspot:ticket/1", "hubspot:company/1/2", "hubspot:company/../1", "hubspot:company/1?x=1", "pipedrive:deal/1",
        "salesforce:Account/001", "salesforce:Account/0010000000000016", "salesforce:Account/006000000000001",
        "salesforce:Case/500000000000001", "salesforce:Account/001d000000iqhslIAZ",
        "salesforce:Account/001' OR Id != '", "hubspot:company/٣", "x" * 500,
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_is_allowed(given: str) -> None:
    with pytest.raises(InvalidDestination, match=r"hubspot:company/123.*salesforce:Account") as caught:
        crm_place(given)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("given", "crm", "whole"),
    [
        ("hubspot", {"hubspot": "company/123"}, "hubspot:company/123"),
        (" HubSpot ", {"hubspot": "hubspot:company/123"}, "hubspot:company/123"),
        ("salesforce", {"salesforce": "Account/001D000000IqhSL"}, "salesforce:Account/001D000000IqhSL"),
        ("hubspot:deal/7", {"hubspot": "company/123"}, "hubspot:deal/7"),
    ],
)
def test_the_name_of_a_crm_alone_means_the_record_of_the_account(given: str, crm: Any, whole: str) -> None:
    assert whole_place(given, {"name": "柚子家居", "crm": crm}) == whole


@pytest.mark.parametrize(
    "facts", [None, {}, {"crm": "company/123"}, {"crm": {"salesforce": "x"}}, {"crm": {"hubspot": 1}}]
)
def test_an_account_without_its_record_says_what_to_put_there(facts: Any) -> None:
    with pytest.raises(InvalidDestination, match='"hubspot": "company/123"'):
        whole_place("hubspot", facts)
