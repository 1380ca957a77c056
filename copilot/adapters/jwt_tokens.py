"""`Tokens` as JSON Web Tokens (RFC 7519), HMAC with SHA-256."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import GuestProtocol, OctKey

from copilot.errors import BadToken, ExpiredToken
from copilot.people.token import Claims, SigningKeys

#: The one algorithm that is accepted, whatever a token says of itself (RFC 8725 §3.1).
_ALGORITHMS = ["HS256"]
_LONGEST = 4096  # characters; ours are a tenth of it
#: Ours; what else stands in a token was put there by us too.
_REGISTERED = frozenset({"aud", "iat", "exp"})
_DIGITS = 7  #: of the number of a key
#: Clocks of several machines differ a little.
_LEEWAY_S = 5


class JwtTokens:
    """Implements `Tokens`."""

    def __init__(self, keys: SigningKeys, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._keys = keys
        self._now = now

    def sign(self, purpose: str, claims: Claims, lasting: timedelta) -> str:
        """Return a token that holds for this time."""
        key, now = self._keys.newest(), self._now()
        header = {"alg": "HS256", "typ": "JWT", "kid": str(key.id)}
        times = {"iat": int(now.timestamp()), "exp": int((now + lasting).timestamp())}
        return jwt.encode(header, {**claims, "aud": purpose, **times}, OctKey.import_key(key.secret))

    def read(self, purpose: str, token: str) -> Claims:
        """Return the claims of a token of ours."""
        if len(token) > _LONGEST:
            raise BadToken("This token is too long to be one of ours. Ask for a new one.")
        try:
            found = jwt.decode(token, self._key, algorithms=_ALGORITHMS)
            checks = jwt.JWTClaimsRegistry(
                now=int(self._now().timestamp()),
                leeway=_LEEWAY_S,
                aud={"essential": True, "value": purpose},
                exp={"essential": True},
                iat={"essential": True},
            )
            checks.validate(found.claims)
        except ExpiredTokenError as error:
            raise ExpiredToken("This token has expired. Ask for a new one.") from error
        except (JoseError, ValueError) as error:
            raise BadToken("This token is not one of ours for this. Ask for a new one.") from error
        return {name: str(value) for name, value in found.claims.items() if name not in _REGISTERED}

    def _key(self, token: GuestProtocol) -> OctKey:
        named = str(token.headers().get("kid", ""))
        key = self._keys.find(int(named)) if named.isascii() and named.isdigit() and len(named) < _DIGITS else None
        if key is None:
            raise ValueError("a key that is not known")
        return OctKey.import_key(key.secret)
