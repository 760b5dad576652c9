"""Fetches an agent's own calendar from the host that keeps it.

The address is an agent's: it must not make this service call what it can reach and they cannot
(OWASP, SSRF). https alone, hosts of an allow-list, addresses of the public Internet alone, asked
once and then connected to as answered (a name that changes its mind in between changes nothing),
no redirect to another host; and bounds on size, time and number of redirects.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from chassis.errors import Invalid
from services.rendezvous.domain.calendar import Trouble, Troubled
from services.rendezvous.usecases.exchanged.calendars import check_address

#: *exemple*: the largest met by others, 15 MB, is mostly what is past.
MAX_BYTES = 5 * 1024 * 1024
#: Technical seconds for the whole fetch, *exemple*; and for one silence of the host.
_SECONDS, _SILENCE = 10.0, 5.0
_MAX_REDIRECTS = 3
_CHUNK = 64 * 1024
_MOVED = {301, 302, 303, 307, 308}

#: IPv4 seen from a network of IPv6 alone (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
#: Answers the addresses of a host.
Resolve = Callable[[str], list[str]]


def resolve(host: str) -> list[str]:
    """Every address of a host, asked of the system. Raises OSError."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Whether an address is on the public Internet, also when it wraps one of IPv4."""
    ip = ip_address(address)
    inside = _wrapped(ip) if isinstance(ip, IPv6Address) else None
    return all(one.is_global and not one.is_multicast for one in (ip, inside) if one is not None)


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


@dataclass(frozen=True, kw_only=True)
class CalendarSource:
    """How calendars are fetched; a test gives a resolver and a certificate of its own."""

    hosts: Collection[str]
    resolve: Resolve = resolve
    is_allowed: Callable[[str], bool] = is_public
    port: int = 443
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = _SECONDS

    def fetch(self, url: str) -> bytes:
        """The body of a 200. Raises Troubled, with why; never quotes the address."""
        until = monotonic() + self.seconds
        try:
            return self._follow(url, until)
        except Invalid:
            raise Troubled(Trouble.HOST_REFUSED) from None
        except (HTTPError, OSError, ValueError):
            late = monotonic() >= until
            raise Troubled(Trouble.TOO_SLOW if late else Trouble.UNREACHABLE) from None

    def _follow(self, url: str, until: float) -> bytes:
        first = urlsplit(url).hostname
        for _ in range(_MAX_REDIRECTS + 1):
            check_address(url, self.hosts)
            body, moved_to = self._ask(url, until)
            if moved_to is None:
                return body
            url = urljoin(url, moved_to)
            if urlsplit(url).hostname != first:
                raise Troubled(Trouble.REDIRECTED)
        raise Troubled(Trouble.REDIRECTED)

    def _ask(self, url: str, until: float) -> tuple[bytes, str | None]:
        parts = urlsplit(url)
        host = parts.hostname or ""
        left = max(until - monotonic(), 0.1)
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        with urllib3.HTTPSConnectionPool(
            self._address_of(host),
            self.port,
            server_hostname=host,
            assert_hostname=host,
            ssl_context=self.tls,
            timeout=urllib3.Timeout(connect=min(_SILENCE, left), read=min(_SILENCE, left)),
            retries=False,
        ) as pool:
            headers = {"Host": host, "Accept": "text/calendar", "Accept-Encoding": "identity"}
            answer = pool.urlopen(
                "GET", target, headers=headers, redirect=False, preload_content=False
            )
            try:
                if answer.status in _MOVED:
                    return b"", answer.headers.get("Location") or ""
                if answer.status != 200 or "Content-Encoding" in answer.headers:
                    raise Troubled(Trouble.ANSWER_REFUSED)
                return _read(answer, until), None
            finally:
                answer.close()

    def _address_of(self, host: str) -> str:
        """An address to connect to. One private address among several refuses them all."""
        found = self.resolve(host)
        if not found or not all(map(self.is_allowed, found)):
            raise Troubled(Trouble.PRIVATE_ADDRESS)
        return found[0]


def _read(answer: urllib3.BaseHTTPResponse, until: float) -> bytes:
    body = bytearray()
    for chunk in answer.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > MAX_BYTES:
            raise Troubled(Trouble.TOO_LARGE)
        if monotonic() >= until:
            raise Troubled(Trouble.TOO_SLOW)
    return bytes(body)
