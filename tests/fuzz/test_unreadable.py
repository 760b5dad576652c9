"""An event that cannot be read or applied is kept for a person to look at, and tells nothing."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from chassis import inbox_store, logs
from chassis.catalogue import service_names
from chassis.cli.parked import _parked
from chassis.testing import deliver
from tests.fuzz import marks
from tests.fuzz.callers import AGENT

MARKED = {"nom": marks.NAME, "personne_id": marks.SENTENCE, "orientation_id": marks.SENTENCE}
#: A fact that each service reads, and cannot read so.
READ = dict.fromkeys(service_names(), ("accueil", "personne_deceased.v1", "personne"))
READ["accueil"] = ("dsu", "dossier_opened.v1", "dossier")


@pytest.mark.parametrize("service", service_names())
def test_an_event_that_cannot_be_read_or_applied_tells_nothing(service, service_runtime, capsys):
    logs.configure(service=service, process="test", environment="test")
    runtime = service_runtime(service)
    source, routing_key, kind = READ[service]
    deliver(runtime, source, routing_key, aggregate=(kind, AGENT), version=1, data=MARKED)
    with runtime.engine.begin() as connection:
        inbox_store.park(
            connection.connection,
            f'{{"nom": "{marks.NAME}", "nir": {marks.NIR}'.encode(),
            exchange="accueil.events",
            routing_key="x.v1",
            reason="JSONDecodeError",
            keyring=runtime.keyring,
        )

    written = capsys.readouterr().out
    listed = _parked(runtime)
    events = {json.loads(line)["event"] for line in written.splitlines()}
    assert events & {"event_parked", "event_deferred"}
    assert listed
    assert marks.leaks(written + json.dumps(listed, default=str)) == []
    with runtime.engine.connect() as connection:
        kept = connection.scalars(sa.select(runtime.tables.parked.c.body)).all()
    assert [marks.leaks(bytes(body).decode(errors="replace")) for body in kept] == [[]]
