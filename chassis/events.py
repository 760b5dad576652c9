"""Facts a service publishes, and the CloudEvents envelope they travel in.

A fact is a frozen dataclass with an explicit name and version, so that renaming a class never
changes the wire. The envelope is CloudEvents 1.0 in structured JSON, serialised here and
nowhere else (kombu's own JSON revives Python types, which no partner can read).
"""

from __future__ import annotations

import json
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
        return getattr(self, self.key)

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
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) > MAX_ENVELOPE_BYTES:
            raise EventTooLarge(f"{self.routing_key}: {len(body)} bytes")
        return body

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Read an envelope; raises Unreadable for anything that is not exactly one of ours."""
        if len(body) > MAX_ENVELOPE_BYTES:
            raise Unreadable("oversized")
        try:
            envelope = json.loads(
                body, object_pairs_hook=_no_duplicate_keys, parse_constant=_no_constant
            )
            return cls._from_envelope(envelope)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable(type(error).__name__) from None

    @classmethod
    def _from_envelope(cls, envelope: Mapping[str, Any]) -> Self:
        if envelope["specversion"] != "1.0":
            raise ValueError
        *prefix, source, name, major = envelope["type"].split(".")
        if ".".join(prefix) != TYPE_PREFIX or not major.startswith("v"):
            raise ValueError
        if envelope["source"] != f"urn:departement:service:{source}":
            raise ValueError
        aggregate_version = envelope["aggregateversion"]
        if not isinstance(aggregate_version, int) or aggregate_version < 1:
            raise ValueError
        if not isinstance(envelope["data"], dict):
            raise ValueError
        causation = envelope.get("causationid")
        return cls(
            id=UUID(envelope["id"]),
            source=source,
            name=name,
            version=int(major[1:]),
            aggregate_type=str(envelope["aggregatetype"]),
            aggregate_id=UUID(envelope["aggregateid"]),
            aggregate_version=aggregate_version,
            time=_aware(envelope["time"]),
            correlation=Correlation(
                correlation_id=UUID(envelope["correlationid"]),
                causation_id=UUID(causation) if causation else None,
                traceparent=envelope.get("traceparent"),
            ),
            data=envelope["data"],
        )


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
