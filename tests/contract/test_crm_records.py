"""What both CRMs promise, over real connections to a server that knows the recorded requests of each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from copilot.adapters.crm_http import SETTLE_S, CrmHttp
from copilot.adapters.hubspot import HubSpot
from copilot.adapters.salesforce import Salesforce
from copilot.delivery.crm import CrmNote, CrmRecords, CrmTask, marker
from copilot.delivery.crm_place import CrmPlace, crm_place
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.errors import ChannelUnavailable, ConfigurationError, DeliveryRefused
from tests.doubles.crm_server import CLIENT_ID, CLIENT_SECRET, TOKEN, CrmServer, Fault, Kept, crm_server

KEY = "5f0c1d9e-0000-4000-8000-000000000001"
ACCOUNT = "001000000000001AAA"
CONTACT = "003000000000009AAA"
OWN = DestinationRules(internal=DestinationList.of(["127.0.0.1"]), allowed=DestinationList.of([]))


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A CRM and where to put things in it."""

    records: CrmRecords
    server: CrmServer
    place: CrmPlace
    missing: CrmPlace
    creates: str  #: paths of requests that create notes
    notes: Callable[[], list[Kept]]
    tasks: Callable[[], list[Kept]]
    text: Callable[[Kept], str]


def http(server: CrmServer, title: str = "HubSpot", **options: Any) -> CrmHttp:
    options = {"title": title, "setting": f"COPILOT_{title.upper()}_URL", "base": server.url, "rules": OWN} | options
    return CrmHttp(**options)


def hubspot(server: CrmServer) -> Setup:
    return Setup(
        records=HubSpot(http=http(server), token=TOKEN),
        server=server,
        place=crm_place("hubspot:company/123"),
        missing=crm_place("hubspot:company/404"),
        creates="/crm/v3/objects/(notes|tasks)",
        notes=lambda: server.of("notes"),
        tasks=lambda: server.of("tasks"),
        text=lambda kept: " ".join(str(value) for value in kept.fields.values()),
    )


def salesforce(server: CrmServer) -> Setup:
    return Setup(
        records=Salesforce(http=http(server, "Salesforce"), client_id=CLIENT_ID, client_secret=CLIENT_SECRET),
        server=server,
        place=crm_place(f"salesforce:Account/{ACCOUNT}"),
        missing=crm_place("salesforce:Account/001000000000404AAA"),
        creates="/services/data/v64.0/sobjects/Task",
        notes=lambda: [one for one in server.of("Task") if one.fields["Status"] == "Completed"],
        tasks=lambda: [one for one in server.of("Task") if one.fields["Status"] != "Completed"],
        text=lambda kept: " ".join(str(value) for value in kept.fields.values()),
    )


@pytest.fixture(params=[hubspot, salesforce], ids=["hubspot", "salesforce"])
def crm(request: pytest.FixtureRequest) -> Iterator[Setup]:
    there = ("companies/123", "deals/7", "contacts/8", f"Account/{ACCOUNT}", f"Contact/{CONTACT}")
    with crm_server(*there) as server:
        yield request.param(server)
        assert server.refused == []


def note(number: int = 1, text: str = "**还款**正常 [1]\n\n- 下周回访", subject: str = "续约简报") -> CrmNote:
    part = f"note-{number}"
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    return CrmNote(part=part, marker=marker(KEY, part), subject=subject, text=text, at=at)


def task(number: int = 1, subject: str = "报价发给王总") -> CrmTask:
    part = f"task-{number}"
    return CrmTask(part=part, marker=marker(KEY, part), subject=subject, text="责任人:李", due=date(2026, 3, 9))


def test_what_was_added_is_found_at_once_by_its_delivery_alone(crm: Setup) -> None:
    assert crm.records.found(crm.place, KEY) == {}
    first = crm.records.add_note(crm.place, note())
    second = crm.records.add_task(crm.place, task(12))
    assert crm.records.found(crm.place, KEY) == {"note-1": first, "task-12": second}
    assert crm.records.found(crm.place, KEY[:-1] + "2") == {}
    ((kept,), (todo,)) = crm.notes(), crm.tasks()
    assert f"copilot:{KEY}:note-1" in crm.text(kept)
    assert "2026-03-09" in crm.text(todo)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> <img src=x onerror=alert(1)>", "![p](https://t.example/p.png)", "[1]: <b>"]
)
def test_tags_of_a_draft_arrive_as_words(crm: Setup, text: str) -> None:
    crm.records.add_note(crm.place, note(text=text, subject="<b>x</b>"))
    crm.records.add_task(crm.place, task(subject="<script>1</script>"))
    for kept in (*crm.notes(), *crm.tasks()):
        assert not any(tag in crm.text(kept) for tag in ("<script", "<img", "<b>"))


