"""The waiting list, and the offers made to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, pre_dump, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.attente import (
    AttenteReason,
    AttenteStatus,
    HalfDay,
    Priority,
    PriorityReason,
)
from services.rendezvous.domain.motif import Modality
from services.rendezvous.domain.offre import OffreStatus
from services.rendezvous.domain.rendezvous import MAX_AGENTS, MAX_PERSONNES

_WHERE = ("agent_id", "site", "mds", "session_id")


class AttenteIn(Schema):
    """Ask to be called when a time frees."""

    personne_ids = fields.uuids(
        "Personnes à recevoir ensemble ; une seule pour un motif collectif.",
        least=1,
        most=MAX_PERSONNES,
        required=True,
    )
    motif = fields.code("Code du motif.", "ACCOMPAGNEMENT", required=True)
    mds = fields.code(
        "N’importe où dans cette MDS (donnez mds, site, agent_id ou session_id, un seul).",
        "MDS-MONTAUBAN",
    )
    site = fields.code("Sur ce site seulement.", "MONTAUBAN-CENTRE")
    agent_id = fields.uuid("Avec cet agent seulement, où qu’il reçoive.")
    session_id = fields.uuid("D’un motif collectif : une place de cette session seulement.")
    from_on = fields.day(
        "Premier jour qui convient ; absent : aujourd’hui.", load_default=None, allow_none=True
    )
    until_on = fields.day("Dernier jour qui convient.", "2023-03-31", required=True)
    half_days = fields.choices(
        HalfDay,
        "Demi-journées possibles (AM : début avant midi) ; vide : toutes.",
        load_default=list,
        most=len(HalfDay),
    )
    priority = fields.choice(
        Priority, "Priorité ; seul un agent dit URGENT.", load_default=Priority.NORMAL
    )
    priority_reason = fields.choice(
        PriorityReason, "Pourquoi c’est urgent, par code.", load_default=None, allow_none=True
    )
    rendezvous_id = fields.uuid(
        "Rendez-vous déjà pris, à avancer si possible : accepter le déplace.",
        load_default=None,
        allow_none=True,
    )
    dossier_id = fields.uuid("Dossier social unique concerné.", load_default=None, allow_none=True)
    orientation_id = fields.uuid(
        "Orientation à laquelle il répond.", load_default=None, allow_none=True
    )

    @validates_schema
    def _one_place(self, data: Mapping[str, Any], **_: Any) -> None:
        if len([name for name in _WHERE if name in data]) != 1:
            raise ValidationError("Donnez mds, site, agent_id ou session_id : un seul.", "mds")

    @validates_schema
    def _urgent_with_a_reason(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["priority"] is Priority.URGENT) != (data["priority_reason"] is not None):
            raise ValidationError("Une raison si URGENT, et seulement alors.", "priority_reason")


class AttenteOut(Schema):
    """An entry as one caller reads it; a masked one keeps its rank and tells nothing else."""

    attente_id = fields.uuid("Identifiant.")
    status = fields.choice(AttenteStatus, "État.")
    reason = fields.choice(AttenteReason, "Pourquoi elle a pris fin.", allow_none=True)
    masked = fields.flag("Motif discret ou fiche protégée : détails réservés.")
    rank = fields.integer(
        "Rang parmi ceux qui attendent ce motif dans la MDS ; dans la liste d’une MDS seulement.",
        1,
        allow_none=True,
    )
    personne_ids = fields.uuids("Personnes ; à une personne, elle seule.", most=MAX_PERSONNES)
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    mds = fields.code("MDS dont c’est la liste.", "MDS-MONTAUBAN")
    site = fields.code("Site demandé.", "MONTAUBAN-CENTRE", allow_none=True)
    agent_id = fields.uuid("Agent demandé.", allow_none=True)
    from_on = fields.day("Premier jour.")
    until_on = fields.day("Dernier jour.", "2023-03-31")
    half_days = fields.choices(HalfDay, "Demi-journées ; vide : toutes.", most=len(HalfDay))
    priority = fields.choice(Priority, "Priorité.", "NORMAL")
    priority_reason = fields.choice(PriorityReason, "Raison de l’urgence.", allow_none=True)
    rendezvous_id = fields.uuid("Rendez-vous à avancer.", allow_none=True)
    session_id = fields.uuid("Session collective attendue, si c’est celle-là.", allow_none=True)
    obtained_id = fields.uuid("Rendez-vous obtenu.", allow_none=True)
    dossier_id = fields.uuid("Dossier.", allow_none=True)
    orientation_id = fields.uuid("Orientation.", allow_none=True)
    registered_at = fields.instant("Inscrite le (UTC).")
    queued_at = fields.instant("Sa place compte depuis (UTC).")
    passes = fields.integer("Propositions refusées ou restées sans réponse.", 0)
    offer_id = fields.uuid("Proposition en cours.", allow_none=True)
    version = fields.version("Version.")

    @pre_dump
    def _flatten(self, line: Any, **_: Any) -> dict[str, Any]:
        entry = line.attente
        shown = {
            "attente_id": entry.id,
            "status": entry.status,
            "rank": line.rank,
            "masked": line.masked,
            "mds": entry.where.mds,
            "version": entry.version,
        }
        if line.masked:
            return shown
        parts = {**vars(entry.where), **vars(entry.wanted), **vars(entry.links)}
        own = {"personne_ids": line.personne_ids, "offer_id": line.offer_id}
        return {**vars(entry), **parts, **shown, **own}


class AttentesQuery(Schema):
    """Which list."""

    mds = fields.code("MDS.", "MDS-MONTAUBAN", required=True)
    motif = fields.code("Ce motif seulement.", "ACCOMPAGNEMENT", load_default=None)


class AttentesOut(Schema):
    """A person's entries."""

    attentes = fields.many(AttenteOut, "Inscriptions, de la plus récente à la plus ancienne.")


