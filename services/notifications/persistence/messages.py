"""Messages in the database: planned once, claimed by one sender, settled by that sender alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.notifications.domain.message import (
    Channel,
    Message,
    Modality,
    Status,
    SubjectType,
    Template,
)
from services.notifications.domain.reasons import DropReason
from services.notifications.persistence.tables import message, receipt

_FIELDS = tuple(field.name for field in fields(Message))
_COLUMNS = tuple(message.c[name] for name in _FIELDS)
_ENUMS: Mapping[str, type[Any]] = {
    "subject_type": SubjectType,
    "template": Template,
    "status": Status,
    "modality": Modality,
    "channel": Channel,
}
#: What a sender may change, with the type each takes in a VALUES list.
_SETTLED: Mapping[str, sa.types.TypeEngine[Any]] = {
    "status": sa.Text(),
    "reason": sa.Text(),
    "due_at": sa.DateTime(timezone=True),
    "channel": sa.Text(),
    "template_version": sa.SmallInteger(),
    "language": sa.Text(),
    "sms_parts": sa.SmallInteger(),
    "recipient_digest": sa.Text(),
    "provider_reference": sa.Text(),
    "attempts": sa.Integer(),
    "last_error": sa.Text(),
    "settled_at": sa.DateTime(timezone=True),
    "instructions": sa.Text(),
}


def _settle_statement() -> sa.Executable:
    """One array per column: the same statement, compiled once, for a batch of any size."""
    kinds = {"message_id": pg.UUID(), **_SETTLED}
    arrays = [sa.bindparam(f"new_{name}", type_=pg.ARRAY(kind)) for name, kind in kinds.items()]
    casts = [sa.cast(array, array.type) for array in arrays]
    fresh = (
        sa.func.unnest(*casts)
        .table_valued(*(sa.column(name, kind) for name, kind in kinds.items()))
        .render_derived(name="fresh")
    )
    return (
        sa.update(message)
        .where(
            message.c.message_id == fresh.c.message_id,
            message.c.claim == sa.bindparam("held_by", type_=pg.UUID()),
            message.c.status == Status.SENDING,
        )
        .values({message.c.claim: sa.null(), **{message.c[n]: fresh.c[n] for n in _SETTLED}})
        .returning(message.c.message_id)
    )


_SETTLE = _settle_statement()


def as_message(row: Any) -> Message:
    """A row of `message` as the domain sees it."""
    values = {name: getattr(row, name) for name in _FIELDS}
    for name, kind in _ENUMS.items():
        values[name] = None if values[name] is None else kind(values[name])
    return Message(**values)


class Messages:
    """The messages of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, planned: Sequence[Message]) -> set[UUID]:
        """Store what is not there yet; answers the ids that were new."""
        if not planned:
            return set()
        insert = pg.insert(message).on_conflict_do_nothing(constraint="uq_message_once")
        # One statement for any number of rows: SQLAlchemy keeps it compiled.
        added = self._session.execute(
            insert.returning(message.c.message_id), [_values(item) for item in planned]
        )
        return set(added.scalars())

    def claim(self, ids: Collection[UUID], *, claim: UUID) -> list[Message]:
        """Take these messages for one sender; what is settled or stopped is not answered."""
        rows = self._session.execute(
            sa.update(message)
            .where(
                message.c.message_id.in_(ids),
                message.c.status.in_([Status.WAITING, Status.SENDING]),
            )
            .values(status=Status.SENDING, claim=claim)
            .returning(*_COLUMNS)
        )
        return sorted(map(as_message, rows), key=lambda item: (item.due_at, item.message_id))

    def settle(self, changed: Sequence[Message], *, claim: UUID) -> set[UUID]:
        """Write what became of claimed messages; answers those this sender still held."""
        if not changed:
            return set()
        done = self._session.execute(
            _SETTLE,
            {"held_by": claim}
            | {
                f"new_{name}": [getattr(item, name) for item in changed]
                for name in ("message_id", *_SETTLED)
            },
        )
        return set(done.scalars())

    def recipients_of(self, subject_ids: Collection[UUID]) -> set[tuple[Any, ...]]:
        """Where messages about these subjects went: (subject, version, template, digest)."""
        rows = self._session.execute(
            sa.select(
                message.c.subject_id,
                message.c.subject_version,
                message.c.template,
                message.c.recipient_digest,
            ).where(
                message.c.subject_type.in_(list(SubjectType)),
                message.c.subject_id.in_(subject_ids),
                message.c.status.in_([Status.SENT, Status.DELIVERED]),
            )
        )
        return {tuple(row) for row in rows}

    def already_says(
        self, rendezvous_id: UUID, *, starts_at: datetime, site: str, modality: Modality
    ) -> bool:
        """Whether the latest messages about a rendezvous say this moment and this place."""
        latest = self._session.execute(
            sa.select(message.c.starts_at, message.c.site, message.c.modality)
            .where(
                message.c.subject_type == SubjectType.RENDEZVOUS,
                message.c.subject_id == rendezvous_id,
            )
            .order_by(message.c.subject_version.desc())
            .limit(1)
        ).one_or_none()
        return latest is not None and tuple(latest) == (starts_at, site, modality)

    def locked(self, message_id: UUID) -> Message | None:
        """One message, held until the transaction ends."""
        row = self._session.execute(
            sa.select(*_COLUMNS).where(message.c.message_id == message_id).with_for_update()
        ).one_or_none()
        return as_message(row) if row else None

    def drop_waiting_of_subject(
        self,
        subject_type: SubjectType,
        subject_id: UUID,
        *,
        before: int,
        personne_ids: Collection[UUID],
        now: datetime,
    ) -> list[Message]:
        """Supersede what older facts of a subject left waiting for these people."""
        return self._drop(
            DropReason.SUPERSEDED,
            now,
            message.c.subject_type == subject_type,
            message.c.subject_id == subject_id,
            message.c.subject_version < before,
            message.c.personne_id.in_(personne_ids),
        )

    def drop_waiting_of_personne(
        self, personne_id: UUID, *, reason: DropReason, now: datetime
    ) -> list[Message]:
        """Stop everything that waits for one person."""
        return self._drop(reason, now, message.c.personne_id == personne_id)

    def drop_expired(self, ids: Collection[UUID], *, now: datetime) -> list[Message]:
        """Drop those of these messages whose moment has passed."""
        return self._drop(
            DropReason.TOO_LATE, now, message.c.message_id.in_(ids), message.c.not_after <= now
        )

    def drop_one(self, message_id: UUID, *, reason: DropReason, now: datetime) -> list[Message]:
        """Drop one message, if it still waits."""
        return self._drop(reason, now, message.c.message_id == message_id)

    def mark_delivered(self, message_id: UUID, now: datetime) -> None:
        """The handset has it."""
        self._change(message_id, status=Status.DELIVERED, delivered_at=now)

    def mark_failed(self, message_id: UUID, reason: str) -> None:
        """It was sent, and will not arrive."""
        self._change(message_id, status=Status.FAILED, reason=reason)

    def mark_called_back(self, message_id: UUID, *, by: str, now: datetime) -> None:
        """Somebody told the person by other means."""
        self._change(message_id, called_back_at=now, called_back_by=by)

    def add_receipt(self, values: Mapping[str, Any]) -> bool:
        """Keep a receipt; False when the provider had said it before."""
        added = self._session.execute(
            pg.insert(receipt)
            .values(**values)
            .on_conflict_do_nothing(constraint="uq_receipt_once")
            .returning(receipt.c.receipt_id)
        )
        return added.scalar() is not None

    def early_receipts(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Receipts that came before the sender could say it had sent, the first of each."""
        rows = self._session.execute(
            sa.select(receipt.c.message_id, receipt.c.status)
            .where(receipt.c.message_id.in_(ids))
            .order_by(receipt.c.received_at.desc(), receipt.c.receipt_id.desc())
        )
        return {row.message_id: row.status for row in rows}

    def _drop(self, reason: DropReason, now: datetime, *where: Any) -> list[Message]:
        rows = self._session.execute(
            sa.update(message)
            .where(message.c.status == Status.WAITING, *where)
            .values(status=Status.DROPPED, reason=reason, settled_at=now)
            .returning(*_COLUMNS)
        )
        return sorted(map(as_message, rows), key=lambda item: item.message_id)

    def _change(self, message_id: UUID, **values: Any) -> None:
        self._session.execute(
            sa.update(message).where(message.c.message_id == message_id).values(**values)
        )


def _values(item: Message) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _FIELDS}