def test_a_note_of_the_greatest_length_is_taken(crm: Setup) -> None:
    size = crm.records.most_note - crm.records.length(note(text="")) - 20
    longest = note(text="长" * size)
    assert crm.records.length(longest) <= crm.records.most_note
    crm.records.add_note(crm.place, longest)
    crm.records.add_task(crm.place, task(subject="长" * 400))


def test_a_record_that_is_not_there_is_refused(crm: Setup) -> None:
    with pytest.raises(DeliveryRefused, match="no record"):
        crm.records.found(crm.missing, KEY)
    with pytest.raises(DeliveryRefused, match="no record"):
        crm.records.add_note(crm.missing, note())


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_other_refusals_end_it_with_what_was_said(crm: Setup, status: int) -> None:
    crm.server.faults = [Fault(path=crm.creates, status=status, body={"message": "no\n such"})]
    with pytest.raises(DeliveryRefused, match=f"{status}.*deliveries retry"):
        crm.records.add_note(crm.place, note())


def test_a_redirect_is_not_followed(crm: Setup) -> None:
    crm.server.faults = [Fault(path=".*", status=302, headers={"Location": crm.server.url}, times=9)]
    with pytest.raises(DeliveryRefused, match="not followed"):
        crm.records.found(crm.place, KEY)
    assert len(crm.server.requests) == 1


def test_too_many_requests_wait_as_long_as_asked(crm: Setup) -> None:
    crm.server.faults = [Fault(path=crm.creates, status=429, headers={"Retry-After": "7"})]
    with pytest.raises(ChannelUnavailable, match="429") as caught:
        crm.records.add_note(crm.place, note())
    assert caught.value.retry_after_s == 7
    assert crm.notes() == []


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_a_failure_while_adding_waits_until_it_can_be_told(crm: Setup, status: int) -> None:
    crm.server.faults = [Fault(path=crm.creates, status=status, headers={"Retry-After": "7"}, after=True)]
    with pytest.raises(ChannelUnavailable, match=str(status)) as caught:
        crm.records.add_note(crm.place, note())
    assert caught.value.retry_after_s == SETTLE_S
    assert list(crm.records.found(crm.place, KEY)) == ["note-1"]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"id": 7}', b"[" * 100_000, None])
def test_an_answer_of_another_shape_is_asked_for_again(crm: Setup, body: bytes | None) -> None:
    crm.records.found(crm.place, KEY)
    crm.server.faults = [Fault(path=crm.creates, status=201, body=body, after=True)]
    with pytest.raises(ChannelUnavailable, match="cannot be read") as caught:
        crm.records.add_note(crm.place, note())
    assert caught.value.retry_after_s == SETTLE_S
    crm.server.faults = [Fault(path=".*/(associations/notes|query)", status=200, body=body)]
    with pytest.raises(ChannelUnavailable, match="cannot be read"):
        crm.records.found(crm.place, KEY)


def test_a_line_that_is_cut_after_the_work_is_no_second_note(crm: Setup) -> None:
    crm.server.faults = [Fault(path=crm.creates, status=0, after=True)]
    with pytest.raises(ChannelUnavailable, match="does not answer") as caught:
        crm.records.add_note(crm.place, note())
    assert caught.value.retry_after_s == SETTLE_S
    assert list(crm.records.found(crm.place, KEY)) == ["note-1"]


def test_a_crm_that_says_nothing_does_not_hold_a_worker() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        records = HubSpot(http=http(CrmServer(), base=base, within_s=0.2), token=TOKEN)
        with pytest.raises(ChannelUnavailable, match="Timeout"):
            records.found(crm_place("hubspot:company/123"), KEY)


def test_the_lines_of_a_letter_stay_lines() -> None:
    with crm_server("companies/123") as server:
        setup = hubspot(server)
        setup.records.add_note(setup.place, note(text="A. Monday\nB. Tuesday"))
        (kept,) = setup.notes()
        assert "A. Monday<br />\nB. Tuesday" in kept.fields["hs_note_body"]


