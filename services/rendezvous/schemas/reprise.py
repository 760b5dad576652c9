"""The rendezvous of an absence: what is affected, proposed, decided, done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, pre_dump, validates_schema

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.domain.remplacement import Rule
from services.rendezvous.domain.rendezvous import MAX_AGENTS
from services.rendezvous.domain.reprise import Act, Decision, LineState
from services.rendezvous.schemas.rendezvous import RendezvousLine

MAX_DECISIONS = 500
_REFUSAL = "Pourquoi ce n’est pas fait : code du problème qu’aurait reçu un déplacement seul."


class DecisionIn(Schema):
    """What is to be done with one rendezvous."""

    rendezvous_id = fields.uuid("Rendez-vous touché.", required=True)
    act = fields.choice(
        Act,
        "REASSIGN : même heure, un remplaçant ; MOVE : une autre heure ; CANCEL : annuler pour "
        "absence de l’agent ; LEAVE : laisser tel quel.",
        required=True,
    )
    agent_id = fields.uuid(
        "Remplaçant de l’agent absent (REASSIGN : obligatoire ; MOVE : absent, mêmes agents)."
    )
    starts_at = fields.instant("Nouveau début (MOVE).", "2023-01-16T10:00:00+01:00")
    outside_opening = fields.flag("Hors plage d’ouverture (enregistré).", load_default=False)

    @validates_schema
    def _fits(self, data: Mapping[str, Any], **_: Any) -> None:
        act = data["act"]
        for name, needed, allowed in (
            ("agent_id", act is Act.REASSIGN, act in (Act.REASSIGN, Act.MOVE)),
            ("starts_at", act is Act.MOVE, act is Act.MOVE),
        ):
            if needed and name not in data:
                raise ValidationError(f"Obligatoire pour {act}.", name)
            if name in data and not allowed:
                raise ValidationError(f"Sans objet pour {act}.", name)

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Decision:
        return Decision(**data)


class RepriseIn(Schema):
    """Decisions, the rule, or both."""

    decisions = fields.many(
        DecisionIn, "Décisions, une par rendez-vous.", most=MAX_DECISIONS, load_default=list
    )
    auto = fields.flag(
        "Pour tous les autres rendez-vous touchés : la première proposition du moment.",
        load_default=False,
    )

    @validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        named = [decision.rendezvous_id for decision in data["decisions"]]
        if not named and not data["auto"]:
            raise ValidationError("Donnez des décisions, ou bien auto.", "decisions")
        if len(set(named)) < len(named):
            raise ValidationError("Une seule décision par rendez-vous.", "decisions")


class ProposalOut(Schema):
    """One way out, explained."""

    act = fields.choice(Act, "Ce qui serait fait.")
    rule = fields.choice(Rule, "La règle qui le propose.")
    why = fields.text("La règle, en clair.", "Même site et même profession.")
    agent_id = fields.uuid("Remplaçant ; null : personne.", allow_none=True)
    agent_ids = fields.uuids("Agents qui recevraient, le principal d’abord.", most=MAX_AGENTS)
    starts_at = fields.instant("Début (UTC).", "2023-01-09T09:00:00+00:00", allow_none=True)
    ends_at = fields.instant("Fin (UTC).", "2023-01-09T09:45:00+00:00", allow_none=True)
    load_minutes = fields.integer(
        "Minutes de rendez-vous du remplaçant cette semaine-là.",
        240,
        attribute="load",
        allow_none=True,
    )


class AffectedRendezvous(Schema):
    """A rendezvous an absence falls on."""

    rendezvous = fields.nested(RendezvousLine, "Le rendez-vous, tel que vous pouvez le voir.")
    actionable = fields.flag(
        "Vous pouvez décider. Sinon il est réservé à qui a accès à la fiche : sans proposition.",
        example=True,
    )
    proposals = fields.many(ProposalOut, "Propositions, la première est celle de la règle.")
    state = fields.choice(LineState, "Où il en est dans la reprise.", allow_none=True)
    refusal = fields.text(_REFUSAL, "creneau-pris", allow_none=True)

    @pre_dump
    def _flatten(self, one: Any, **_: Any) -> dict[str, Any]:
        decided = one.decided
        return {
            **vars(one),
            "state": decided.state if decided else None,
            "refusal": decided.refusal if decided else None,
        }


class RepriseLineOut(Schema):
    """One rendezvous of a reprise."""

    rendezvous_id = fields.uuid("Rendez-vous.")
    state = fields.choice(
        LineState,
        "TODO : à son tour ; DONE : fait ; REFUSED : à redécider ; LEFT : laissé tel quel ; "
        "STOPPED : arrêté avec l’absence.",
    )
    auto = fields.flag("Laissé à la règle.")
    act = fields.choice(Act, "Décision ; null : la règle n’a pas encore choisi.", allow_none=True)
    agent_id = fields.uuid("Remplaçant.", allow_none=True)
    starts_at = fields.instant("Nouveau début (UTC).", allow_none=True)
    outside_opening = fields.flag("Hors plage d’ouverture.")
    refusal = fields.text(_REFUSAL, "creneau-pris", allow_none=True)
    decided_at = fields.instant("Décidé le (UTC).")
    settled_at = fields.instant("Fait, refusé, laissé ou arrêté le (UTC).", allow_none=True)


class RepriseOut(Schema):
    """Where a reprise is."""

    reprise_id = fields.uuid("Identifiant.", attribute="reprise.id")
    absence_id = fields.uuid(
        "Absence ; null : l’agent a quitté la MDS.", attribute="reprise.absence_id", allow_none=True
    )
    mds_left = fields.code(
        "MDS que l’agent a quittée ; null : il est absent.",
        "MDS-MONTAUBAN",
        attribute="reprise.mds_left",
        allow_none=True,
    )
    agent_id = fields.uuid("Agent absent ou parti.", attribute="reprise.agent_id")
    launched_at = fields.instant("Lancée le (UTC).", attribute="reprise.launched_at")
    stopped_at = fields.instant(
        "Arrêtée avec l’absence le (UTC).", attribute="reprise.stopped_at", allow_none=True
    )
    todo = fields.integer("Lignes à leur tour.", 3)
    done = fields.integer("Lignes faites.", 26)
    refused = fields.integer("Lignes refusées, à redécider.", 1)
    left = fields.integer("Lignes laissées telles quelles.", 0)
    stopped = fields.integer("Lignes arrêtées avec l’absence.", 0)
    undecided = fields.integer("Rendez-vous touchés dont rien n’est décidé.", 0)
    lines = fields.many(RepriseLineOut, "Lignes, dans l’ordre des décisions.")

    @pre_dump
    def _counted(self, progress: Any, **_: Any) -> dict[str, Any]:
        counts = {state.value.lower(): progress.counts[state] for state in LineState}
        return {**vars(progress), **counts}


class DepartPath(Schema):
    """Which MDS, in the address."""

    mds = fields.code("Code de la MDS que l’agent quitte.", "MDS-MONTAUBAN", required=True)


class DepartOut(Schema):
    """An agent who leaves an MDS and still has rendezvous there."""

    agent_id = fields.uuid("Agent.", attribute="away.agent_id")
    from_at = fields.instant(
        "À partir de quand ses rendez-vous sont à reprendre (UTC) ; au plus tôt maintenant.",
        "2023-02-01T23:00:00+00:00",
        attribute="away.during.start",
    )
    back_at = fields.instant(
        "Retour connu dans la MDS (UTC) ; null : aucun.", attribute="away.back_at", allow_none=True
    )
    affected = fields.integer("Rendez-vous qu’il y a encore après son départ.", 12)


class DepartsOut(Schema):
    """Who leaves, soonest first."""

    departs = fields.many(DepartOut, "Agents partis ou sur le départ, le plus tôt d’abord.")
