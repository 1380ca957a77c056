"""Providers of OpenID Connect on this machine: a friendly one (oidc-provider-mock), and one that lies as it is told."""

from __future__ import annotations

import json
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import authlib.deprecate  # noqa: F401  # it sets a filter of its own when it is first imported
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

CLIENT = "copilot"
CLIENT_SECRET = "a secret of the client"
SUBJECT = "subject-1"


@contextmanager
def friendly_provider(**people: Mapping[str, object]) -> Iterator[str]:
    """Serve the mock provider with these people, their claims by subject; gives its issuer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it uses what Authlib has moved elsewhere
        from oidc_provider_mock import User, run_server_in_thread

        users = [User(sub=sub, claims=dict(claims)) for sub, claims in people.items()]
        with run_server_in_thread(user_claims=users) as server:
            yield f"http://localhost:{server.server_port}"


@dataclass
class LyingProvider:
    """Answers as a provider would, but for what a test changes."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    claims: dict[str, object] = field(default_factory=dict)  #: over what is right; None takes a claim away
    header: dict[str, object] = field(default_factory=dict)
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    keys: list[Mapping[str, object]] | None = None  #: instead of the one that signs
    replies: dict[str, tuple[int, bytes]] = field(default_factory=dict)  #: path → what is answered there
    hangs: threading.Event | None = None
    userinfo: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    token_requests: list[dict[str, str]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    nonce: str = ""

    def reply(self, path: str, body: bytes, authorization: str | None) -> tuple[int, bytes]:
        """Answer one request."""
        self.asked.append(path)
        if self.hangs is not None:
            self.hangs.wait(30)
        if path in self.replies:
            return self.replies[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self._description() | self.metadata).encode()
        if path == "/jwks":
            listed = [self.key.as_dict(private=False)] if self.keys is None else self.keys
            return 200, json.dumps({"keys": listed}).encode()
        if path == "/token":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self.token_requests.append(form)
            self.authorizations.append(authorization)
            token = {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token()}
            return 200, json.dumps(token).encode()
        if path == "/userinfo":
            self.authorizations.append(authorization)
            return 200, json.dumps(self.userinfo).encode()
        return 404, b"{}"

    def id_token(self) -> str:
        """Return a token, right but for what was changed."""
        now = int(time.time())
        right: dict[str, object] = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": self.nonce,
            "email": "lin@example.com",
            "email_verified": True,
            "name": "林晓",
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        if self.sign is not None:
            return self.sign(header, claims)
        return jwt.encode(header, claims, self.key, registry=JWSRegistry(algorithms=["RS256"]))

    def _description(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
        }


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    """Serve a provider that lies as it is told."""
    provider = LyingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("content-length", 0))))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _answer(self, body: bytes) -> None:
            status, content = provider.reply(urlsplit(self.path).path, body, self.headers.get("authorization"))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who asked has hung up
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        if provider.hangs is not None:
            provider.hangs.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
