"""A provider of OpenID Connect: authorization code flow with PKCE, state and nonce (RFC 9700 §2.1.1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from copilot.adapters.oidc_http import JsonReply, OidcHttp, garbled
from copilot.adapters.oidc_metadata import OidcMetadata
from copilot.errors import SignOnRefused
from copilot.people.identity import ProviderClaims

#: Whatever a token says of itself: signatures with public keys only. `none` and HMAC are how tokens are forged.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
#: Clocks differ a little.
_LEEWAY_S = 60
_LONGEST_TOKEN = 64 * 1024
_LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0 §2


class OidcIdentityProvider:
    """Implements `IdentityProvider`."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        title: str,
        scopes: str = "openid email profile",
        http: OidcHttp | None = None,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self.title = title
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._http = http or OidcHttp()
        self._metadata = OidcMetadata(self._http, issuer, clock)
        self._now = now

    def address(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Return where to send the browser."""
        endpoint = self._metadata.metadata().authorization
        address, _ = self._client(redirect_uri).create_authorization_url(
            endpoint, state=state, code_verifier=verifier, nonce=nonce
        )
        return str(address)

    def claims(self, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> ProviderClaims:
        """Exchange a code for what the provider says of who signed in."""
        token = self._token(code, redirect_uri, verifier)
        id_token, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise garbled("without a token")
        claims = self._checked(id_token, nonce, access_token)
        if not claims.get("email"):
            claims = {**self._userinfo(access_token, str(claims["sub"])), **claims}
        return _provider_claims(claims)

    def _client(self, redirect_uri: str) -> OAuth2Client:
        methods = self._metadata.metadata().auth_methods
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            session=_Session(self._http),
            client_id=self._client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method=method if self._client_secret else "none",
            scope=self._scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _token(self, code: str, redirect_uri: str, verifier: str) -> Mapping[str, object]:
        endpoint = self._metadata.metadata().token
        try:
            token = self._client(redirect_uri).fetch_token(
                endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
            )
        except OAuth2Error as error:
            raise SignOnRefused(
                f"The sign-in provider refused ({str(error.error)[:60]!r}). Sign in again; ask an admin if that stays.",
                "provider",
            ) from error
        except ValueError as error:
            raise garbled("in a form that cannot be read") from error
        return dict(token)

    def _checked(self, id_token: str, nonce: str, access_token: str) -> Mapping[str, object]:
        """Return the claims of a token that is signed by the provider, for us, for this attempt, and still good.

        OpenID Connect Core 1.0 §3.1.3.7. What is wrong is not told to strangers in detail.
        """
        try:
            if len(id_token) > _LONGEST_TOKEN:
                raise ValueError("too long")
            decoded = self._verified(id_token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {"nonce": nonce, "client_id": self._client_id, "access_token": access_token},
            )
            claims.validate(now=int(self._now()), leeway=_LEEWAY_S)
            subject = claims["sub"]
            if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or "\0" in subject:
                raise ValueError("no subject")
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, UnicodeError, RecursionError) as error:
            raise SignOnRefused(
                f"What the sign-in provider sent cannot be believed ({type(error).__name__}). Sign in again; ask an "
                "admin if that stays.",
                "token",
            ) from error
        return dict(claims)

    def _verified(self, id_token: str) -> jwt.Token:
        registry = jws.JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)

        def read(keys: KeySet) -> jwt.Token:
            return jwt.decode(id_token, keys, registry=registry)

        try:
            return read(self._metadata.keys())
        except InvalidKeyIdError:  # a key that is newer than what we know
            return read(self._metadata.keys(anew=True))

    def _userinfo(self, access_token: str, subject: str) -> Mapping[str, object]:
        """Ask for what the token leaves out; of another subject it is worth nothing (Core 1.0 §5.3.2)."""
        endpoint = self._metadata.metadata().userinfo
        if endpoint is None or not access_token.isascii() or not access_token.isprintable():
            return {}
        told = self._http.call("GET", endpoint, {"Authorization": f"Bearer {access_token}"}).mapping()
        return told if told is not None and told.get("sub") == subject else {}


class _Session:
    """What Authlib's client sends through: our guarded requests."""

    def __init__(self, http: OidcHttp) -> None:
        self._http = http

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth) -> _Response:
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Response(self._http.call("POST", url, sent, body.encode()))


class _Response:
    """A reply as Authlib reads it."""

    def __init__(self, reply: JsonReply) -> None:
        self._reply = reply
        self.status_code = reply.status

    def json(self) -> object:
        return self._reply.body

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise garbled(f"with status {self.status_code}")


def _provider_claims(claims: Mapping[str, object]) -> ProviderClaims:
    email, name = claims.get("email"), claims.get("name")
    return ProviderClaims(
        subject=str(claims["sub"]),
        email=email if isinstance(email, str) and email.isprintable() and len(email) <= 254 else None,
        email_verified=claims.get("email_verified") in (True, "true"),  # several providers send the word
        name=name if isinstance(name, str) else None,
        all=claims,
    )