class OffreOut(Schema):
    """A freed time or a seat offered to an entry; masked, it tells only when, and until when."""

    offer_id = fields.uuid("Identifiant.")
    attente_id = fields.uuid("Inscription à laquelle elle est faite.")
    status = fields.choice(OffreStatus, "État.")
    masked = fields.flag("Motif discret : détails réservés.")
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    modality = fields.choice(Modality, "Modalité.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    agent_ids = fields.uuids("Agents.", most=MAX_AGENTS)
    starts_at = fields.instant("Début (UTC).", "2023-01-09T09:00:00+00:00")
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T09:45:00+00:00")
    expires_at = fields.instant("À accepter avant (UTC).", "2023-01-05T13:00:00+00:00")
    rendezvous_id = fields.uuid("Rendez-vous obtenu, une fois acceptée.", allow_none=True)
    session_id = fields.uuid("D’une place : la session collective où elle est.", allow_none=True)

    @pre_dump
    def _flatten(self, line: Any, **_: Any) -> dict[str, Any]:
        offer = line.offre
        whole = {**vars(offer.place), **vars(offer), "offer_id": offer.id, "masked": line.masked}
        if not line.masked:
            return whole
        kept = ("offer_id", "attente_id", "status", "masked", "starts_at", "ends_at", "expires_at")
        return {name: whole[name] for name in kept}


class OfferStateOut(Schema):
    """What another service re-checks before acting."""

    offer_id = fields.uuid("Identifiant.", attribute="id")
    status = fields.choice(OffreStatus, "État.")
    starts_at = fields.instant(
        "Début (UTC).", "2023-01-09T09:00:00+00:00", attribute="place.starts_at"
    )
    expires_at = fields.instant("À accepter avant (UTC).", "2023-01-05T13:00:00+00:00")


class OfferStatesIn(Schema):
    """Which offers."""

    offer_ids = fields.uuids("Jusqu’à 200 identifiants.", least=1, most=200, required=True)


class OfferStatesOut(Schema):
    """States of those that exist."""

    offers = fields.many(OfferStateOut, "États ; les inconnues sont absentes.")
