"""Facts a service publishes, and the CloudEvents envelope they travel in.

A fact is a frozen dataclass with an explicit name and version, so that renaming a class never
changes the wire. The envelope is CloudEvents 1.0 in structured JSON, serialised here and
nowhere else (kombu's own JSON revives Python types, which no partner can read).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, ClassVar, Self
from uuid import UUID

CONTENT_TYPE = "application/cloudevents+json"
#: CloudEvents asks intermediaries to forward events up to this size, in bytes.
MAX_ENVELOPE_BYTES = 64 * 1024
TYPE_PREFIX = "fr.departement"
_TYPE = re.compile(r"fr\.departement\.([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\.v([1-9][0-9]{0,3})")
_AGGREGATE_TYPE = re.compile(r"[a-z][a-z0-9_]*")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
#: What PostgreSQL's integer holds.
MAX_VERSION = 2**31 - 1


class EventTooLarge(ValueError):
    """The envelope exceeds 64 KiB: the fact carries something it should not."""


class Unreadable(ValueError):
    """The bytes received are not one of our envelopes. The message never quotes them."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened, told to the world with ids, codes, dates and amounts only."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    #: The kind of thing it happened to, and the field that holds its id.
    aggregate: ClassVar[str]
    key: ClassVar[str]

    @classmethod
    def routing_key(cls) -> str:
        """`<fact>.v<major>`: the AMQP routing key."""
        return f"{cls.name}.v{cls.version}"

    @property
    def aggregate_id(self) -> UUID:
        """The id of the thing this happened to."""
        key: UUID = getattr(self, self.key)
        return key

    def data(self) -> dict[str, Any]:
        """The fact as plain JSON values; absent optional fields are left out."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: _plain(value) for name, value in values if value is not None}


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """Who caused what: carried by every request, event and log line."""

    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact as it travels: its envelope, read back."""

    id: UUID
    source: str
    name: str
    version: int
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int
    time: datetime
    correlation: Correlation
    data: Mapping[str, Any]

    @property
    def routing_key(self) -> str:
        """`<fact>.v<major>`."""
        return f"{self.name}.v{self.version}"

    def to_bytes(self) -> bytes:
        """The CloudEvents envelope as UTF-8 JSON. Raises EventTooLarge over 64 KiB."""
        return self._to_text().encode()

    def around_number(self) -> tuple[str, str]:
        """The envelope before and after its number, for whoever draws the number to write it in.

        Nothing before that member is free text. Raises EventTooLarge over 64 KiB.
        """
        member = f'"aggregateversion":{self.aggregate_version}'
        before, _, after = self._to_text().partition(member)
        return f'{before}"aggregateversion":', after

    def _to_text(self) -> str:
        envelope = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": f"urn:departement:service:{self.source}",
            "type": f"{TYPE_PREFIX}.{self.source}.{self.routing_key}",
            "time": _instant(self.time),
            "datacontenttype": "application/json",
            "aggregatetype": self.aggregate_type,
            "aggregateid": str(self.aggregate_id),
            "aggregateversion": self.aggregate_version,
            "correlationid": str(self.correlation.correlation_id),
            "data": self.data,
        }
        if self.correlation.causation_id:
            envelope["causationid"] = str(self.correlation.causation_id)
        if self.correlation.traceparent:
            envelope["traceparent"] = self.correlation.traceparent
        text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
        size = len(text.encode())
        if size > MAX_ENVELOPE_BYTES:
            raise EventTooLarge(f"{self.routing_key}: {size} bytes")
        return text

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Read an envelope; raises Unreadable for anything that is not exactly one of ours."""
        if len(body) > MAX_ENVELOPE_BYTES:
            raise Unreadable("oversized")
        try:
            envelope = json.loads(
                body.decode(),
                object_pairs_hook=_no_duplicate_keys,
                parse_constant=_no_constant,
                parse_float=_finite,
            )
            return cls._from_envelope(envelope)
        except _UNREADABLE as error:
            raise Unreadable(type(error).__name__) from None

    @classmethod
    def _from_envelope(cls, envelope: Mapping[str, Any]) -> Self:
        if envelope["specversion"] != "1.0":
            raise ValueError
        source, name, major = _matched(_TYPE, envelope["type"]).groups()
        if envelope["source"] != f"urn:departement:service:{source}":
            raise ValueError
        if not isinstance(envelope["data"], dict):
            raise TypeError
        causation = envelope.get("causationid")
        return cls(
            id=UUID(envelope["id"]),
            source=source,
            name=name,
            version=int(major),
            aggregate_type=_matched(_AGGREGATE_TYPE, envelope["aggregatetype"]).group(),
            aggregate_id=UUID(envelope["aggregateid"]),
            aggregate_version=_version(envelope["aggregateversion"]),
            time=_aware(envelope["time"]),
            correlation=Correlation(
                correlation_id=UUID(envelope["correlationid"]),
                causation_id=UUID(causation) if causation else None,
                traceparent=_traceparent(envelope.get("traceparent")),
            ),
            data=envelope["data"],
        )


#: All that reading hostile bytes can raise (`datetime` overflows, `json` recurses).
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError
    return match


def _version(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MAX_VERSION:
        raise ValueError
    return value


def _traceparent(value: Any) -> str | None:
    """Decorative: what is malformed is left out, the event is kept."""
    return value if isinstance(value, str) and _TRACEPARENT.fullmatch(value) else None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case tuple() | list() | frozenset() | set():
            return [_plain(item) for item in value]
        case _:
            return value


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _no_duplicate_keys(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members = list(pairs)
    result = dict(members)
    if len(result) != len(members):
        raise ValueError
    return result


def _no_constant(_: str) -> Any:
    raise ValueError
