"""The routes every service has: probes, metrics, its OpenAPI, and what drives a replay."""

from __future__ import annotations

import json
from typing import Any

import marshmallow
import prometheus_client
from nameko.timer import timer
from werkzeug.wrappers import Request, Response

from chassis.due import Round, run_due
from chassis.host.http import HostProvider
from chassis.host.inbox import inbox_ready
from chassis.housekeeping import keep_house, measure
from chassis.inbox import apply_waiting
from chassis.probes import is_live, is_ready
from chassis.traffic import report
from chassis.web import fields, openapi, reference_page
from chassis.web.route import Call, route
from chassis.web.schemas import Schema

_OPERATIONS = "Exploitation"
#: Another service, or the driver of a replay.
_SERVICE = frozenset({"service"})


_COUNT = marshmallow.fields.Integer()


class DueReport(Schema):
    """What one round of due work did."""

    done = fields.integer("Travaux faits.", 40)
    remaining = fields.integer("Travaux échus encore à faire.", 0)
    postponed = fields.integer("Travaux échus remis à plus tard.", 0)


class TrafficReport(Schema):
    """The books of messages: see `chassis.traffic.report`."""

    outbox_pending = fields.integer("Faits à publier.", 0)
    inbox_waiting = fields.integer("Faits reçus, à appliquer.", 0)
    inbox_parked = fields.integer("Faits mis de côté.", 0)
    deferred = fields.integer("Faits reçus, à essayer de nouveau.", 0)
    published = fields.document("Faits publiés, par agrégat.", values=_COUNT)
    applied = fields.document("Faits appliqués, par service et agrégat.", values=_COUNT)
    duplicates = fields.integer("Faits reçus une fois de trop.", 3)
    retried = fields.integer("Nouveaux essais.", 1)
    parked = fields.integer("Faits mis de côté depuis toujours.", 0)
    sources = fields.texts("Services écoutés.")
    follows = marshmallow.fields.List(
        marshmallow.fields.List(marshmallow.fields.String()),
        metadata=fields.about("Services et agrégats suivis dans l’ordre."),
    )


class Api:
    """Base of every nameko service class."""

    name: str
    host = HostProvider()

    @inbox_ready
    def apply_inbox(self) -> int:
        """Apply one batch of received events."""
        return apply_waiting(self.host.runtime)

    @timer(interval=1)
    def work_deadlines(self) -> None:
        """Do what fell due; in a replay the driver alone calls it, over /internal/due."""
        if not self.host.runtime.settings.is_simulated:
            run_due(self.host.runtime)

    @timer(interval=15)
    def measure(self) -> None:
        """Refresh the gauges that need the database."""
        measure(self.host.runtime)

    @timer(interval=600)
    def keep_house(self) -> None:
        """Remove what has been kept long enough."""
        keep_house(self.host.runtime)

    @route("GET", "/livez", allow=None, raw=True, tag=_OPERATIONS, summary="Le processus vit")
    def livez(self, request: Request) -> Response:
        """200 while the event loop turns; never looks at database or broker."""
        return _verdict(is_live())

    @route("GET", "/readyz", allow=None, raw=True, tag=_OPERATIONS, summary="Prêt à servir")
    def readyz(self, request: Request) -> Response:
        """200 when database and schema are there; names what is missing otherwise."""
        return _verdict(is_ready(self.host.runtime))

    @route("GET", "/metrics", allow=None, raw=True, tag=_OPERATIONS, summary="Mesures Prometheus")
    def metrics(self, request: Request) -> Response:
        """Prometheus text format."""
        return Response(
            prometheus_client.generate_latest(), content_type=prometheus_client.CONTENT_TYPE_LATEST
        )

    @route(
        "GET", "/openapi.json", allow=None, raw=True, tag=_OPERATIONS, summary="Description OpenAPI"
    )
    def openapi(self, request: Request) -> Response:
        """The OpenAPI 3.1 document of this service."""
        document = json.dumps(self._description(), ensure_ascii=False)
        return Response(document, content_type="application/json")

    @route("GET", "/docs", allow=None, raw=True, tag=_OPERATIONS, summary="Documentation lisible")
    def docs(self, request: Request) -> Response:
        """The same document as a page."""
        page = reference_page.render(self._description())
        return Response(page, content_type="text/html; charset=utf-8")

    @classmethod
    def _description(cls) -> dict[str, Any]:
        return openapi.document(cls)  # type: ignore[arg-type]  # mypy doubts that a class hashes

    @route(
        "GET",
        "/internal/traffic",
        allow=_SERVICE,
        reply=TrafficReport,
        tag=_OPERATIONS,
        summary="Compte des messages publiés, appliqués, en attente",
    )
    def read_traffic(self, uow: Any, call: Call) -> dict[str, Any]:
        """The books of this service."""
        return report(self.host.runtime, uow)

    @route(
        "POST",
        "/internal/due",
        allow=_SERVICE,
        reply=DueReport,
        tag=_OPERATIONS,
        summary="Faire ce qui est échu à l’heure métier",
    )
    def work_due(self, uow: Any, call: Call) -> Round:
        """One round of due work; call again until nothing remains."""
        return run_due(self.host.runtime)


def _verdict(missing: list[str]) -> Response:
    status = 503 if missing else 200
    return Response(
        json.dumps({"status": "absent" if missing else "ok", "missing": missing}),
        status=status,
        content_type="application/json",
    )
