"""What a provider says of itself: endpoints and keys, read once an hour and when a key is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey, import_key

from copilot.adapters.oidc_http import OidcHttp, garbled, is_safe
from copilot.errors import SignOnUnavailable

_FRESH_S = 3600.0
#: Tokens with keys that nobody knows must not make us ask for keys as often as strangers like.
_KEYS_AGAIN_S = 10.0
#: While it is down, what is known does for so long before it is asked again: each time costs somebody a wait.
_AGAIN_S = 60.0
_MOST_KEYS = 100


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """OpenID Connect Discovery 1.0 §3, as far as we need it."""

    authorization: str
    token: str
    jwks: str
    userinfo: str | None
    auth_methods: tuple[str, ...]


class OidcMetadata:
    """Remembers what one issuer says; several threads may ask."""

    def __init__(self, http: OidcHttp, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._issuer = issuer
        self._clear = not issuer.startswith("https:")
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def metadata(self) -> Metadata:
        """Return the endpoints.

        Raises:
            SignOnUnavailable: it does not answer, or not as this issuer.
        """
        known = self._metadata
        if known is not None and self._clock() - known[0] < _FRESH_S:
            return known[1]
        try:
            found = self._discovered()
        except SignOnUnavailable:
            if known is None:
                raise
            found = known[1]  # endpoints hardly ever change; one that is gone says so itself
            self._metadata = self._clock() - _FRESH_S + _AGAIN_S, found
            return found
        self._metadata = self._clock(), found
        return found

    def keys(self, *, anew: bool = False) -> KeySet:
        """Return the keys that tokens are signed with; `anew` when a token names one that is not among them.

        Raises:
            SignOnUnavailable: it does not answer, or without keys.
        """
        address = self.metadata().jwks
        with self._lock:
            known, now = self._keys, self._clock()
            if known is not None and now - known[0] < (_KEYS_AGAIN_S if anew else _FRESH_S):
                return known[1]
        found = _key_set(self._http.call("GET", address).mapping())
        with self._lock:
            self._keys = self._clock(), found
        return found

    def _discovered(self) -> Metadata:
        told = self._http.call("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration").mapping()
        if told is None:
            raise garbled("no description of itself")
        if told.get("issuer") != self._issuer:
            raise SignOnUnavailable(
                f"The sign-in provider calls itself {str(told.get('issuer'))[:200]!r}. Ask an admin to set "
                "COPILOT_OIDC_ISSUER to exactly that."
            )
        named = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        for name, value in named.items():
            if not is_safe(value, clear=self._clear):
                raise garbled(f"no {name} that could be used")
        userinfo, methods = told.get("userinfo_endpoint"), told.get("token_endpoint_auth_methods_supported")
        return Metadata(
            authorization=str(named["authorization_endpoint"]),
            token=str(named["token_endpoint"]),
            jwks=str(named["jwks_uri"]),
            userinfo=str(userinfo) if is_safe(userinfo, clear=self._clear) else None,
            auth_methods=tuple(map(str, methods)) if isinstance(methods, list) else ("client_secret_basic",),
        )


def _key_set(told: Mapping[str, object] | None) -> KeySet:
    """Read public keys for signatures; kinds that we do not know, or that are for something else, are passed over."""
    listed = told.get("keys") if told else None
    keys: list[RSAKey | ECKey | OKPKey] = []
    for one in listed[:_MOST_KEYS] if isinstance(listed, list) else []:
        if not isinstance(one, Mapping) or one.get("use", "sig") != "sig":
            continue
        try:
            key = import_key({name: value for name, value in one.items() if name not in ("key_ops", "x5c")})
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, (RSAKey, ECKey, OKPKey)) and not key.is_private:
            keys.append(key)
    if not keys:
        raise garbled("no keys that could be used")
    return KeySet(list(keys))