def test_people_are_tied_by_their_own_fields() -> None:
    with crm_server("deals/7", "contacts/8", f"Contact/{CONTACT}") as server:
        sales = salesforce(server).records
        for place in ("hubspot:deal/7", "hubspot:contact/8", f"salesforce:Contact/{CONTACT}"):
            records = sales if place.startswith("sales") else hubspot(server).records
            records.add_note(crm_place(place), note())
            records.add_task(crm_place(place), task())
            assert list(records.found(crm_place(place), KEY)) == ["note-1", "task-1"]
        assert {one.fields["WhoId"] for one in server.of("Task")} == {CONTACT}
        assert server.refused == []


def test_hubspot_looks_through_every_page() -> None:
    with crm_server("companies/123") as server:
        server.page = 2
        setup = hubspot(server)
        for number in range(1, 6):
            setup.records.add_note(setup.place, note(number))
        assert len(setup.records.found(setup.place, KEY)) == 5
        assert server.requests.count("GET /crm/v4/objects/companies/123/associations/notes") == 3


def test_hubspot_does_not_guess_what_it_may_not_read() -> None:
    with crm_server("companies/123") as server:
        setup = hubspot(server)
        server.hidden = {setup.records.add_note(setup.place, note())}
        with pytest.raises(ChannelUnavailable, match="207, 1 errors"):
            setup.records.found(setup.place, KEY)


def test_hubspot_does_not_look_for_ever() -> None:
    with crm_server("companies/123") as server:
        server.page = 1
        ticks = iter(range(0, 1000, 40))
        slow = HubSpot(http=http(server), token=TOKEN, clock=lambda: float(next(ticks)))
        for number in range(1, 4):
            slow.add_note(hubspot(server).place, note(number))
        with pytest.raises(ChannelUnavailable, match="longer than 60 s"):
            slow.found(hubspot(server).place, KEY)


def test_hubspot_says_which_setting_is_wrong() -> None:
    with crm_server("companies/123") as server:
        wrong = HubSpot(http=http(server), token="another")
        with pytest.raises(DeliveryRefused, match=r"401.*COPILOT_HUBSPOT_TOKEN"):
            wrong.found(hubspot(server).place, KEY)


def test_salesforce_renews_a_token_once() -> None:
    with crm_server(f"Account/{ACCOUNT}") as server:
        setup = salesforce(server)
        setup.records.add_note(setup.place, note())
        server.tokens.append("another")  # what it holds has run out
        assert list(setup.records.found(setup.place, KEY)) == ["note-1"]
        assert server.requests.count("POST /services/oauth2/token") == 2
        server.faults = [Fault(path=".*/sobjects/Task", status=401, body=[], times=9)]
        with pytest.raises(DeliveryRefused, match="401"):
            setup.records.add_task(setup.place, task())
        assert server.requests.count("POST /services/oauth2/token") == 3
        assert len(server.kept) == 1


def test_salesforce_says_which_settings_are_wrong_and_repeats_no_secret() -> None:
    with crm_server() as server:
        wrong = Salesforce(http=http(server, "Salesforce"), client_id=CLIENT_ID, client_secret="mistyped")
        with pytest.raises(DeliveryRefused, match="COPILOT_SALESFORCE_CLIENT_SECRET") as caught:
            wrong.found(salesforce(server).place, KEY)
        assert "mistyped" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code"), [(403, "REQUEST_LIMIT_EXCEEDED"), (400, "UNABLE_TO_LOCK_ROW"), (400, "QUERY_TIMEOUT")]
)
def test_limits_of_salesforce_are_waited_for(status: int, code: str) -> None:
    with crm_server(f"Account/{ACCOUNT}") as server:
        setup = salesforce(server)
        server.faults = [Fault(path=".*/sobjects/.*", status=status, body=[{"errorCode": code, "message": "x"}])]
        with pytest.raises(ChannelUnavailable, match=code):
            setup.records.add_note(setup.place, note())


@pytest.mark.parametrize(
    "base", ["ftp://x", "http://crm.example", "https://crm.example/path", "https://u:p@crm.example", "", "https://"]
)
def test_an_address_that_cannot_be_used_is_told_at_the_start(base: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_HUBSPOT_URL"):
        http(CrmServer(), base=base)


def test_a_name_that_points_inside_is_not_called() -> None:
    with crm_server("companies/123") as server:
        inside = http(server, base="https://crm.example", resolve=lambda *_: ["10.0.0.1"])
        with pytest.raises(DeliveryRefused, match="nothing may be sent"):
            HubSpot(http=inside, token=TOKEN).found(hubspot(server).place, KEY)
