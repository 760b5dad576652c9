"""Rendezvous, holds, agendas and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, pre_dump, validate, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.rendezvous import (
    MAX_AGENTS,
    MAX_PERSONNES,
    CancelledBy,
    CancelReason,
    Origin,
    OverrideReason,
    Status,
    Told,
)
from services.rendezvous.schemas.fermetures import FermetureOut
from services.rendezvous.schemas.participation import ParticipantOut
from services.rendezvous.schemas.planning import AbsenceOut, OpeningOut

#: What tells where a person lives, or that they are seen at home.
_HOME = ("vehicle_id", "zone", "travel_minutes")
_PLACE = ("motif", "site", "agent_ids", "starts_at")


class PlaceIn(Schema):
    """Where, when and with whom. `agent_ids`: the lead agent first."""

    motif = fields.code("Code du motif.", "ACCOMPAGNEMENT")
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")
    agent_ids = fields.uuids(
        "Agents qui reçoivent, le principal d’abord (deux pour un binôme).",
        least=1,
        most=MAX_AGENTS,
    )
    starts_at = fields.instant("Début, avec décalage, à la minute.", "2023-01-09T10:00:00+01:00")
    room_id = fields.uuid(
        "Salle du site ; absente ou null : aucune, ou la première libre si le motif en demande.",
        allow_none=True,
    )
    vehicle_id = fields.uuid("Véhicule du site ; absent ou null : de même.", allow_none=True)
    zone = fields.code(
        "Zone d’une visite à domicile ; absente : la plus éloignée du site (exemple).",
        "VALLEE",
        allow_none=True,
    )
    outside_opening = fields.flag("Hors plage d’ouverture (agents seulement ; enregistré).")
    outside_delay = fields.flag("Hors délais du motif, urgence (agents seulement ; enregistré).")


class HoldIn(PlaceIn):
    """Keep a place for five minutes (exemple)."""

    motif = fields.code("Code du motif.", "ACCOMPAGNEMENT", required=True)
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    agent_ids = fields.uuids(
        "Agents, le principal d’abord.", least=1, most=MAX_AGENTS, required=True
    )
    starts_at = fields.instant("Début.", "2023-01-09T10:00:00+01:00", required=True)


class OverrideIn(Schema):
    """Why a person is given two rendezvous at once."""

    reason = fields.choice(OverrideReason, "Raison, par code (exemple).", required=True)


_OVERRIDE = (
    "Passer outre un autre rendez-vous de la personne, en urgence : le responsable, dans sa MDS ; "
    "enregistré. Un agent ni une salle ne sont jamais pris deux fois."
)


class BookIn(PlaceIn):
    """Book directly, or from a hold."""

    hold_id = fields.uuid("Réservation provisoire à confirmer, à la place du lieu et de l’heure.")
    personne_ids = fields.uuids(
        "Personnes reçues ; vide : personne non identifiée (premier accueil seulement).",
        most=MAX_PERSONNES,
        required=True,
    )
    dossier_id = fields.uuid("Dossier social unique concerné.", load_default=None, allow_none=True)
    orientation_id = fields.uuid(
        "Orientation à laquelle il répond.", load_default=None, allow_none=True
    )
    origin = fields.choice(
        Origin,
        "Qui l’a demandé ; pris par la personne elle-même : PERSONNE.",
        load_default=None,
        allow_none=True,
    )
    aggression_risk = fields.flag(
        "Risque d’agression, pour la sécurité des agents (agents seulement).", load_default=False
    )
    override_person_overlap = fields.nested(OverrideIn, _OVERRIDE)

    @validates_schema
    def _one_form(self, data: Mapping[str, Any], **_: Any) -> None:
        placed = [name for name in PlaceIn._declared_fields if name in data]
        if "hold_id" in data and placed:
            raise ValidationError("Déjà fixé par la réservation provisoire.", placed[0])
        missing = [name for name in _PLACE if name not in data]
        if "hold_id" not in data and missing:
            raise ValidationError({name: ["Champ obligatoire sans hold_id."] for name in missing})


class MoveIn(Schema):
    """The new place; what is absent does not change."""

    starts_at = fields.instant("Nouveau début.", "2023-01-10T10:00:00+01:00", required=True)
    agent_ids = fields.uuids("Nouveaux agents.", least=1, most=MAX_AGENTS)
    site = fields.code("Nouveau site.", "MONTAUBAN-CENTRE")
    room_id = fields.uuid(
        "Nouvelle salle ; null : sans salle, ou la première libre si le motif en demande.",
        allow_none=True,
    )
    vehicle_id = fields.uuid("Nouveau véhicule ; null : de même.", allow_none=True)
    zone = fields.code("Nouvelle zone d’une visite à domicile.", "VALLEE", allow_none=True)
    outside_opening = fields.flag("Hors plage d’ouverture (agents seulement ; enregistré).")
    outside_delay = fields.flag("Hors délais du motif, urgence (agents seulement ; enregistré).")
    override_person_overlap = fields.nested(OverrideIn, _OVERRIDE)


class LateIn(Schema):
    """The person is late."""

    minutes = fields.integer("Retard annoncé ou constaté.", 15, least=1, most=240, required=True)


class MarksIn(Schema):
    """What agents note for one another; what is absent does not change."""

    origin = fields.choice(Origin, "Qui l’a demandé ; null : on ne sait pas.", allow_none=True)
    aggression_risk = fields.flag("Risque d’agression, pour la sécurité des agents.")

    @validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Donnez origin ou aggression_risk.")


class CancelIn(Schema):
    """Who gives it up, and why."""

    by = fields.choice(
        CancelledBy,
        "Qui annule (PERSONNE ou AGENT) ; une personne annule toujours pour elle-même.",
        load_default=CancelledBy.AGENT,
        validate=validate.OneOf([CancelledBy.PERSONNE, CancelledBy.AGENT]),
    )
    reason = fields.choice(CancelReason, "Raison, par code.", load_default=CancelReason.OTHER)


class MissIn(Schema):
    """The person did not come."""

    excused = fields.flag("La personne a prévenu.", required=True)


class RendezvousOut(Schema):
    """A rendezvous as its agents and the person see it."""

    rendezvous_id = fields.uuid("Identifiant.", attribute="id")
    status = fields.choice(Status, "État.")
    personne_ids = fields.uuids("Personnes reçues.", most=MAX_PERSONNES)
    mds = fields.code("MDS (territoire où il se tient).", "MDS-MONTAUBAN", attribute="place.mds")
    site = fields.code("Site.", "MONTAUBAN-CENTRE", attribute="place.site")
    agent_ids = fields.uuids("Agents.", most=MAX_AGENTS, attribute="place.agent_ids")
    room_id = fields.uuid("Salle.", attribute="place.room_id", allow_none=True)
    vehicle_id = fields.uuid("Véhicule.", attribute="place.vehicle_id", allow_none=True)
    zone = fields.code(
        "Zone de la visite à domicile.", "VALLEE", attribute="place.zone", allow_none=True
    )
    travel_minutes = fields.integer(
        "Minutes de trajet, aller, comptées autour du rendez-vous.",
        0,
        attribute="place.travel_minutes",
    )
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    kind = fields.choice(Kind, "Type.")
    modality = fields.choice(Modality, "Modalité.")
    discreet = fields.flag("Motif discret.")
    starts_at = fields.instant(
        "Début (UTC).", "2023-01-09T09:00:00+00:00", attribute="place.starts_at"
    )
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T09:45:00+00:00", attribute="place.ends_at")
    outside_opening = fields.flag("Pris hors plage.", attribute="place.outside_opening")
    outside_delay = fields.flag("Pris hors délais.", attribute="place.outside_delay")
    dossier_id = fields.uuid("Dossier.", allow_none=True)
    orientation_id = fields.uuid("Orientation.", allow_none=True)
    cancelled_by = fields.choice(CancelledBy, "Qui a annulé.", allow_none=True)
    cancel_reason = fields.choice(CancelReason, "Pourquoi.", allow_none=True)
    excused = fields.flag("Absence excusée.", allow_none=True)
    capacity = fields.integer("Places : 1, individuel ; plus, collectif.", 1)
    version = fields.version()


#: What agents decide among themselves: not told to the person.
_AMONG_AGENTS = ("origin", "late_minutes", "override_reason", "override_by", "override_at")


class RendezvousLine(RendezvousOut):
    """A rendezvous as one caller reads it; a masked one tells only that the time is taken."""

    instructions = fields.text(
        "Consignes du motif à la date du rendez-vous ; absentes des agendas et des semaines.",
        "Apportez une pièce d’identité.",
        least=0,
    )
    masked = fields.flag("Motif discret ou fiche protégée : détails réservés aux agents concernés.")
    seats_left = fields.integer(
        "Collectif : places qui restent, celles gardées pour la liste d’attente exceptées.",
        4,
    )
    participants = fields.many(
        ParticipantOut,
        "Collectif : ceux que l’appelant peut connaître ; pour une personne, elle seule.",
    )
    origin = fields.choice(Origin, "Qui l’a demandé (agents).", allow_none=True)
    aggression_risk = fields.flag(
        "Risque d’agression : dit aux agents qui reçoivent et à ceux qui planifient pour la MDS."
    )
    late_minutes = fields.integer(
        "Retard de la personne, en minutes (agents).", 15, allow_none=True
    )
    override_reason = fields.choice(
        OverrideReason, "Pris malgré un autre rendez-vous de la personne (agents).", allow_none=True
    )
    override_by = fields.text("Par qui.", "agent-7", allow_none=True)
    override_at = fields.instant("Quand (UTC).", allow_none=True)

    @pre_dump
    def _flatten(self, line: Any, **_: Any) -> dict[str, Any]:
        shown = line.rendezvous
        if line.masked:
            kept = {name: getattr(shown, name) for name in ("id", "status", "version")}
            place = {name: value for name, value in vars(shown.place).items() if name not in _HOME}
            return kept | {"place": place, "masked": True}
        kept = {**vars(shown), "masked": False, "personne_ids": line.personne_ids}
        if line.instructions is not None:
            kept["instructions"] = line.instructions
        if shown.is_collective:
            kept |= {"seats_left": line.seats_left, "participants": line.participations}
        hidden = set(_AMONG_AGENTS if line.is_own else ())
        hidden |= set() if line.marked else {"aggression_risk"}
        return {name: value for name, value in kept.items() if name not in hidden}


class AgendaOut(Schema):
    """An agent's agenda over a span of days."""

    rendezvous = fields.many(RendezvousLine, "Rendez-vous.")
    openings = fields.many(OpeningOut, "Plages.")
    absences = fields.many(AbsenceOut, "Absences.")
    fermetures = fields.many(FermetureOut, "Fermetures de son site, ou d’où il est ouvert.")


