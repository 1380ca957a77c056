"""One request to a host that a person named: only to addresses that are permitted, within a time, no further.

The name is resolved once and the connection made to the very address that was checked, so a name that changes its
address in between leads nowhere. Redirects, proxies and cookies do not exist here. httpcore is what httpx stands on; it
is used itself because there the connection can be made by us.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import httpcore

#: Resolves a host to its addresses.
Resolve = Callable[[str, int], Sequence[str]]


class AddressForbidden(Exception):
    """A host lies where it may not lie."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the host said; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    whole: bool = True  #: False: there is more of the body than was to be read


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the internet at large: not to this machine, our network or nobody."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # Several forms carry an IPv4 address, and it is that one which is reached.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _translated(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    inside = ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96")
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if inside and int(ip) > 1 else None


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    permitted: Callable[[str], bool],
    most_bytes: int,
    within_s: float,
    trust: ssl.SSLContext,
    body: bytes = b"",
    resolve: Resolve = resolve,
    clock: Callable[[], float] = time.monotonic,
) -> Reply:
    """Send and return the reply.

    Args:
        method: as `GET`.
        url: ASCII, with host.
        headers: ASCII.
        permitted: whether an address may be connected to; all addresses of the host must be.
        most_bytes: how much of the body of the reply is read, at most.
        within_s: for everything after the name was resolved.
        trust: whom to believe who they are.
        body: sent as it is.
        resolve: finds addresses.
        clock: seconds.

    Raises:
        AddressForbidden: the host has an address that is not permitted.
        OSError: the name has no address.
        httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError: no reply, or none that can be read.
    """
    backend = _Guard(permitted, within_s, resolve, clock)
    with (
        httpcore.ConnectionPool(ssl_context=trust, network_backend=backend, retries=0) as pool,
        pool.stream(
            method,
            url,
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
            content=body,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), within_s)},
        ) as response,
    ):
        told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        length = told.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most_bytes:
            return Reply(status=response.status, headers=told, whole=False)
        read = bytearray()
        for part in response.iter_stream():
            read += part
            if len(read) > most_bytes:
                break
        whole = len(read) <= most_bytes
        return Reply(status=response.status, headers=told, body=bytes(read[:most_bytes]), whole=whole)


class _Guard(httpcore.NetworkBackend):
    """Connects to addresses that were checked, within the time."""

    def __init__(
        self, permitted: Callable[[str], bool], within_s: float, resolve: Resolve, clock: Callable[[], float]
    ) -> None:
        self._permitted = permitted
        self._within_s = within_s
        self._resolve = resolve
        self._clock = clock
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        del timeout  # ours covers everything
        addresses = list(dict.fromkeys(self._resolve(host, port)))
        # One forbidden address is enough: which of them is taken must not decide.
        if not addresses or not all(self._permitted(address) for address in addresses):
            raise AddressForbidden(host)
        ends = self._clock() + self._within_s
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses[:4]:
            try:
                left = _left(ends, self._clock)
                stream = self._real.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Timed(stream, ends, self._clock)
        raise failure


class _Timed(httpcore.NetworkStream):
    """Ends with everything else: a receiver that sends one byte a second must not hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._ends = ends
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, _left(self._ends, self._clock))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, _left(self._ends, self._clock))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._ends, self._clock))
        return _Timed(secured, self._ends, self._clock)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(ends: float, clock: Callable[[], float]) -> float:
    left = ends - clock()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return left
