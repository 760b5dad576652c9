"""What a service listens to: one table of handlers per service, read by relay and inbox alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from chassis.errors import Rejected
from chassis.events import Event

#: (unit of work, data read through the schema, the whole event)
Handler = Callable[[Any, dict[str, Any], Event], None]


class FactSchema(Schema):
    """A tolerant reader: declares the fields it needs, ignores the rest."""

    class Meta:
        unknown = EXCLUDE


@dataclass(frozen=True)
class _Subscription:
    handler: Handler
    schema: Schema


@dataclass
class Subscriptions:
    """The facts one service reacts to, and the aggregates whose order it follows."""

    service: str
    _handlers: dict[tuple[str, str], _Subscription] = field(default_factory=dict)
    _followed: set[tuple[str, str]] = field(default_factory=set)
    _follows_all: bool = False

    def on(
        self, source: str, routing_key: str, *, of: str, reads: type[FactSchema]
    ) -> Callable[[Handler], Handler]:
        """React to `<source>`'s fact `<name>.v<major>` about aggregates of type `of`."""

        def register(handler: Handler) -> Handler:
            self._handlers[source, routing_key] = _Subscription(handler, reads())
            self._followed.add((source, of))
            return handler

        return register

    def on_everything(self, sources: tuple[str, ...], handler: Handler) -> None:
        """React to every fact of these sources, known or yet to come."""
        self._follows_all = True
        for source in sources:
            self._handlers[source, "*"] = _Subscription(handler, FactSchema())

    @property
    def sources(self) -> tuple[str, ...]:
        """The services listened to."""
        return tuple(sorted({source for source, _ in self._handlers}))

    @property
    def routing_keys(self) -> tuple[tuple[str, str], ...]:
        """(source, routing key) of every fact with a handler."""
        return tuple(sorted(self._handlers))

    @property
    def followed(self) -> tuple[tuple[str, str], ...]:
        """(source, aggregate type) kept in order; `*` stands for every type of a source."""
        if self._follows_all:
            return tuple((source, "*") for source in self.sources)
        return tuple(sorted(self._followed))

    def follows(self, source: str, aggregate_type: str) -> bool:
        """Whether events of this aggregate type are kept, in order, by this service."""
        if self._follows_all:
            return source in self.sources
        return (source, aggregate_type) in self._followed

    def schema_of(self, source: str, routing_key: str) -> Schema | None:
        """The tolerant schema this service reads the fact with, if it uses it."""
        subscription = self._find(source, routing_key)
        return subscription.schema if subscription else None

    def apply(self, uow: Any, event: Event) -> None:
        """Run the handler, if any; a fact without one only advances its aggregate."""
        subscription = self._find(event.source, event.routing_key)
        if subscription is None:
            return
        subscription.handler(uow, _read(subscription.schema, event), event)

    def _find(self, source: str, routing_key: str) -> _Subscription | None:
        return self._handlers.get((source, routing_key)) or self._handlers.get((source, "*"))


def _read(schema: Schema, event: Event) -> dict[str, Any]:
    if not schema.fields:
        return dict(event.data)
    try:
        return dict(schema.load(event.data))
    except ValidationError as error:
        raise Rejected(f"contrat: {sorted(error.messages_dict)}") from None