class HoldOut(Schema):
    """A place kept."""

    hold_id = fields.uuid("Identifiant de la réservation provisoire.", attribute="id")
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    site = fields.code("Site.", "MONTAUBAN-CENTRE", attribute="place.site")
    agent_ids = fields.uuids("Agents.", most=MAX_AGENTS, attribute="place.agent_ids")
    room_id = fields.uuid("Salle.", attribute="place.room_id", allow_none=True)
    vehicle_id = fields.uuid("Véhicule.", attribute="place.vehicle_id", allow_none=True)
    starts_at = fields.instant(
        "Début (UTC).", "2023-01-09T09:00:00+00:00", attribute="place.starts_at"
    )
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T09:45:00+00:00", attribute="place.ends_at")
    expires_at = fields.instant("Gardée jusqu’à (UTC).", "2023-01-05T09:05:00+00:00")


class StateOut(Schema):
    """What another service re-checks before acting."""

    rendezvous_id = fields.uuid("Identifiant.", attribute="id")
    status = fields.choice(Status, "État.")
    personne_ids = fields.uuids("Personnes.", most=MAX_PERSONNES)
    mds = fields.code("MDS.", "MDS-MONTAUBAN", attribute="place.mds")
    site = fields.code("Site.", "MONTAUBAN-CENTRE", attribute="place.site")
    modality = fields.choice(Modality, "Modalité.")
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    discreet = fields.flag("Motif discret.")
    starts_at = fields.instant(
        "Début (UTC).", "2023-01-09T09:00:00+00:00", attribute="place.starts_at"
    )
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T09:45:00+00:00", attribute="place.ends_at")
    instructions = fields.text(
        "Consignes qu’un message peut dire ; aucune d’un motif discret.",
        "Apportez une pièce d’identité.",
        least=0,
    )
    version = fields.version("Version.")

    @pre_dump
    def _flatten(self, told: Told, **_: Any) -> dict[str, Any]:
        return vars(told.rendezvous) | {"instructions": told.instructions}


class StatesIn(Schema):
    """Which rendezvous."""

    rendezvous_ids = fields.uuids("Jusqu’à 200 identifiants.", least=1, most=200, required=True)


class StatesOut(Schema):
    """States of those that exist."""

    rendezvous = fields.many(StateOut, "États ; les inconnus sont absents.")
