"""SMS over a provider's HTTP API. The contract, for any provider or a gateway before one:

    POST <SMS_URL>
    Authorization: Bearer <SMS_TOKEN>
    Content-Type: application/json
    Idempotency-Key: <message id>
    {"to": "+33639980001", "from": "INFO", "text": "…", "reference": "<message id>"}

| Answer | Meaning |
|---|---|
| 200, 201, 202 `{"id": "…"}` | accepted; the same key later gives the same answer, sends nothing |
| 400, 404, 410, 422 | refused for good; `{"code": "CONTENT"}` blames the text, else the number |
| 401, 403 | our token or settings: wait until they are mended |
| 409 | the same key is being worked on: ask again |
| 429 | too fast: wait `Retry-After` seconds |
| 5xx, no answer | wait |

The provider reports delivery to `POST /v1/receipts` (see `service/messages.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

import urllib3

from services.notifications.channels import Accepted, Later, Letter, Outcome, Refused
from services.notifications.domain.reasons import DeferralReason, FailureReason
from services.notifications.settings import Settings

#: For the whole call.
TIMEOUT_SECONDS = 5.0
_ACCEPTED = frozenset({200, 201, 202})
_REFUSED = frozenset({400, 404, 410, 422})
_MISCONFIGURED = frozenset({401, 403})
_MAX_RETRY_AFTER = timedelta(hours=1)


@dataclass
class SmsSender:
    """Sends SMS through one provider, over a kept connection."""

    settings: Settings
    _pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(
            maxsize=1, retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS)
        ),
        init=False,
        repr=False,
    )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def send(self, letter: Letter) -> Outcome:
        """Hand over one SMS; the same message id never leaves twice."""
        document = {
            "to": letter.address,
            "from": self.settings.sms_sender,
            "text": letter.body,
            "reference": str(letter.message_id),
        }
        try:
            answer = self._pool.request(
                "POST",
                self.settings.sms_url or "",
                body=json.dumps(document).encode(),
                headers={
                    "Authorization": f"Bearer {self.settings.sms_token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": str(letter.message_id),
                },
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError):
            return Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)
        return _verdict(answer)


def _verdict(answer: Any) -> Outcome:
    status = answer.status
    if status in _ACCEPTED:
        return Accepted(reference=_member(answer, "id"))
    if status in _REFUSED:
        is_content = _member(answer, "code") == "CONTENT"
        return Refused(
            reason=FailureReason.CONTENT_REFUSED if is_content else FailureReason.RECIPIENT_REFUSED
        )
    if status == 409:
        return Later(reason=DeferralReason.PROVIDER_UNAVAILABLE, closes=False)
    if status == 429:
        return Later(
            reason=DeferralReason.PROVIDER_THROTTLED,
            retry_after=_retry_after(answer.headers.get("Retry-After")),
        )
    if status in _MISCONFIGURED or 300 <= status < 400:
        return Later(reason=DeferralReason.PROVIDER_MISCONFIGURED)
    return Later(reason=DeferralReason.PROVIDER_UNAVAILABLE)


def _member(answer: Any, name: str) -> str | None:
    """A member of the JSON answer, if there is one: a body we cannot read changes no verdict."""
    try:
        value = json.loads(answer.data)[name]
    except (ValueError, KeyError, TypeError):
        return None
    return str(value)[:200]


def _retry_after(header: str | None) -> timedelta | None:
    if header is None or not header.strip().isdigit():
        return None
    return min(timedelta(seconds=int(header.strip()[:6])), _MAX_RETRY_AFTER)
