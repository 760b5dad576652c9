"""Collective rendezvous: sessions, and each one's participation."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.rendezvous.domain.motif import Modality
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, Status


class JoinIn(Schema):
    """Who enrols."""

    personne_id = fields.uuid(
        "Personne à inscrire ; une personne n’inscrit qu’elle-même.", required=True
    )


class ParticipantOut(Schema):
    """One participation."""

    personne_id = fields.uuid("Personne.")
    status = fields.choice(Status, "État de sa participation.")
    excused = fields.flag("Absence excusée.", allow_none=True)
    cancelled_by = fields.choice(CancelledBy, "Qui l’a annulée.", allow_none=True)
    cancel_reason = fields.choice(CancelReason, "Pourquoi.", allow_none=True)


class SeatOut(Schema):
    """One participation, and where and when it is; nobody else is named."""

    participation = fields.nested(ParticipantOut, "La participation.")
    rendezvous_id = fields.uuid("Rendez-vous collectif.", attribute="rendezvous.id")
    motif = fields.code("Motif.", "ATELIER-BUDGET", attribute="rendezvous.motif")
    modality = fields.choice(Modality, "Modalité.", attribute="rendezvous.modality")
    mds = fields.code("MDS.", "MDS-MONTAUBAN", attribute="rendezvous.place.mds")
    site = fields.code("Site.", "MONTAUBAN-CENTRE", attribute="rendezvous.place.site")
    starts_at = fields.instant("Début (UTC).", attribute="rendezvous.place.starts_at")
    ends_at = fields.instant("Fin (UTC).", attribute="rendezvous.place.ends_at")


class SessionsQuery(Period):
    """Which sessions."""

    motif = fields.code("Code d’un motif collectif.", "ATELIER-BUDGET", required=True)
    site = fields.code("Site ; absent : tous.", "MONTAUBAN-CENTRE", load_default=None)


class SessionOut(Schema):
    """A collective rendezvous to enrol in; nobody is named."""

    rendezvous_id = fields.uuid("Rendez-vous collectif.", attribute="rendezvous.id")
    motif = fields.code("Motif.", "ATELIER-BUDGET", attribute="rendezvous.motif")
    modality = fields.choice(Modality, "Modalité.", attribute="rendezvous.modality")
    mds = fields.code("MDS.", "MDS-MONTAUBAN", attribute="rendezvous.place.mds")
    site = fields.code("Site.", "MONTAUBAN-CENTRE", attribute="rendezvous.place.site")
    starts_at = fields.instant("Début (UTC).", attribute="rendezvous.place.starts_at")
    ends_at = fields.instant("Fin (UTC).", attribute="rendezvous.place.ends_at")
    capacity = fields.integer("Places.", 12, attribute="rendezvous.capacity")
    seats_left = fields.integer(
        "Places qui restent, celles qui sont gardées pour la liste d’attente exceptées ; "
        "0 : complet.",
        4,
    )


class SessionsOut(Schema):
    """Sessions, soonest first."""

    sessions = fields.many(SessionOut, "Sessions à venir (200 au plus).")
