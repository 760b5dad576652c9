"""HTTP as the portal speaks it: kept connections, tokens, idempotency keys, patience.

A service that is down is asked again, with the same key, until the supervisor has brought it
back: the answer is then the one the first request would have had.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

#: How long one request waits for a service to come back, in seconds.
PATIENCE_SECONDS = 120.0
_TIMEOUT = urllib3.Timeout(connect=3.0, read=30.0)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_UNAVAILABLE = frozenset({502, 503, 504})
#: A process killed while its database restarts may answer 500 a few times.
_ATTEMPTS_ON_500 = 5
_STILL_RUNNING = "urn:departement:probleme:demande-en-cours"


class ServiceDown(Exception):
    """A service stayed silent for longer than our patience."""


class Refused(Exception):
    """A service refused what the plan asks: the replay cannot go on as planned."""

    def __init__(self, request: Request, answer: Answer) -> None:
        problem = answer.json if isinstance(answer.json, dict) else {}
        errors = "; ".join(
            f"{e.get('pointer')} : {e.get('detail')}" for e in problem.get("errors", [])
        )
        super().__init__(
            f"{request.service} a répondu {answer.status} à {request.method} {request.path} :"
            f" {problem.get('title', 'sans explication')} {problem.get('detail', '')} {errors}"
        )
        self.status = answer.status
        self.type = str(problem.get("type", ""))


@dataclass(frozen=True)
class Request:
    """One request; `key` makes it idempotent, `version` conditional."""

    service: str
    method: str
    path: str
    token: str = field(repr=False)
    body: Any = field(default=None, repr=False)
    key: str | None = None
    etag: str | None = None


@dataclass(frozen=True)
class Answer:
    """Status, decoded body and ETag."""

    status: int
    json: Any = field(repr=False)
    etag: str | None = None

    @property
    def problem(self) -> str:
        """The last part of the problem's type, or nothing."""
        kind = self.json.get("type", "") if isinstance(self.json, dict) else ""
        return str(kind).rpartition(":")[2] if self.status >= 400 else ""


class Client:
    """Sends requests from any thread; counts what it sent and how long it took."""

    def __init__(self, urls: Mapping[str, str], connections: int) -> None:
        self._urls = urls
        self._pool = urllib3.PoolManager(
            num_pools=len(urls), maxsize=connections, block=False, retries=False, timeout=_TIMEOUT
        )
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.repeated = 0

    def send(self, request: Request) -> Answer:
        """The answer, whatever its status below 500. Raises ServiceDown or Refused (500)."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        pause, failures = _FIRST_PAUSE, 0
        while True:
            answer = self._try(request)
            if answer is not None and not _is_passing(answer):
                if answer.status < 500:
                    return answer
                failures += 1
                if failures >= _ATTEMPTS_ON_500:
                    raise Refused(request, answer)
            if time.monotonic() > deadline:
                raise ServiceDown(f"{request.service} ne répond plus depuis deux minutes")
            self.repeated += 1
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def expect(self, request: Request, *statuses: int) -> Answer:
        """The answer, whose status must be one of these (2xx by default). Raises Refused."""
        answer = self.send(request)
        if answer.status in statuses or (not statuses and answer.status < 300):
            return answer
        raise Refused(request, answer)

    def _try(self, request: Request) -> Answer | None:
        started = time.perf_counter()
        try:
            response = self._pool.request(
                request.method,
                self._urls[request.service] + request.path,
                body=None if request.body is None else _encode(request.body),
                headers=_headers(request),
            )
        except (urllib3.exceptions.HTTPError, OSError):
            return None
        with self._lock:
            self.requests[request.service] += 1
            self.seconds[request.service] += time.perf_counter() - started
        return Answer(response.status, _decode(response.data), response.headers.get("ETag"))


def _is_passing(answer: Answer) -> bool:
    """Whether the same request deserves to be sent again as it is."""
    if answer.status in _UNAVAILABLE:
        return True
    is_problem = isinstance(answer.json, dict)
    return answer.status == 409 and is_problem and answer.json.get("type") == _STILL_RUNNING


def _encode(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _decode(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None


def _headers(request: Request) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {request.token}"}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    if request.key is not None:
        headers["Idempotency-Key"] = request.key
    if request.etag is not None:
        headers["If-Match"] = request.etag
    return headers
