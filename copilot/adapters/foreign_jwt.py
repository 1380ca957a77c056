"""`ForeignTokens` as JSON Web Tokens (RFC 7519), HMAC with SHA-256 under a secret of the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey

from copilot.errors import BadToken, ExpiredToken
from copilot.people.foreign_token import ForeignToken
from copilot.people.record_visit import INVITATION_LENGTH

#: The one algorithm that is accepted, whatever a token says of itself (RFC 8725 §3.1).
_ALGORITHMS = ["HS256"]
_LONGEST = 8192  # characters of a token
_LONGEST_CLAIM = 2000
#: Clocks of several machines differ a little.
_LEEWAY_S = 30
_REGISTERED = frozenset({"sub", "jti", "iat", "nbf", "exp", "aud", "iss"})


class ForeignJwt:
    """Implements `ForeignTokens`."""

    def __init__(self, secret: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._key = OctKey.import_key(secret)
        self._now = now

    def read(self, token: str) -> ForeignToken:
        """Return what a token says."""
        if len(token) > _LONGEST:
            raise BadToken("This token is too long. Put ids into it and no texts.")
        now = int(self._now().timestamp())
        try:
            claims = jwt.decode(token, self._key, algorithms=_ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                now=now,
                leeway=_LEEWAY_S,
                exp={"essential": True},
                sub={"essential": True},
                jti={"essential": True},
            ).validate(claims)
        except ExpiredTokenError as error:
            raise ExpiredToken("This link has expired. Open the record in the CRM again.") from error
        except (JoseError, ValueError, TypeError) as error:
            raise BadToken("This link was not signed for us, or something is missing in it (sub, jti, exp).") from error
        if (
            not isinstance(claims["exp"], int | float)
            or claims["exp"] > now + INVITATION_LENGTH.total_seconds() + _LEEWAY_S
        ):
            raise BadToken("This link would hold for too long. Let it expire within ten minutes.")
        id, subject = claims["jti"], claims["sub"]
        if not all(isinstance(one, str) and 0 < len(one) <= 200 for one in (id, subject)):
            raise BadToken("`jti` and `sub` of this link have to be texts of at most 200 characters.")
        told = {
            str(name): value
            for name, value in claims.items()
            if name not in _REGISTERED and isinstance(value, str) and 0 < len(value) <= _LONGEST_CLAIM
        }
        return ForeignToken(id=id, subject=subject, claims=told)
