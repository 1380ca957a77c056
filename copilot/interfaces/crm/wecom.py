"""What we ask of 企业微信, and the signature with which a page of ours may use its JS-SDK."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Temporary secrets that pages are signed with (JS-SDK, 附录): of the company, and of our application."""

    corp: str
    agent: str


class WeCom(Protocol):
    """Port: the server of 企业微信, for one application of one company.

    Raises of all calls: `CrmUnavailable` when it does not answer or refuses us, with what to do.
    """

    def member(self, code: str) -> str | None:
        """Return the id of the member whom a sign-in code stands for; None when the code is good for nobody."""
        ...

    def customer(self, id: str) -> Mapping[str, str]:
        """Return facts of a customer that an account can begin with: `name`, where it is known."""
        ...

    def tickets(self) -> Tickets:
        """Return tickets that are good for a while yet."""
        ...


def page_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Sign a page (JS-SDK使用权限签名算法): values as they are, in this order, SHA-1, which 企业微信 asks for."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
