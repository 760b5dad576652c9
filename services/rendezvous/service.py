"""The HTTP face of rendezvous: each route loads, calls a use case, dumps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from chassis.web.schemas import PeriodQuery
from services import roles
from services.rendezvous import usecases
from services.rendezvous.domain import errors
from services.rendezvous.domain.hold import Hold
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.planning import Room
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas import activity, motif, planning, rendezvous

_CONFIGURE = frozenset({roles.RESPONSABLE, roles.ADMIN})
_PLAN = roles.AGENTS | {roles.ADMIN}
_BOOK = roles.AGENTS | {roles.PERSONNE}
_INTERNAL = frozenset({roles.SERVICE})
_PLACE_PROBLEMS = (
    errors.SlotTaken,
    errors.NotOpen,
    errors.AgentAbsent,
    errors.OutsideDelay,
    errors.InThePast,
    errors.MotifUnknown,
    errors.AgentUnknown,
    errors.SiteUnknown,
    errors.RoomUnknown,
    errors.ProfessionNotAllowed,
    errors.NotYoursToBook,
)
_STATE_PROBLEMS = (errors.IllegalTransition, errors.RendezvousUnknown)


class RendezvousService:
    """Rendez-vous du service social."""

    name = "rendezvous"

    @route(
        "POST",
        "/v1/motifs",
        allow=_CONFIGURE,
        body=motif.MotifIn,
        reply=motif.MotifOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Motifs",
        summary="Créer un motif daté",
        problems=(errors.MotifOverlaps,),
    )
    def create_motif(self, uow: UnitOfWork, call: Call) -> Motif:
        return usecases.create_motif(uow, **call.body)

    @route(
        "GET",
        "/v1/motifs",
        allow=_BOOK | _CONFIGURE,
        query=motif.MotifsQuery,
        reply=motif.MotifsOut,
        tag="Motifs",
        summary="Motifs valides un jour donné",
    )
    def list_motifs(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"motifs": usecases.list_motifs(uow, by=call.caller, **call.query)}

    @route(
        "POST",
        "/v1/motifs/{motif_id}/end",
        allow=_CONFIGURE,
        body=motif.MotifEnd,
        reply=motif.MotifOut,
        etag=True,
        if_match=True,
        tag="Motifs",
        summary="Fixer le dernier jour d’un motif",
        problems=(errors.MotifOverlaps,),
    )
    def end_motif(self, uow: UnitOfWork, call: Call, motif_id: UUID) -> Motif:
        return usecases.end_motif(
            uow, motif_id=motif_id, expected=call.expected_version, **call.body
        )

    @route(
        "POST",
        "/v1/rooms",
        allow=_CONFIGURE | {roles.SECRETAIRE},
        body=motif.RoomIn,
        reply=motif.RoomOut,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Créer une salle",
        problems=(errors.SiteUnknown,),
    )
    def create_room(self, uow: UnitOfWork, call: Call) -> Room:
        return usecases.create_room(uow, **call.body)

    @route(
        "POST",
        "/v1/openings",
        allow=_PLAN,
        body=planning.OpeningsIn,
        reply=planning.OpeningsOut,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Créer des plages d’ouverture (200 au plus, toutes ou aucune)",
        problems=(
            errors.OpeningOverlaps,
            errors.LocalTimeRefused,
            errors.AgentUnknown,
            errors.SiteUnknown,
        ),
    )
    def create_openings(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"openings": usecases.create_openings(uow, by=call.caller, **call.body)}

    @route(
        "DELETE",
        "/v1/openings/{opening_id}",
        allow=_PLAN,
        reply=planning.AffectedOut,
        tag="Plages",
        summary="Supprimer une plage (les rendez-vous pris restent)",
    )
    def delete_opening(self, uow: UnitOfWork, call: Call, opening_id: UUID) -> dict[str, Any]:
        affected = usecases.delete_opening(uow, by=call.caller, opening_id=opening_id)
        return {"affected_rendezvous_ids": affected}

    @route(
        "POST",
        "/v1/absences",
        allow=_PLAN,
        body=planning.AbsenceIn,
        reply=planning.AbsenceCreated,
        status=201,
        idempotent=True,
        tag="Plages",
        summary="Bloquer du temps d’un agent",
        problems=(errors.LocalTimeRefused, errors.AgentUnknown),
    )
    def create_absence(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        absence, affected = usecases.create_absence(uow, by=call.caller, **call.body)
        return {"absence": absence, "affected_rendezvous_ids": affected}

    @route(
        "DELETE",
        "/v1/absences/{absence_id}",
        allow=_PLAN,
        tag="Plages",
        summary="Supprimer une absence",
    )
    def delete_absence(self, uow: UnitOfWork, call: Call, absence_id: UUID) -> None:
        usecases.delete_absence(uow, by=call.caller, absence_id=absence_id)

    @route(
        "GET",
        "/v1/creneaux",
        allow=_BOOK,
        query=planning.CreneauxQuery,
        reply=planning.CreneauxOut,
        tag="Créneaux",
        summary="Créneaux libres d’un agent, d’un site, ou de plusieurs agents ensemble",
        problems=(errors.MotifUnknown, errors.NotYoursToBook, errors.RoomUnknown),
    )
    def search_creneaux(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        limit = call.query.pop("limit")
        found = usecases.search_creneaux(uow, by=call.caller, most=limit + 1, **call.query)
        return {"creneaux": found[:limit], "truncated": len(found) > limit}

    @route(
        "POST",
        "/v1/holds",
        allow=_BOOK,
        body=rendezvous.HoldIn,
        reply=rendezvous.HoldOut,
        status=201,
        idempotent=True,
        tag="Rendez-vous",
        summary="Garder un créneau cinq minutes (exemple)",
        problems=_PLACE_PROBLEMS,
    )
    def hold(self, uow: UnitOfWork, call: Call) -> Hold:
        return usecases.hold(uow, by=call.caller, wish=usecases.Wish.read(call.body))

    @route(
        "DELETE",
        "/v1/holds/{hold_id}",
        allow=_BOOK,
        tag="Rendez-vous",
        summary="Rendre un créneau gardé",
        problems=(errors.HoldGone,),
    )
    def release_hold(self, uow: UnitOfWork, call: Call, hold_id: UUID) -> None:
        usecases.release_hold(uow, by=call.caller, hold_id=hold_id)

    @route(
        "POST",
        "/v1/rendezvous",
        allow=_BOOK,
        body=rendezvous.BookIn,
        reply=rendezvous.RendezvousOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Rendez-vous",
        summary="Prendre un rendez-vous, directement ou d’un créneau gardé",
        problems=(
            *_PLACE_PROBLEMS,
            errors.HoldGone,
            errors.PersonneUnknown,
            errors.PersonneDeceased,
            errors.IdentityRequired,
        ),
    )
    def book(self, uow: UnitOfWork, call: Call) -> Rendezvous:
        return usecases.book(uow, by=call.caller, **usecases.read_booking(call.body))

    @route(
        "GET",
        "/v1/rendezvous/{rendezvous_id}",
        allow=_BOOK,
        reply=rendezvous.RendezvousOut,
        etag=True,
        tag="Rendez-vous",
        summary="Lire un rendez-vous",
        problems=(errors.RendezvousUnknown,),
    )
    def read_rendezvous(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.read_rendezvous(uow, by=call.caller, rendezvous_id=rendezvous_id)

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/move",
        allow=_BOOK,
        body=rendezvous.MoveIn,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Déplacer un rendez-vous",
        problems=(*_PLACE_PROBLEMS, *_STATE_PROBLEMS),
    )
    def move(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.move(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            changes=call.body,
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/cancel",
        allow=_BOOK,
        body=rendezvous.CancelIn,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="Annuler un rendez-vous",
        problems=(*_STATE_PROBLEMS, errors.TooLateToCancel),
    )
    def cancel(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.cancel(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            cancelled_by=call.body["by"],
            reason=call.body["reason"],
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/honour",
        allow=roles.AGENTS,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne a été reçue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
    )
    def honour(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.honour(
            uow, by=call.caller, rendezvous_id=rendezvous_id, expected=call.expected_version
        )

    @route(
        "POST",
        "/v1/rendezvous/{rendezvous_id}/miss",
        allow=roles.AGENTS,
        body=rendezvous.MissIn,
        reply=rendezvous.RendezvousOut,
        etag=True,
        if_match=True,
        tag="Rendez-vous",
        summary="La personne n’est pas venue",
        problems=(*_STATE_PROBLEMS, errors.NotStarted),
    )
    def miss(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.miss(
            uow,
            by=call.caller,
            rendezvous_id=rendezvous_id,
            expected=call.expected_version,
            **call.body,
        )

    @route(
        "GET",
        "/v1/agents/{agent_id}/agenda",
        allow=roles.AGENTS,
        query=planning.AgendaQuery,
        reply=rendezvous.AgendaOut,
        tag="Agenda",
        summary="Agenda d’un agent",
    )
    def read_agenda(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> usecases.Agenda:
        return usecases.read_agenda(uow, by=call.caller, agent_id=agent_id, **call.query)

    @route(
        "GET",
        "/v1/personnes/{personne_id}/rendezvous",
        allow=_BOOK,
        reply=rendezvous.RendezvousLine,
        many="rendezvous",
        tag="Agenda",
        summary="Rendez-vous d’une personne, du plus récent au plus ancien",
    )
    def list_of_personne(
        self, uow: UnitOfWork, call: Call, personne_id: UUID
    ) -> Page[usecases.Line]:
        lines, following = usecases.list_of_personne(
            uow, by=call.caller, personne_id=personne_id, limit=call.limit, after=call.after
        )
        return Page(lines, following)

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=PeriodQuery,
        reply=activity.ActivityOut,
        tag="Activité",
        summary="Chiffres d’activité d’une période",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> usecases.Activity:
        return usecases.read_activity(uow, **call.query)

    @route(
        "GET",
        "/internal/rendezvous/{rendezvous_id}",
        allow=_INTERNAL,
        reply=rendezvous.StateOut,
        tag="Interne",
        summary="État d’un rendez-vous",
        problems=(errors.RendezvousUnknown,),
    )
    def read_state(self, uow: UnitOfWork, call: Call, rendezvous_id: UUID) -> Rendezvous:
        return usecases.read_state(uow, rendezvous_id=rendezvous_id)

    @route(
        "POST",
        "/internal/rendezvous/states",
        allow=_INTERNAL,
        body=rendezvous.StatesIn,
        reply=rendezvous.StatesOut,
        tag="Interne",
        summary="États de plusieurs rendez-vous",
    )
    def read_states(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"rendezvous": usecases.read_states(uow, **call.body)}
