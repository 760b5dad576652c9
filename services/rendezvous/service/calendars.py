"""An agent's calendar feed and their own calendar over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.documents import Document
from chassis.web.route import Call, route
from services import roles
from services.rendezvous.calendars import ics
from services.rendezvous.calendars.external import read_apart
from services.rendezvous.domain import errors
from services.rendezvous.domain.calendar import ExternalCalendar, Troubled
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.calendars import (
    ExternalFileIn,
    ExternalLoaded,
    ExternalOut,
    ExternalUrlIn,
    FeedOut,
    SecretPath,
)
from services.rendezvous.settings import Settings
from services.rendezvous.usecases.exchanged import calendars

_TAG = "Calendriers"


class CalendarRoutes:
    """What leaves for, and comes from, an agent's calendar program."""

    host: Any

    @route(
        "POST",
        "/v1/agents/{agent_id}/calendar",
        allow=roles.AGENTS,
        reply=FeedOut,
        status=201,
        tag=_TAG,
        summary="Tirer l’adresse secrète de son calendrier (l’ancienne se ferme)",
        description="Sans clé d’idempotence : la réponse n’est gardée nulle part. "
        "Si elle se perd, tirez une autre adresse.",
        problems=(errors.CalendarUnknown,),
    )
    def draw_calendar(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> dict[str, str]:
        secret = calendars.draw_feed(uow, by=call.caller, agent_id=agent_id)
        return {"url": f"{self._settings.calendar_url}/v1/calendars/{secret}"}

    @route(
        "DELETE",
        "/v1/agents/{agent_id}/calendar",
        allow=roles.AGENTS,
        tag=_TAG,
        summary="Fermer l’adresse de son calendrier",
        problems=(errors.CalendarUnknown,),
    )
    def end_calendar(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> None:
        calendars.end_feed(uow, by=call.caller, agent_id=agent_id)

    @route(
        "GET",
        "/v1/calendars/{secret}",
        allow=None,
        texts=SecretPath,
        media=ics.MEDIA,
        tag=_TAG,
        summary="Calendrier d’un agent (iCalendar), sans donnée personnelle",
        description="Le secret tient lieu de jeton. Trois mois passés, douze à venir (exemple).",
        problems=(errors.CalendarUnknown,),
    )
    def read_calendar(self, uow: UnitOfWork, call: Call, secret: str) -> Document:
        told = calendars.read_feed(uow, secret=secret)
        return Document(tag=ics.tag_of(told), write=lambda: ics.write(told))

    @route(
        "GET",
        "/v1/agents/{agent_id}/external-calendar",
        allow=roles.AGENTS,
        reply=ExternalOut,
        tag=_TAG,
        summary="État de son agenda personnel branché",
        problems=(errors.CalendarUnknown,),
    )
    def read_external_calendar(
        self, uow: UnitOfWork, call: Call, agent_id: UUID
    ) -> ExternalCalendar:
        return calendars.read_state(uow, by=call.caller, agent_id=agent_id)

    @route(
        "PUT",
        "/v1/agents/{agent_id}/external-calendar",
        allow=roles.AGENTS,
        body=ExternalUrlIn,
        reply=ExternalOut,
        tag=_TAG,
        summary="Brancher son agenda personnel par son adresse",
        problems=(errors.CalendarUnknown, errors.CalendarHostRefused),
    )
    def plug_calendar(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> ExternalCalendar:
        hosts = self._settings.calendar_hosts
        return calendars.plug(uow, by=call.caller, agent_id=agent_id, hosts=hosts, **call.body)

    @route(
        "POST",
        "/v1/agents/{agent_id}/external-calendar/file",
        allow=roles.AGENTS,
        body=ExternalFileIn,
        reply=ExternalLoaded,
        tag=_TAG,
        summary="Prendre les temps pris d’un fichier d’agenda personnel",
        description="Remplace tout ce qui était connu ; envoyé deux fois, rien ne change.",
        problems=(errors.CalendarUnknown, errors.CalendarUnreadable),
    )
    def load_calendar(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> dict[str, Any]:
        # Read before the first statement: no database connection is held meanwhile.
        calendars.check_own(call.caller, agent_id)
        try:
            busy = read_apart(call.body["ics"].encode(), calendars.busy_window(uow))
        except Troubled as error:
            raise errors.CalendarUnreadable(
                "Exportez de nouveau le fichier (ICS), plus court si besoin.",
                field="/ics",
                extra={"trouble": error.trouble.value},
            ) from None
        calendar, affected = calendars.load(
            uow, by=call.caller, agent_id=agent_id, busy=busy.spans, ignored=busy.ignored
        )
        return {**vars(calendar), "state": calendar.state, "affected_rendezvous_ids": affected}

    @route(
        "DELETE",
        "/v1/agents/{agent_id}/external-calendar",
        allow=roles.AGENTS,
        tag=_TAG,
        summary="Débrancher son agenda personnel et rendre ses temps",
        problems=(errors.CalendarUnknown,),
    )
    def unplug_calendar(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> None:
        calendars.unplug(uow, by=call.caller, agent_id=agent_id)

    @property
    def _settings(self) -> Settings:
        settings: Settings = self.host.runtime.settings_of(Settings)
        return settings
