"""企业微信's server, for one application of ours.

The requests are those of its developer pages 获取access_token (91039), 获取访问用户身份 (96442), JS-SDK使用权限签名算法
(90506, with the tickets of the company and of an application) and 获取客户详情 (92114). It gives out few tokens and
tickets an hour, so each is kept until shortly before it ends, and fetched by one thread while the others wait.
"""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore

from copilot.delivery.destination import DestinationRules
from copilot.errors import ConfigurationError, CrmUnavailable
from copilot.interfaces.crm.wecom import Tickets
from knowledge.guarded_http import AddressForbidden, Resolve, is_public, request, resolve
from knowledge.web_address import host_of, spelled

_log = logging.getLogger(__name__)

WITHIN_S = 5.0
_MOST_BYTES = 2**20
#: Tokens and tickets are given up this long before they end, so that none ends on its way.
_EARLY_S = 300.0
#: 全局错误码: the token has ended; a code is good for nobody; a customer is none of ours, or not shown to us.
_STALE = frozenset({40001, 40014, 42001})
_NOBODY = frozenset({40029, 41008, 42003, 50001})
_NO_CUSTOMER = frozenset({40096, 84061, 84062, 48002, 301002})


class WeComServer:
    """Implements `WeCom`."""

    def __init__(
        self,
        *,
        corp: str,
        secret: str,
        base: str,
        rules: DestinationRules,
        trust: ssl.SSLContext | None = None,
        within_s: float = WITHIN_S,
        resolve: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take `base` as the address of the server, without a path.

        Raises:
            ConfigurationError: it is none, or not https without being named as internal.
        """
        self._base = _base(base, rules)
        self._private = rules.may_be_private(*host_of(self._base))
        self._corp = corp
        self._secret = secret
        self._trust = trust or ssl.create_default_context()
        self._within_s = within_s
        self._resolve = resolve
        self._clock = clock
        self._turn = threading.RLock()
        self._kept: dict[str, tuple[str, float]] = {}

    def member(self, code: str) -> str | None:
        """Return the member whom a sign-in code stands for."""
        told = self._ask("/cgi-bin/auth/getuserinfo", {"code": code})
        if told.get("errcode") in _NOBODY:
            return None
        self._fine(told, "who is looking")
        id = told.get("userid") or told.get("UserId")
        return id if isinstance(id, str) and id else None

    def customer(self, id: str) -> Mapping[str, str]:
        """Return facts of a customer."""
        told = self._ask("/cgi-bin/externalcontact/get", {"external_userid": id})
        if told.get("errcode") in _NO_CUSTOMER:
            _log.info("a customer of 企业微信 cannot be read (%s); its account is chosen by hand", told.get("errcode"))
            return {}
        self._fine(told, "a customer")
        person = told.get("external_contact")
        remarks = [one for one in told.get("follow_user") or () if isinstance(one, Mapping)]
        names = [one.get("remark_corp_name") for one in remarks]
        if isinstance(person, Mapping):
            names += [person.get("corp_full_name"), person.get("corp_name"), person.get("name")]
        name = next((one.strip()[:200] for one in names if isinstance(one, str) and one.strip()), None)
        return {"name": name} if name else {}

    def tickets(self) -> Tickets:
        """Return tickets that are good for a while yet."""
        return Tickets(
            corp=self._keep("corp", lambda: self._ticket("/cgi-bin/get_jsapi_ticket", {})),
            agent=self._keep("agent", lambda: self._ticket("/cgi-bin/ticket/get", {"type": "agent_config"})),
        )

    def _ticket(self, path: str, query: Mapping[str, str]) -> tuple[str, float]:
        told = self._ask(path, query)
        self._fine(told, "a ticket")
        return _lasting(told, "ticket")

    def _keep(self, name: str, fetch: Callable[[], tuple[str, float]]) -> str:
        with self._turn:
            value, ends = self._kept.get(name, ("", 0.0))
            if not value or self._clock() >= ends:
                value, lasts = fetch()
                self._kept[name] = value, self._clock() + max(lasts - _EARLY_S, lasts / 2)
            return value

    def _token(self) -> tuple[str, float]:
        told = self._call("/cgi-bin/gettoken", {"corpid": self._corp, "corpsecret": self._secret})
        self._fine(told, "an access token")
        return _lasting(told, "access_token")

    def _ask(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask with a token; one that has ended early is replaced once."""
        told = self._call(path, {"access_token": self._keep("token", self._token), **query})
        if told.get("errcode") not in _STALE:
            return told
        with self._turn:
            self._kept.pop("token", None)
        return self._call(path, {"access_token": self._keep("token", self._token), **query})

    def _call(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        secured = self._base.startswith("https:")
        try:
            reply = request(
                "GET",
                f"{self._base}{path}?{urlencode(query)}",
                headers={"Host": urlsplit(self._base).netloc, "Accept": "application/json", "Connection": "close"},
                permitted=lambda at: secured if is_public(at) else self._private,
                most_bytes=_MOST_BYTES,
                within_s=self._within_s,
                trust=self._trust,
                resolve=self._resolve,
            )
        except AddressForbidden as error:
            raise CrmUnavailable(
                "The host of COPILOT_WECOM_URL has an address that nothing may be sent to. If it is one of our own, "
                "name it in COPILOT_DELIVERY_INTERNAL."
            ) from error
        except (
            OSError,
            UnicodeError,
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
        ) as error:
            raise CrmUnavailable(
                f"企业微信 does not answer ({type(error).__name__}). Try again in a moment."
            ) from error
        try:
            told = json.loads(reply.body) if reply.status == 200 and reply.whole else None
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, Mapping):
            raise CrmUnavailable(
                f"企业微信 answered {reply.status} in a form that cannot be read. Try again in a moment."
            )
        return told

    def _fine(self, told: Mapping[str, Any], what: str) -> None:
        code = told.get("errcode", 0)
        if code != 0:
            # Its words may repeat what was sent, which may be a secret: the number tells as much.
            raise CrmUnavailable(
                f"企业微信 does not tell us {what} (errcode {code!r}). An admin can look it up under 全局错误码; "
                "40001 and 40013: COPILOT_WECOM_SECRET or _CORP, 60020: 企业可信IP, 48002: the application's rights."
            )


def _lasting(told: Mapping[str, Any], name: str) -> tuple[str, float]:
    value, lasts = told.get(name), told.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(lasts, int | float):
        raise CrmUnavailable(f"企业微信 gave no {name}. Try again in a moment.")
    return value, float(lasts)


def _base(given: str, rules: DestinationRules) -> str:
    try:
        url = spelled(given)
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigurationError("COPILOT_WECOM_URL is no address. Write https://host, without a path.") from error
    if parts.path != "/" or parts.query:
        raise ConfigurationError("COPILOT_WECOM_URL holds more than a host. Write https://host, without a path.")
    if parts.scheme != "https" and not rules.may_be_private(*host_of(url)):
        raise ConfigurationError(
            "COPILOT_WECOM_URL is not https. Use https, or name the host in COPILOT_DELIVERY_INTERNAL if it is our own."
        )
    return url.rstrip("/")
