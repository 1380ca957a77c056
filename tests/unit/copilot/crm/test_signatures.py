"""Signatures of vendors, against their published examples where there are any, else against OpenSSL.

企业微信 publishes a whole example (developer page 90506). HubSpot publishes one for its older v2 alone, and Salesforce
none whose secret is told; theirs were computed by `printf … | openssl dgst -sha256 -hmac SECRET -binary | base64`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from copilot.errors import BadToken, ExpiredToken
from copilot.interfaces.crm.canvas_request import read_canvas_request
from copilot.interfaces.crm.hubspot_request import HubSpotRequest, signature, verified_user
from copilot.interfaces.crm.wecom import page_signature

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
AT = 1_600_000_000_000


def test_a_page_of_wecom_is_signed_as_its_documentation_shows() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    signed = page_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    assert page_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value#top") == signed


POST = HubSpotRequest(
    method="POST",
    uri="https://www.example.com/webhook_uri",
    body=b'{"example_field":"example_value"}',
    signature="X/SMhHoncjNtnWuaoB8EztvqiL5vPUsrIyAVR/WBGAQ=",
    time=str(AT),
)
#: As it arrives: HubSpot signs `:`, `/` and `@` without their escapes, and all else as it is.
CARD = HubSpotRequest(
    method="GET",
    uri=(
        "https://copilot.example.com/v1/crm/hubspot/sidebar?record=hubspot%3a0-2%2F123&name=%E6%9F%9A%E5%AD%90"
        "&portalId=62515&userId=7&userEmail=lin%40example.com&appId=54"
    ),
    body=b"",
    signature="KrDQzRnFHE/qu5rOaZThKAIR6tX+cfG3T215igOStHk=",
    time=str(AT),
)


@pytest.mark.parametrize("request_", [POST, CARD])
def test_a_request_of_hubspot_is_signed_as_documented(request_: HubSpotRequest) -> None:
    assert signature(SECRET, request_) == request_.signature


def test_the_user_of_a_card_is_read_from_what_hubspot_appends() -> None:
    user = verified_user(SECRET, "62515", CARD, AT + 299_000)
    assert (user.key, user.email) == ("hubspot:7", "lin@example.com")


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "POST"},
        {"body": b"{}"},
        {"uri": CARD.uri.replace("62515", "62516")},
        {"uri": CARD.uri.replace("https:", "http:")},
        {"uri": CARD.uri.replace("lin", "gao")},
        {"time": str(AT + 1)},
        {"signature": ""},
        {"signature": "签名"},
    ],
    ids=str,
)
def test_a_request_that_was_changed_is_none_of_hubspots(changed: dict[str, Any]) -> None:
    with pytest.raises(BadToken, match="not signed by HubSpot"):
        verified_user(SECRET, "62515", replace(CARD, **changed), AT)


def signed(**changed: Any) -> HubSpotRequest:
    request = replace(CARD, **changed)
    return replace(request, signature=signature(SECRET, request))


@pytest.mark.parametrize("now", [AT + 301_000, AT - 301_000])
def test_an_old_request_is_refused_like_one_from_the_future(now: int) -> None:
    with pytest.raises(ExpiredToken):
        verified_user(SECRET, "62515", CARD, now)


@pytest.mark.parametrize("time", ["", "soon", "-1", "１６０", "9" * 400])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    with pytest.raises(ExpiredToken):
        verified_user(SECRET, "62515", signed(time=time), AT)


def test_another_portal_is_refused() -> None:
    with pytest.raises(BadToken, match="another portal"):
        verified_user(SECRET, "1", CARD, AT)


@pytest.mark.parametrize("name", ["userEmail=gao%40example.com", "userId=1", "portalId=62515"])
def test_a_card_cannot_speak_for_hubspot(name: str) -> None:
    before, _, query = CARD.uri.partition("?")
    with pytest.raises(BadToken, match="twice"):
        verified_user(SECRET, "62515", signed(uri=f"{before}?{name}&{query}"), AT)


def test_a_request_without_a_user_is_refused() -> None:
    with pytest.raises(BadToken, match="no user"):
        verified_user(SECRET, "62515", signed(uri="https://copilot.example.com/x?portalId=62515"), AT)


ENVELOPE = (
    "eyJhbGdvcml0aG0iOiJITUFDU0hBMjU2IiwiaXNzdWVkQXQiOm51bGwsInVzZXJJZCI6IjAwNXh4MDAwMDAxU3l5RUFBUyIsImNsaWVudCI6ey"
    "JpbnN0YW5jZUlkIjpudWxsLCJpbnN0YW5jZVVybCI6Imh0dHBzOi8vbXlkb21haW4ubXkuc2FsZXNmb3JjZS5jb20iLCJvYXV0aFRva2VuIjoi"
    "MDBEeHgwMDAwMDAxaHh5IUFRMEFRIn0sImNvbnRleHQiOnsiYXBwbGljYXRpb24iOnsiYXBwbGljYXRpb25JZCI6IjA2UHgwMDAwMDAwMDNlZC"
    "IsImF1dGhUeXBlIjoiU0lHTkVEX1JFUVVFU1QiLCJkZXZlbG9wZXJOYW1lIjoibXlfamF2YV9hcHAifSwidXNlciI6eyJ1c2VySWQiOiIwMDV4"
    "eDAwMDAwMVN5eUVBQVMiLCJ1c2VyTmFtZSI6ImFkbWluQDY0NTc2MTc3MzQ4MTM0OTIuY29tIiwiZnVsbE5hbWUiOiJTZWFuIEZvcmJlcyIsIm"
    "VtYWlsIjoiYWRtaW5ANjQ1NzYxNzczNDgxMzQ5Mi5jb20iLCJsYW5ndWFnZSI6ImVuX1VTIiwibG9jYWxlIjoiZW5fVVMifSwib3JnYW5pemF0"
    "aW9uIjp7Im9yZ2FuaXphdGlvbklkIjoiMDBEeHgwMDAwMDAxaHh5RUFBIiwibmFtZSI6IkVkZ2UgQ29tbXVuaWNhdGlvbnMifSwiZW52aXJvbm"
    "1lbnQiOnsicGFyYW1ldGVycyI6e30sImRpc3BsYXlMb2NhdGlvbiI6IlBhZ2VMYXlvdXQiLCJ1aVRoZW1lIjoiVGhlbWUzIiwicmVjb3JkIjp7"
    "ImF0dHJpYnV0ZXMiOnsidHlwZSI6IkFjY291bnQiLCJ1cmwiOiIvc2VydmljZXMvZGF0YS92NTIuMC9zb2JqZWN0cy9BY2NvdW50LzAwMXh4MD"
    "AwMDAzREdXaUFBTyJ9LCJJZCI6IjAwMXh4MDAwMDAzREdXaUFBTyIsIk5hbWUiOiJFZGdlIENvbW11bmljYXRpb25zIiwiQmlsbGluZ0NpdHki"
    "OiJTZWF0dGxlIn19fX0="
)
SIGNED = f"QyH5+Gf8EEGr3dcLsNWm1CgNqhAObnyug+ep5sdKZp4=.{ENVELOPE}"
ORG, NOW = "00Dxx0000001hxy", datetime(2026, 3, 1, tzinfo=UTC)


def canvas(**changed: Any) -> str:
    """Sign the request of the documentation with something changed in it, by another hand than ours."""
    told = json.loads(base64.b64decode(ENVELOPE)) | changed
    envelope = base64.b64encode(json.dumps(told).encode())
    return (
        f"{base64.b64encode(hmac.new(SECRET.encode(), envelope, hashlib.sha256).digest()).decode()}.{envelope.decode()}"
    )


def test_a_canvas_tells_user_and_record() -> None:
    found = read_canvas_request(SECRET, ORG, SIGNED, NOW)
    assert (found.user.key, found.user.email) == ("salesforce:005xx000001SyyEAAS", "admin@6457617734813492.com")
    assert (found.record, found.language) == ("salesforce:Account/001xx000003DGWiAAO", "en")
    assert found.shown == {"name": "Edge Communications", "city": "Seattle"}


@pytest.mark.parametrize(
    "given",
    [
        "",
        ".",
        ENVELOPE,
        SIGNED[1:],
        SIGNED[:-2],
        SIGNED.replace(".", ".e30", 1),
        "a" * 200_000,
        "签名." + ENVELOPE,
    ],
    ids=len,
)
def test_what_salesforce_did_not_sign_opens_nothing(given: str) -> None:
    with pytest.raises(BadToken, match="not signed by Salesforce"):
        read_canvas_request(SECRET, ORG, given, NOW)


def test_an_old_canvas_has_expired() -> None:
    issued = int((NOW - timedelta(hours=25)).timestamp())
    for unit in (1, 1000):
        with pytest.raises(ExpiredToken):
            read_canvas_request(SECRET, ORG, canvas(issuedAt=issued * unit), NOW)
    read_canvas_request(SECRET, ORG, canvas(issuedAt=int(NOW.timestamp()) - 60), NOW)


@pytest.mark.parametrize("org", ["00Dxx0000001hxz", "00DXX0000001hxy"])
def test_another_org_is_refused(org: str) -> None:
    with pytest.raises(BadToken, match="another org"):
        read_canvas_request(SECRET, org, SIGNED, NOW)


@pytest.mark.parametrize("changed", [{"algorithm": "none"}, {"context": []}, {"context": {"organization": "00D"}}])
def test_another_shape_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        read_canvas_request(SECRET, ORG, canvas(**changed), NOW)


def test_a_canvas_that_stands_at_no_record_names_none() -> None:
    context = json.loads(base64.b64decode(ENVELOPE))["context"] | {"environment": {"record": {}}}
    assert read_canvas_request(SECRET, ORG, canvas(context=context), NOW).record is None
