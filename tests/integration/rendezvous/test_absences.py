"""An absence comes or goes, however it does: it is told once, and nothing of it is left behind."""

from __future__ import annotations

from datetime import timedelta

from chassis.testing import published, run_due
from tests.integration.rendezvous.conftest import MDS, NINE
from tests.integration.rendezvous.reprises import (
    AWAY,
    SECRETARY,
    away,
    book,
    colleague,
    decide,
    decision,
    launch,
    progress,
    read,
)


class TestTheAbsence:
    def test_is_told_without_its_cause_and_so_is_its_end(self, world, absent):
        book(world, [absent])
        body = {"agent_id": str(absent), "kind": "WORK"} | AWAY
        absence = world.post("/v1/absences", body, **SECRETARY).json["absence"]["absence_id"]
        world.client.delete(f"/v1/absences/{absence}", **SECRETARY)

        recorded, cancelled = published(world.runtime)[-2:]
        common = {
            "absence_id": absence,
            "agent_id": str(absent),
            "mds": MDS,
            "starts_at": "2023-01-09T23:00:00Z",
            "ends_at": "2023-01-16T23:00:00Z",
        }
        assert (recorded.name, recorded.data) == ("absence_recorded", common | {"affected": 1})
        assert (cancelled.name, cancelled.data) == ("absence_cancelled", common)

    def test_lifted_stops_what_waits_and_undoes_nothing(self, world, absent):
        colleague(world)
        done = book(world, [absent])
        eleven = (NINE + timedelta(hours=2)).isoformat()
        waits = book(world, [absent], changes={"starts_at": eleven})
        absence = away(world, absent)
        reprise = launch(world, absence, decision(done, "CANCEL")).json["reprise_id"]
        run_due(world.runtime)
        decide(world, reprise, decision(waits, "CANCEL"))

        assert world.client.delete(f"/v1/absences/{absence}", **SECRETARY).status == 204
        run_due(world.runtime)

        after = progress(world, reprise)
        assert (after["done"], after["stopped"], after["todo"]) == (1, 1, 0)
        assert after["stopped_at"] is not None
        assert read(world, waits)["version"] == 1
        refused = decide(world, reprise, decision(waits, "CANCEL"))
        assert refused.json["type"].endswith("reprise-arretee")
        assert world.client.get(f"/v1/absences/{absence}/affected", **SECRETARY).status == 404
        assert world.sql("SELECT count(*) FROM due WHERE done_at IS NULL") == 0
