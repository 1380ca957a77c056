"""The adapter of 企业微信 against a loopback."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from copilot.adapters.wecom import WeComServer
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.errors import ConfigurationError, CrmUnavailable
from copilot.interfaces.crm.wecom import Tickets
from tests.doubles.wecom_server import CORP, SECRET, WeComLoopback, wecom_loopback


def rules(*internal: str) -> DestinationRules:
    return DestinationRules(internal=DestinationList.of(internal), allowed=DestinationList.of(()))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def loopback() -> Iterator[WeComLoopback]:
    with wecom_loopback() as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(loopback: WeComLoopback, clock: Clock) -> WeComServer:
    return opened(loopback, clock)


def opened(loopback: WeComLoopback, clock: Clock, secret: str = SECRET) -> WeComServer:
    allowed = rules(f"127.0.0.1:{loopback.port}")
    return WeComServer(corp=CORP, secret=secret, base=loopback.url, rules=allowed, within_s=2.0, clock=clock)


def test_a_code_names_a_member_once(server: WeComServer) -> None:
    assert server.member("good-code") == "zhangsan"
    assert server.member("good-code") is None


def test_tickets_are_fetched_once_by_many_and_again_before_they_end(
    server: WeComServer, loopback: WeComLoopback, clock: Clock
) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(lambda _: server.tickets(), range(16)))
    assert told == {Tickets(corp="ticket-of-the-company", agent="ticket-of-the-agent")}
    paths = ("/cgi-bin/gettoken", "/cgi-bin/get_jsapi_ticket", "/cgi-bin/ticket/get")
    assert [loopback.count(path) for path in paths] == [1, 1, 1]
    clock.now += 7200 - 301
    server.tickets()
    assert [loopback.count(path) for path in paths] == [1, 1, 1]
    clock.now += 2
    server.tickets()
    assert [loopback.count(path) for path in paths] == [2, 2, 2]


def test_a_token_that_ended_early_is_replaced(server: WeComServer, loopback: WeComLoopback) -> None:
    server.tickets()
    loopback.expire()
    assert server.member("good-code") == "zhangsan"
    assert loopback.count("/cgi-bin/gettoken") == 2


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (
            {
                "external_contact": {"name": "裴总", "corp_name": "柚子"},
                "follow_user": [{"remark_corp_name": "柚子家居"}],
            },
            "柚子家居",
        ),
        (
            {"external_contact": {"name": "裴总", "corp_full_name": "柚子家居有限公司", "corp_name": "柚子"}},
            "柚子家居有限公司",
        ),
        ({"external_contact": {"name": "裴总"}, "follow_user": [{"remark_corp_name": ""}, 7]}, "裴总"),
        ({"external_contact": None, "follow_user": None}, None),
    ],
)
def test_a_customer_has_the_name_of_their_company(
    server: WeComServer, loopback: WeComLoopback, told: dict[str, object], name: str | None
) -> None:
    loopback.customers["wm1"] = told
    assert server.customer("wm1") == ({"name": name} if name else {})


def test_a_customer_of_others_has_no_name(server: WeComServer) -> None:
    assert server.customer("wm-of-others") == {}


@pytest.mark.parametrize("fault", ["down", "garbled"])
def test_one_that_is_down_is_told(server: WeComServer, loopback: WeComLoopback, fault: str) -> None:
    setattr(loopback, fault, True)
    with pytest.raises(CrmUnavailable, match="企业微信"):
        server.tickets()
    setattr(loopback, fault, False)
    assert server.tickets().corp == "ticket-of-the-company"


def test_a_refusal_names_its_number_and_no_secret(loopback: WeComLoopback, clock: Clock) -> None:
    with pytest.raises(CrmUnavailable, match="40001") as told:
        opened(loopback, clock, secret="a wrong secret").tickets()
    assert "a wrong secret" not in told.value.message


def test_a_right_that_is_missing_is_told(server: WeComServer, loopback: WeComLoopback) -> None:
    loopback.errcodes["/cgi-bin/auth/getuserinfo"] = 60020
    with pytest.raises(CrmUnavailable, match="60020"):
        server.member("good-code")


@pytest.mark.parametrize("base", ["http://qyapi.weixin.qq.com", "https://host/path", "ftp://host", "rubbish"])
def test_only_a_host_that_may_be_asked_is_set_up(base: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_WECOM_URL"):
        WeComServer(corp=CORP, secret=SECRET, base=base, rules=rules())


def test_a_host_inside_is_asked_only_when_it_is_named(loopback: WeComLoopback) -> None:
    inside = WeComServer(
        corp=CORP,
        secret=SECRET,
        base="https://qyapi.example.com",
        rules=rules(),
        resolve=lambda host, port: ["127.0.0.1"],
    )
    with pytest.raises(CrmUnavailable, match="COPILOT_DELIVERY_INTERNAL"):
        inside.tickets()
