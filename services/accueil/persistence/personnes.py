"""Personnes in the database, and the keyed digests that find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from chassis.locks import lock_resources
from chassis.upsert import upsert
from services.accueil.domain.contact import Channel
from services.accueil.domain.doublons import Known, Signature
from services.accueil.domain.personne import Circumstance, Personne
from services.accueil.domain.recherche import FileIndex, SearchTerms, Viewer
from services.accueil.persistence import tables as t
from services.accueil.persistence.visibility import visible

_IMPORTS = "accueil.personnes"


class Personnes:
    """Rows of personne, contact_point, file_access and personne_index."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock_identities(self, keys: Iterable[str]) -> None:
        """Make two registrations of one person wait for each other; an import waits for all."""
        lock_resources(self._session, [_IMPORTS], shared=True)
        lock_resources(self._session, [f"accueil.identity:{key}" for key in keys])

    def lock_all_identities(self) -> None:
        """Keep every other registration out until this transaction ends."""
        lock_resources(self._session, [_IMPORTS])

    def add(self, personne: Personne, index: FileIndex | None) -> None:
        """Keep a new personne."""
        self._session.add(personne)
        self._session.flush()
        self.reindex(personne.personne_id, index)

    def add_many(self, files: Sequence[tuple[Personne, FileIndex | None]]) -> None:
        """Keep many new personnes in three statements."""
        columns = [column.name for column in t.personne.columns]
        self._insert(t.personne, [_values(p, columns) for p, _ in files])
        self._insert(
            t.personne_index, [_index_row(p.personne_id, i) for p, i in files if i is not None]
        )
        names = [column.name for column in t.contact_point.columns if column.name != "personne_id"]
        points = [
            _values(point, names) | {"personne_id": personne.personne_id}
            for personne, _ in files
            for point in personne.contacts
        ]
        self._insert(t.contact_point, points)

    def reindex(self, personne_id: UUID, index: FileIndex | None) -> None:
        """Replace what finds a personne; None: nothing finds them."""
        table = t.personne_index
        if index is None:
            self._session.execute(sa.delete(table).where(table.c.personne_id == personne_id))
            return
        upsert(self._session, table, _index_row(personne_id, index))

    def get(self, personne_id: UUID, *, lock: bool = False) -> Personne | None:
        """One file, locked when it is to change."""
        return self._session.get(
            Personne, personne_id, with_for_update=lock, populate_existing=lock
        )

    def visible_among(self, personne_ids: Collection[UUID], viewer: Viewer) -> dict[UUID, Personne]:
        """Of these, the files this caller may know of."""
        query = sa.select(Personne).where(
            t.personne.c.personne_id.in_(personne_ids), _visible_to(viewer)
        )
        return {p.personne_id: p for p in self._session.scalars(query)}

    def search(self, terms: SearchTerms, viewer: Viewer, limit: int) -> list[Personne]:
        """Files that fit every term; those whose words all fit by spelling come first."""
        index = t.personne_index.c
        query = sa.select(Personne).join(
            t.personne_index, index.personne_id == t.personne.c.personne_id
        )
        for word in terms.words:
            query = query.where(index.tokens.overlap(list(word)))
        if terms.born is not None:
            query = query.where(index.born == terms.born)
        for value_index in terms.contacts:
            query = query.where(_holds(value_index))
        if terms.reference is not None:
            query = query.where(t.personne.c.reference == terms.reference)
        spelled = index.tokens.contains(sa.cast([w[0] for w in terms.words], pg.ARRAY(sa.Text)))
        query = query.where(_visible_to(viewer))
        return list(
            self._session.scalars(
                query.order_by(spelled.desc(), t.personne.c.personne_id).limit(limit)
            )
        )

    def known_like(self, signatures: Collection[Signature], viewer: Viewer) -> list[Known]:
        """Files that share a birth date, a contact or a reference with any of these: 3 reads."""
        births = {s.born for s in signatures if s.born}
        contacts = {v for s in signatures for v in s.phones | s.emails}
        references = {s.reference for s in signatures if s.reference}
        found: dict[UUID, dict[str, Any]] = defaultdict(dict)
        for row in self._session.execute(_born_among(births, viewer)) if births else ():
            found[row.personne_id] |= {
                "born": row.born,
                "family": frozenset(row.family),
                "given": frozenset(row.given),
                "is_visible": row.is_visible,
            }
        for row in self._session.execute(_holders_of(contacts, viewer)) if contacts else ():
            kind = "phones" if row.channel is Channel.SMS else "emails"
            held = found[row.personne_id]
            held[kind] = held.get(kind, frozenset()) | {row.value_index}
            held["is_visible"] = row.is_visible
        for row in self._session.execute(_referred(references, viewer)) if references else ():
            found[row.personne_id] |= {"reference": row.reference, "is_visible": row.is_visible}
        return [_known(personne_id, values) for personne_id, values in found.items()]

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(sa.insert(table), rows)


def _known(personne_id: UUID, values: dict[str, Any]) -> Known:
    is_visible = values.pop("is_visible")
    return Known(personne_id=personne_id, signature=Signature(**values), is_visible=is_visible)


def _visible_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    return visible(agent_id=viewer.agent_id, sees_protected=viewer.sees_protected)


def _holds(value_index: str) -> sa.ColumnElement[bool]:
    point = t.contact_point.c
    return (
        sa.select(sa.literal(1))
        .where(point.personne_id == t.personne.c.personne_id, point.value_index == value_index)
        .correlate(t.personne)
        .exists()
    )


def _born_among(births: Collection[str], viewer: Viewer) -> sa.Select[Any]:
    index = t.personne_index
    return (
        sa.select(index, _visible_to(viewer).label("is_visible"))
        .join(t.personne, t.personne.c.personne_id == index.c.personne_id)
        .where(index.c.born.in_(births))
        .order_by(index.c.personne_id)
    )


def _holders_of(contacts: Collection[str], viewer: Viewer) -> sa.Select[Any]:
    point = t.contact_point.c
    return (
        sa.select(
            point.personne_id,
            point.channel,
            point.value_index,
            _visible_to(viewer).label("is_visible"),
        )
        .join(t.personne, t.personne.c.personne_id == point.personne_id)
        .where(
            point.value_index.in_(contacts),
            t.personne.c.circumstance != Circumstance.ACCOUCHEMENT_SECRET,
        )
        .order_by(point.personne_id)
    )


def _referred(references: Collection[str], viewer: Viewer) -> sa.Select[Any]:
    personne = t.personne.c
    return (
        sa.select(personne.personne_id, personne.reference, _visible_to(viewer).label("is_visible"))
        .where(personne.reference.in_(references))
        .order_by(personne.personne_id)
    )


def _index_row(personne_id: UUID, index: FileIndex) -> dict[str, Any]:
    return {
        "personne_id": personne_id,
        "born": index.signature.born,
        "family": sorted(index.signature.family),
        "given": sorted(index.signature.given),
        "tokens": sorted(index.tokens),
    }


def _values(item: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}
