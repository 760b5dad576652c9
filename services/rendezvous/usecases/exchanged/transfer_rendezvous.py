"""Takes over one rendezvous: to come, by the rules of every day; ended, as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC
from functools import partial
from typing import Any

from services import roles
from services.rendezvous.domain.booking import Ground, Wish, check_personnes, place_of
from services.rendezvous.domain.errors import SlotTaken
from services.rendezvous.domain.history import (
    History,
    history,
    motif_told,
    overridden,
    past_claims,
    past_place,
    place_told,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Claim
from services.rendezvous.domain.rendezvous import Place, Status
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.domain.transfer import Made, personnes_of, tell_nothing
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.booking import store
from services.rendezvous.usecases.booked.seating import read_ground, seat_of, take_or_refuse
from services.rendezvous.usecases.waiting.freeing import seat_left, wait_may_end

#: Who takes over: an operator, for all MDS.
_OPERATOR = Viewer(
    subject="import", roles=roles.AGENTS, agent_id=None, personne_id=None, mds=frozenset()
)
_WISH = tuple(one.name for one in fields(Wish) if one.name not in ("kept", "override"))


def import_rendezvous(uow: UnitOfWork, values: Mapping[str, Any]) -> Made:
    """To come: booked as by an agent, and told. Ended: written as it was, and told to nobody."""
    wish = _wish(values)
    ground = read_ground(uow, wish, personnes_of(values), dossier_id=values["dossier_id"])
    motif = motif_told(wish, ground, values)
    ground = replace(ground, motif=motif)
    if values["status"] is Status.BOOKED:
        return _to_come(uow, wish, motif, ground, values)
    place = past_place(wish, motif, ground, values)
    made = history(values["id"], motif, place, ground, values, now=uow.now)
    if not uow.agendas.add(made.rendezvous, past_claims(made.rendezvous)):
        raise SlotTaken("Un agent, la salle, le véhicule ou la personne est déjà pris alors.")
    uow.participations.save(*made.participations)
    return made.rendezvous.id, tell_nothing


def _to_come(
    uow: UnitOfWork, wish: Wish, motif: Motif, ground: Ground, values: Mapping[str, Any]
) -> Made:
    """The motif's delay alone is not looked at: it was agreed elsewhere, in time or not."""
    _, place = place_of(wish, ground, _OPERATOR, now=uow.now, delay_met=True)
    place = place_told(place, motif, values)
    made = history(values["id"], motif, place, ground, values, now=uow.now)
    personne_ids = made.rendezvous.personne_ids
    check_personnes(personne_ids, motif, ground, _OPERATOR)
    seat = seat_of(
        wish,
        motif,
        place,
        ground,
        personne_ids=personne_ids,
        override=values["override_reason"] is not None,
    )
    take_or_refuse(uow, seat, partial(_store, uow, made), locked=True)
    uow.participations.save(*made.participations)
    return made.rendezvous.id, partial(_tell, uow, made)


def _store(uow: UnitOfWork, made: History, place: Place, claims: list[Claim]) -> bool:
    return store(uow, made.rendezvous, place, overridden(made.rendezvous, claims))


def _tell(uow: UnitOfWork, made: History) -> None:
    uow.publish(*made.facts)
    wait_may_end(uow, made.rendezvous)
    seat_left(uow, made.rendezvous)


def _wish(values: Mapping[str, Any]) -> Wish:
    given = {name: values[name] for name in _WISH}
    starts_at = values["starts_at"].astimezone(UTC)
    return Wish(**given | {"agent_ids": tuple(given["agent_ids"]), "starts_at": starts_at})
