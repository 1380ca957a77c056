"""What is believed of a provider of OpenID Connect, over real HTTP: one that lies in every way it can."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from copilot.adapters.oidc_http import OidcHttp, is_safe
from copilot.adapters.oidc_identity_provider import OidcIdentityProvider
from copilot.errors import SignOnRefused, SignOnUnavailable
from copilot.people.identity import ProviderClaims
from tests.doubles.oidc_provider import CLIENT, CLIENT_SECRET, SUBJECT, LyingProvider, lying_provider

BACK = "https://copilot.example.com/login/provider/back"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def lying() -> Iterator[LyingProvider]:
    with lying_provider() as provider:
        yield provider


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asking(
    lying: LyingProvider, clock: Clock | None = None, secret: str | None = CLIENT_SECRET
) -> OidcIdentityProvider:
    return OidcIdentityProvider(
        issuer=lying.issuer,
        client_id=CLIENT,
        client_secret=secret,
        title="Login",
        http=OidcHttp(within_s=2),
        clock=clock or Clock(),
    )


def signed_in(provider: OidcIdentityProvider, lying: LyingProvider) -> ProviderClaims:
    lying.nonce = lying.nonce or "the nonce"
    return provider.claims(code="a code", redirect_uri=BACK, nonce="the nonce", verifier="v" * 43)


def test_the_browser_is_sent_with_state_nonce_and_a_challenge(lying: LyingProvider) -> None:
    address = asking(lying).address(redirect_uri=BACK, state="s", nonce="n", verifier="v" * 43)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{lying.issuer}/authorize?")
    assert (sent["state"], sent["nonce"], sent["redirect_uri"], sent["client_id"]) == ("s", "n", BACK, CLIENT)
    assert (sent["response_type"], sent["scope"], sent["code_challenge_method"]) == (
        "code",
        "openid email profile",
        "S256",
    )
    assert sent["code_challenge"] != "v" * 43


def test_a_right_token_tells_who_it_is(lying: LyingProvider) -> None:
    found = signed_in(asking(lying), lying)
    assert (found.subject, found.email, found.email_verified, found.name) == (SUBJECT, "lin@example.com", True, "林晓")
    (form,) = lying.token_requests
    assert (form["code"], form["redirect_uri"], form["code_verifier"]) == ("a code", BACK, "v" * 43)
    assert lying.authorizations == ["Basic " + base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()]
    assert "client_secret" not in form


def test_the_secret_goes_into_the_form_where_the_provider_wants_it_there(lying: LyingProvider) -> None:
    lying.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    signed_in(asking(lying), lying)
    assert lying.token_requests[0]["client_secret"] == CLIENT_SECRET


def test_a_public_client_sends_no_secret(lying: LyingProvider) -> None:
    signed_in(asking(lying, secret=None), lying)
    assert lying.token_requests[0]["client_id"] == CLIENT
    assert lying.authorizations == [None]


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = [json.dumps({**header, "alg": "none"}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."


def with_another_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, RSAKey.generate_key(2048))


def tampered(header: dict[str, Any], claims: dict[str, Any]) -> str:
    head, _, signature = with_another_key(header, claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "email": "boss@example.com"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def hmac_with_the_public_key(lying: LyingProvider) -> Callable[[dict[str, Any], dict[str, Any]], str]:
    """Return the classic confusion of algorithms: the public key as a shared secret."""
    public = lying.key.as_pem(private=False)

    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        secret = OctKey.import_key(base64.urlsafe_b64encode(public).decode())
        return jws.serialize_compact({**header, "alg": "HS256"}, json.dumps(claims), secret, algorithms=["HS256"])

    return sign


def critical(lying: LyingProvider) -> Callable[[dict[str, Any], dict[str, Any]], str]:
    """Return a right signature over a header that asks for what no reader knows; by hand, no library signs that."""

    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        parts = [json.dumps({**header, "crit": ["new"], "new": True}), json.dumps(claims)]
        signed = b".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in parts)
        signature = lying.key.private_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return f"{signed.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    return sign


LIES: dict[str, Callable[[LyingProvider], object]] = {
    "another nonce": lambda p: p.claims.update(nonce="of another attempt"),
    "no nonce": lambda p: p.claims.update(nonce=None),
    "for somebody else": lambda p: p.claims.update(aud="another-client"),
    "for several, not by us": lambda p: p.claims.update(aud=[CLIENT, "other"], azp="other"),
    "for nobody": lambda p: p.claims.update(aud=None),
    "of another issuer": lambda p: p.claims.update(iss="https://evil.example.com"),
    "of nobody": lambda p: p.claims.update(iss=None),
    "expired": lambda p: p.claims.update(exp=int(time.time()) - 600),
    "without an end": lambda p: p.claims.update(exp=None),
    "with a word for an end": lambda p: p.claims.update(exp="tomorrow"),
    "from tomorrow": lambda p: p.claims.update(iat=int(time.time()) + 86400),
    "not yet good": lambda p: p.claims.update(nbf=int(time.time()) + 86400),
    "without a subject": lambda p: p.claims.update(sub=None),
    "with an empty subject": lambda p: p.claims.update(sub=""),
    "with a number for a subject": lambda p: p.claims.update(sub=7),
    "with an endless subject": lambda p: p.claims.update(sub="s" * 300),
    "of another access token": lambda p: p.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "unsigned": lambda p: setattr(p, "sign", unsigned),
    "signed with another key": lambda p: setattr(p, "sign", with_another_key),
    "tampered with": lambda p: setattr(p, "sign", tampered),
    "signed with the public key": lambda p: setattr(p, "sign", hmac_with_the_public_key(p)),
    "no token": lambda p: setattr(p, "sign", lambda *_: "not.a.token"),
    "a token in five parts": lambda p: setattr(p, "sign", lambda *_: "a.b.c.d.e"),
    "no ASCII": lambda p: setattr(p, "sign", lambda *_: "令牌"),
    "a huge token": lambda p: setattr(p, "sign", lambda *_: "a" * 100_000),
    "with an address of keys in it": lambda p: p.header.update(kid="x", jku="https://evil.example.com/jwks"),
    "with a critical part nobody knows": lambda p: setattr(p, "sign", critical(p)),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_wrong_in_any_way_is_refused(lying: LyingProvider, lie: str) -> None:
    LIES[lie](lying)
    with pytest.raises(SignOnRefused) as refused:
        signed_in(asking(lying), lying)
    assert refused.value.reason == "token"


def test_a_key_that_is_new_is_fetched_once(lying: LyingProvider, clock: Clock) -> None:
    provider = asking(lying, clock)
    signed_in(provider, lying)
    lying.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    clock.seconds += 60
    assert signed_in(provider, lying).subject == SUBJECT
    assert lying.asked.count("/jwks") == 2
    lying.header["kid"] = "of nobody"
    for _ in range(5):
        with pytest.raises(SignOnRefused):
            signed_in(provider, lying)
    assert lying.asked.count("/jwks") == 2  # no stranger makes us ask again and again
    clock.seconds += 60
    with pytest.raises(SignOnRefused):
        signed_in(provider, lying)
    assert lying.asked.count("/jwks") == 3


def test_the_description_is_read_once_an_hour_and_outlives_an_outage(lying: LyingProvider, clock: Clock) -> None:
    provider, path = asking(lying, clock), "/.well-known/openid-configuration"
    signed_in(provider, lying)
    signed_in(provider, lying)
    assert lying.asked.count(path) == 1
    clock.seconds += 3601
    lying.replies[path] = (503, b"down")
    assert provider.address(redirect_uri=BACK, state="s", nonce="n", verifier="v")
    assert lying.asked.count(path) == 2


def test_keys_for_something_else_and_unknown_kinds_are_passed_over(lying: LyingProvider) -> None:
    encrypting = {**ECKey.generate_key("P-256", {"kid": "e"}).as_dict(private=False), "use": "enc"}
    shared = OctKey.generate_key(256, {"kid": "first"}).as_dict()
    lying.keys = [{"kty": "NEW", "kid": "n"}, encrypting, shared, lying.key.as_dict(private=False)]
    assert signed_in(asking(lying), lying).subject == SUBJECT


def test_a_token_with_no_key_id_is_read_with_the_only_key(lying: LyingProvider) -> None:
    lying.sign = lambda header, claims: jwt.encode({"alg": "RS256"}, claims, lying.key)
    assert signed_in(asking(lying), lying).subject == SUBJECT


def test_an_address_that_the_token_lacks_is_asked_for(lying: LyingProvider) -> None:
    lying.claims["email"] = None
    lying.userinfo = {"sub": SUBJECT, "email": "lin@example.com", "email_verified": "true", "nonce": "x"}
    found = signed_in(asking(lying), lying)
    assert (found.email, found.email_verified) == ("lin@example.com", True)
    assert lying.authorizations[-1] == "Bearer access"


def test_what_is_told_of_somebody_else_counts_for_nothing(lying: LyingProvider) -> None:
    lying.claims["email"] = None
    lying.userinfo = {"sub": "another", "email": "boss@example.com", "email_verified": True}
    assert signed_in(asking(lying), lying).email is None


@pytest.mark.parametrize("verified", [None, False, "false", 1.5, [True], {}], ids=str)
def test_only_a_clear_word_verifies_an_address(lying: LyingProvider, verified: object) -> None:
    lying.claims["email_verified"] = verified
    assert signed_in(asking(lying), lying).email_verified is False


def test_a_code_that_the_provider_refuses_is_told_so(lying: LyingProvider) -> None:
    lying.replies["/token"] = (400, b'{"error": "invalid_grant", "error_description": "used"}')
    with pytest.raises(SignOnRefused, match="invalid_grant") as refused:
        signed_in(asking(lying), lying)
    assert refused.value.reason == "provider"


GARBAGE = {
    "no JSON": (200, b"<html>hello</html>"),
    "a list": (200, b"[]"),
    "nothing": (200, b""),
    "an error": (500, b"oops"),
    "a redirect": (302, b""),
    "deep": (200, b"[" * 100_000),
    "endless": (200, b"x" * 2_000_000),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_provider_that_talks_garbage_is_not_there(lying: LyingProvider, path: str, garbage: str) -> None:
    lying.replies[path] = GARBAGE[garbage]
    with pytest.raises(SignOnUnavailable):
        signed_in(asking(lying), lying)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example.com"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example.com/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
        {"jwks_uri": None},
        {"token_endpoint": "https://user@evil.example.com/"},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_right_is_not_used(lying: LyingProvider, said: dict[str, object]) -> None:
    lying.metadata.update(said)
    with pytest.raises(SignOnUnavailable):
        asking(lying).address(redirect_uri=BACK, state="s", nonce="n", verifier="v")


def test_a_provider_that_is_down_is_told_so_at_once() -> None:
    with lying_provider() as gone:
        pass
    with pytest.raises(SignOnUnavailable, match="does not answer"):
        asking(gone).address(redirect_uri=BACK, state="s", nonce="n", verifier="v")


def test_a_provider_that_hangs_holds_few_and_not_for_long(lying: LyingProvider) -> None:
    lying.hangs = threading.Event()
    provider, told = asking(lying), list[str]()

    def ask() -> None:
        try:
            provider.address(redirect_uri=BACK, state="s", nonce="n", verifier="v")
        except SignOnUnavailable as error:
            told.append(error.message)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert time.monotonic() - began < 20
    assert sum("slow" in message for message in told) == 6
    assert sum("does not answer" in message for message in told) == 4


@pytest.mark.parametrize(
    ("url", "clear", "safe"),
    [
        ("https://login.example.com", False, True),
        ("http://login.example.com", True, False),
        ("http://127.0.0.1:8080/realms/x", True, True),
        ("http://127.0.0.1:8080", False, False),
        ("https://", False, False),
        ("https://a b", False, True),
        ("https://host:port", False, False),
        ("https://x/#y", False, False),
        ("ftp://localhost", True, False),
        (None, True, False),
    ],
)
def test_secrets_go_to_safe_addresses_alone(url: object, clear: bool, safe: bool) -> None:
    assert is_safe(url, clear=clear) == safe
