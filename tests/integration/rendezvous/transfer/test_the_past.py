"""Import of ended rendezvous: as they were, told to nobody."""

from __future__ import annotations

from datetime import timedelta

from tests.integration.rendezvous.conftest import MISMATCHES, OVERLAPS, minutes
from tests.integration.rendezvous.transfer.conftest import PAST, bring, told, write


class TestThePast:
    def test_it_is_written_as_it_was_and_told_to_nobody(self, world, tmp_path, past):
        before = told(world)
        lines = [
            past(),
            past("MISSED", excused=True),
            past("MISSED"),
            past("CANCELLED", cancelled_by="PERSONNE", cancel_reason="PERSONNE_REQUEST"),
            past("CANCELLED"),
        ]

        counts, refused = bring(world, write(tmp_path, lines))

        assert (counts, refused) == ({"faite(s)": 5}, [])
        assert told(world) == before
        assert world.sql("SELECT count(*) FROM due") == 0
        statuses = "SELECT array_agg(status ORDER BY starts_at) FROM rendezvous"
        assert world.sql(statuses) == [line["status"] for line in lines]
        assert world.sql("SELECT array_agg(excused ORDER BY starts_at) FROM rendezvous") == [
            None, True, False, None, None,
        ]  # fmt: skip
        assert [world.sql(query) for query in (OVERLAPS, MISMATCHES)] == [0, 0]
        activity = world.client.get("/v1/activity?from=2022-06-01&to=2022-06-30", role="direction")
        assert sum(row["count"] for row in activity.json["rows"]) == 5

    def test_what_has_changed_since_does_not_matter_but_who_was_there_does(
        self, world, tmp_path, past, agent
    ):
        died = world.personne()
        world.dies(died)
        world.site("FERME", "MDS-MONTAUBAN", is_open=False)
        newcomer = world.agent(effective_on="2023-01-02")
        start = (PAST - timedelta(days=1)).isoformat()
        lines = [
            past(personne_ids=[str(died)], site="FERME"),
            past(agent_ids=[str(newcomer)]),
            past() | {"starts_at": start},
            past() | {"starts_at": start},
            past() | {"starts_at": (PAST - timedelta(days=1) + minutes(45)).isoformat()},
        ]

        counts, refused = bring(world, write(tmp_path, lines))

        assert counts == {"faite(s)": 3, "refusée(s)": 2}
        assert [(one["ligne"], one["code"]) for one in refused] == [
            ("2", "agent-inconnu"),
            ("4", "creneau-pris"),
        ]
