"""Takeover (reprise) of personnes from another application, in batches, each row on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Invalid
from services.accueil.domain.doublons import Known, KnownFiles, Match, Reason, Signature
from services.accueil.domain.personne import Personne
from services.accueil.domain.recherche import FileIndex
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.access import viewer
from services.accueil.usecases.keys import file_index
from services.accueil.usecases.personnes import build, note_sharing, registered
from services.accueil.usecases.placement import Places, read_places


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row, read: its values, or what is wrong with it."""

    reference: str | None
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a row: created, duplicate (with reasons) or refused (with errors)."""

    row: int
    reference: str | None
    outcome: str
    personne_id: UUID | None = None
    reasons: Sequence[Reason] = ()
    errors: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A row that makes a sound file, if nobody has it yet."""

    row: int
    personne: Personne
    index: FileIndex | None
    values: Mapping[str, Any]


def import_personnes(uow: UnitOfWork, *, by: Caller, rows: Sequence[Row]) -> dict[str, Any]:
    """Create what is new. The same row sent again is a duplicate by its reference.

    About ten statements whatever the number of rows. A duplicate by name, birth date or contact
    is created all the same when its row says `confirm_distinct`; one by reference never is.
    """
    places = read_places(uow, [row.values.get("commune") for row in rows])
    outcomes: dict[int, Outcome] = {}
    drafts: list[_Draft] = []
    for number, row in enumerate(rows):
        made = _draft(uow, number, row, places=places, by=by)
        if isinstance(made, Outcome):
            outcomes[number] = made
        else:
            drafts.append(made)
    uow.personnes.lock_all_identities()
    created = _settle(uow, drafts, outcomes, by=by)
    for draft in created:
        note_sharing(uow, draft.personne, draft.values.get("contacts", ()))
    uow.personnes.add_many([(draft.personne, draft.index) for draft in created])
    uow.publish(*(registered(draft.personne) for draft in created))
    counts = Counter(outcome.outcome for outcome in outcomes.values())
    totals = {name: counts[name] for name in ("created", "duplicate", "refused")}
    return {"outcomes": [outcomes[n] for n in sorted(outcomes)]} | totals


def _draft(
    uow: UnitOfWork, number: int, row: Row, *, places: Places, by: Caller
) -> _Draft | Outcome:
    if row.errors:
        return _refused(number, row, row.errors)
    try:
        personne = build(uow, row.values, places=places, by=by)
    except Invalid as error:
        errors = error.errors or [{"pointer": "/", "detail": error.detail}]
        return _refused(number, row, errors)
    return _Draft(
        row=number,
        personne=personne,
        index=file_index(uow.keyring, personne),
        values=row.values,
    )


def _settle(
    uow: UnitOfWork, drafts: Sequence[_Draft], outcomes: dict[int, Outcome], *, by: Caller
) -> list[_Draft]:
    """Sort out duplicates, of files there before and of earlier rows; answers what to create."""
    signatures = [_signature(draft) for draft in drafts]
    known = KnownFiles(uow.personnes.known_like(signatures, viewer(by)))
    created = []
    for draft, signature in zip(drafts, signatures, strict=True):
        matches = _standing(known.like(signature), confirmed=draft.values["confirm_distinct"])
        if matches:
            outcomes[draft.row] = _duplicate(draft, matches)
            continue
        created.append(draft)
        known.add(Known(personne_id=draft.personne.personne_id, signature=signature))
        outcomes[draft.row] = Outcome(
            row=draft.row,
            reference=draft.personne.reference,
            outcome="created",
            personne_id=draft.personne.personne_id,
        )
    return created


def _signature(draft: _Draft) -> Signature:
    if draft.index is None:
        return Signature(reference=draft.personne.reference)
    return draft.index.signature


def _standing(matches: Sequence[Match], *, confirmed: bool) -> list[Match]:
    """The matches that stand in the way: all, or those a confirmation does not lift."""
    if not confirmed:
        return list(matches)
    return [m for m in matches if not m.is_visible or Reason.SAME_REFERENCE in m.reasons]


def _duplicate(draft: _Draft, matches: Sequence[Match]) -> Outcome:
    same = [m for m in matches if Reason.SAME_REFERENCE in m.reasons]
    match = (same or list(matches))[0]
    return Outcome(
        row=draft.row,
        reference=draft.personne.reference,
        outcome="duplicate",
        personne_id=match.personne_id if match.is_visible else None,
        reasons=match.reasons if match.is_visible else (),
    )


def _refused(number: int, row: Row, errors: Sequence[Mapping[str, str]]) -> Outcome:
    return Outcome(row=number, reference=row.reference, outcome="refused", errors=errors)
