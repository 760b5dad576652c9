"""The whole platform as real processes, in both modes, with a driver's hands on trade time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.clock import ClockDriver
from chassis.ids import new_id
from chassis.web.tokens import DevelopmentIssuer
from demo import outbox_sink
from demo.client import Answer, Client, Request
from demo.environment import clock_file, open_issuer
from demo.platform import Platform
from demo.settle import Settler
from services import SERVICES, roles
from tests.support.broker import amqp_uri
from tests.support.servers import postgresql_url

#: Monday 9 January 2023, nine in the morning in Paris.
START = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
MODES = ("embedded", "broker")
#: Of each api: six of them leave the server's connections to the other tests.
WORKERS = "3"


@dataclass
class Town:
    """A running platform and whoever acts in it."""

    platform: Platform
    clock: ClockDriver
    client: Client
    settler: Settler
    issuer: DevelopmentIssuer
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def ask(
        self,
        role: str,
        route: str,
        body: Any = None,
        *,
        agent: UUID | str | None = None,
        etag: str | None = None,
        key: str | None = None,
        partenaire: str | None = None,
        expect: int | None = None,
    ) -> Answer:
        """One request: `route` is "service METHOD /path"."""
        service, method, path = route.split(" ", 2)
        token = self.issuer.token(
            roles=[role], agent_id=UUID(str(agent)) if agent else None, partenaire=partenaire
        )
        request = Request(service, method, path, token, body, key or str(new_id()), etag)
        if expect is None:
            return self.client.expect(request)
        return self.client.expect(request, expect)

    def settle(self) -> None:
        """Every fact published is applied everywhere."""
        self.settler.settle()

    def go_to(self, moment: datetime) -> None:
        """Move trade time and have what fell due done."""
        self.clock.advance_to(moment)
        while any(self._work(name) for name in SERVICES):
            pass
        self.settle()

    def _work(self, service: str) -> bool:
        report = self.ask(roles.SERVICE, f"{service} POST /internal/due", {}).json
        return bool(report["remaining"] or report["done"])

    def messages(self) -> list[dict[str, Any]]:
        """What the outside world received so far."""
        return list(outbox_sink.read(self.folder / "boite.jsonl"))


@pytest.fixture(scope="module", params=MODES)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Six services, ready, in one mode; gone with their databases at the end."""
    folder = tmp_path_factory.mktemp("plateforme")
    given = {name: os.environ.get(name) for name in ("DATABASE_URL", "AMQP_URI", "WORKERS")}
    os.environ.update(DATABASE_URL=postgresql_url(), WORKERS=WORKERS)
    if request.param == "embedded":
        os.environ.pop("AMQP_URI", None)
    else:
        os.environ["AMQP_URI"] = amqp_uri()
    platform = Platform(folder, START)
    clock = ClockDriver(clock_file(folder), START)
    try:
        platform.start()
        with ThreadPoolExecutor(6) as pool:
            client = Client(platform.addresses.urls, 12)
            issuer = open_issuer(folder)
            token = issuer.token(roles=[roles.SERVICE])
            settler = Settler(client, pool, SERVICES, lambda: token)
            yield Town(platform, clock, client, settler, issuer, folder)
    finally:
        platform.stop()
        platform.erase()
        for name, value in given.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
