"""Offers answered, lost, left without an answer: and the next in line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.testing import run_due
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import MDS, MISMATCHES, NINE, OVERLAPS, minutes
from tests.integration.rendezvous.line import DAY, EXPIRES, FREE, NEXT, SECRETARY, Line


@pytest.fixture
def line(world):
    return Line(world)


class TestTheTimeToAnswer:
    def test_does_not_run_on_a_day_when_the_mds_is_closed(self, line):
        """Nobody takes the answer: it is asked for from the next morning on."""
        world = line.world
        world.open(line.agent, "2023-01-12")
        world.post(
            "/v1/fermetures",
            {"first_day": "2023-01-09", "label": "Pont", "mds": MDS},
            role="admin",
        )
        line.wait()

        line.free(starts_at="2023-01-12T09:00:00+01:00")

        expires = world.sql("SELECT expires_at FROM offre")
        assert expires.astimezone(UTC) == datetime(2023, 1, 10, 11, 0, tzinfo=UTC)


class TestAccepting:
    def test_makes_the_rendezvous_and_ends_the_wait(self, line):
        personne = line.world.personne()
        waiting = line.wait(personne)
        line.free()
        ((_, offer),) = line.offers().items()

        done = line.answer(offer, "accept", role="personne", personne_id=personne, mds=[])

        assert done.status == 200, done.json
        assert done.json["status"] == "ACCEPTED"
        booked = line.facts("rendezvous_booked")[-1]
        assert booked.data["rendezvous_id"] == done.json["rendezvous_id"]
        assert booked.data["personne_ids"] == [str(personne)]
        assert booked.data["starts_at"] == "2023-01-10T08:00:00Z"
        assert line.entry(waiting) == "PLACED"
        assert line.outcomes() == ["ACCEPTED"]
        assert line.world.sql(FREE) == 0
        assert line.world.sql(MISMATCHES) == 0
        line.world.at(NINE + timedelta(days=30))
        run_due(line.world.runtime)
        assert (line.entry(waiting), line.outcomes()) == ("PLACED", ["ACCEPTED"])

    def test_twice_answers_the_same(self, line):
        line.wait()
        line.free()
        ((_, offer),) = line.offers().items()

        assert sent_again(line.world.runtime, lambda: line.answer(offer, "accept")) == 200
        assert line.world.sql("SELECT count(*) FROM rendezvous WHERE status = 'BOOKED'") == 1

    def test_carries_what_it_answers_to(self, line):
        personne = line.world.personne()
        dossier = line.world.dossier(personne)
        line.wait(personne, dossier_id=str(dossier))
        line.free()
        ((_, offer),) = line.offers().items()

        line.answer(offer, "accept")

        assert line.facts("rendezvous_booked")[-1].data["dossier_id"] == str(dossier)

    def test_until_the_very_instant_it_expires(self, line):
        line.wait()
        line.free()
        ((_, offer),) = line.offers().items()
        line.world.at(EXPIRES)

        late = line.answer(offer, "accept")

        assert late.status == 409
        assert late.json["type"].endswith("offre-expiree")
        line.world.at(EXPIRES - timedelta(microseconds=1))
        assert line.answer(offer, "accept").status == 200

    def test_when_the_agent_is_away_meanwhile(self, line):
        line.wait()
        line.free()
        ((_, offer),) = line.offers().items()
        away = {"agent_id": str(line.agent), "day": DAY, "from": "09:00", "to": "10:00"}
        line.world.post("/v1/absences", away, role="admin")

        refused = line.answer(offer, "accept")

        assert refused.status == 409
        assert refused.json["type"].endswith("agent-absent")
        assert len(refused.json["alternatives"]) >= 3
        assert line.world.sql("SELECT count(*) FROM rendezvous WHERE status = 'BOOKED'") == 0

    def test_when_the_agent_has_left_meanwhile(self, line):
        line.wait()
        line.free()
        ((_, offer),) = line.offers().items()
        line.world.agent(agent_id=line.agent, active=False, effective_on="2023-01-09")

        assert line.answer(offer, "accept").json["type"].endswith("agent-inconnu")

    def test_what_was_declined_is_over(self, line):
        line.wait()
        line.free()
        ((_, offer),) = line.offers().items()
        assert sent_again(line.world.runtime, lambda: line.answer(offer, "decline")) == 200

        refused = line.answer(offer, "accept")

        assert refused.json["type"].endswith("offre-close")


class TestEarlier:
    """Someone has a rendezvous already, and would like to come earlier."""

    @pytest.fixture
    def booked(self, line):
        personne = line.world.personne()
        changes = {"starts_at": f"{NEXT}T14:00:00+01:00"}
        made = line.world.book([line.agent], [personne], changes=changes)
        return personne, made.json["rendezvous_id"]

    def test_accepting_moves_it_with_its_id_and_frees_its_place(self, line, booked):
        personne, rendezvous_id = booked
        line.wait(personne, rendezvous_id=rendezvous_id)
        line.free()
        ((_, offer),) = line.offers().items()
        second = line.wait()

        done = line.answer(offer, "accept")
        run_due(line.world.runtime)

        assert done.json["rendezvous_id"] == rendezvous_id
        (moved,) = line.facts("rendezvous_moved")
        assert moved.data["starts_at"] == "2023-01-10T08:00:00Z"
        assert moved.data["previous_starts_at"] == "2023-01-11T13:00:00Z"
        assert list(line.offers()) == [second]
        told = line.facts("creneau_offered")[-1]
        assert told.data["starts_at"] == "2023-01-11T13:00:00Z"
        assert line.world.sql(OVERLAPS) == line.world.sql(MISMATCHES) == 0

    def test_nothing_later_is_offered(self, line, booked):
        personne, rendezvous_id = booked
        line.wait(personne, rendezvous_id=rendezvous_id)

        line.free(starts_at=f"{NEXT}T15:00:00+01:00")

        assert line.offers() == {}

    def test_its_cancellation_ends_the_wait_and_passes_the_offer_on(self, line, booked):
        personne, rendezvous_id = booked
        waiting, second = line.wait(personne, rendezvous_id=rendezvous_id), line.wait()
        line.free()
        assert list(line.offers()) == [waiting]

        line.world.act(rendezvous_id, "cancel", {}, mds=[MDS])
        run_due(line.world.runtime)

        assert line.entry(waiting, "reason") == "RENDEZVOUS_OVER"
        assert second in line.offers()

    def test_someone_elses_is_refused(self, line, booked):
        _, rendezvous_id = booked
        wish = {"motif": "ACCOMPAGNEMENT", "mds": MDS, "until_on": "2023-01-31"}
        wish |= {"rendezvous_id": rendezvous_id, "personne_ids": [str(line.world.personne())]}

        refused = line.world.post("/v1/attentes", wish, **SECRETARY)

        assert refused.status == 422
        assert refused.json["type"].endswith("rendezvous-inadapte")
        stranger = {"role": "personne", "personne_id": wish["personne_ids"][0]}
        assert line.world.post("/v1/attentes", wish, **stranger).status == 404

    def test_a_person_asks_for_theirs_whoever_books_the_motif(self, line, booked):
        personne, rendezvous_id = booked
        wish = {"motif": "ACCOMPAGNEMENT", "mds": MDS, "until_on": "2023-01-31"}
        wish |= {"rendezvous_id": rendezvous_id, "personne_ids": [str(personne)]}

        made = line.world.post("/v1/attentes", wish, role="personne", personne_id=personne)

        assert made.status == 201, made.json


class TestNextInLine:
    def test_when_nobody_answers_in_time(self, line):
        first, second = line.wait(), line.wait()
        line.free()
        line.world.at(EXPIRES - timedelta(microseconds=1))
        run_due(line.world.runtime)
        assert list(line.offers()) == [first]

        line.world.at(EXPIRES)
        run_due(line.world.runtime)

        assert list(line.offers()) == [second]
        assert line.outcomes() == ["EXPIRED"]
        assert line.entry(first, "passes") == 1

    def test_then_the_place_is_free(self, line):
        line.wait()
        line.free()
        ((_, offer),) = line.offers().items()

        line.answer(offer, "decline")
        run_due(line.world.runtime)

        assert line.offers() == {}
        assert line.world.sql(FREE) == 0
        assert line.world.book([line.agent], [line.world.personne()]).status == 201

    def test_a_withdrawal_passes_the_offer_on(self, line):
        first, second = line.wait(), line.wait()
        line.free()

        line.world.client.post(f"/v1/attentes/{first}/withdraw", **SECRETARY)
        run_due(line.world.runtime)

        assert list(line.offers()) == [second]
        assert line.outcomes() == ["CLOSED"]

    def test_a_death_passes_the_offer_on(self, line):
        personne = line.world.personne()
        line.wait(personne)
        second = line.wait()
        line.free()

        line.world.dies(personne)
        run_due(line.world.runtime)

        assert list(line.offers()) == [second]

    def test_who_withdraws_after_accepting_is_told(self, line):
        waiting = line.wait()
        line.free()
        line.answer(line.offers()[waiting], "accept")

        refused = line.world.client.post(f"/v1/attentes/{waiting}/withdraw", **SECRETARY)

        assert refused.status == 409
        assert refused.json["type"].endswith("attente-close")

    def test_a_place_kept_too_long_frees_itself(self, line):
        """Whatever became of the work that was due."""
        line.wait()
        line.free()

        line.world.at(EXPIRES + minutes(15))

        assert line.world.book([line.agent], [line.world.personne()]).status == 201


class TestATimeTakenAwayMeanwhile:
    def test_costs_nobody_their_turn(self, line):
        waiting = line.wait()
        line.free()
        away = {"agent_id": str(line.agent), "day": DAY, "from": "09:00", "to": "10:00"}
        line.world.post("/v1/absences", away, role="admin")

        line.world.at(EXPIRES)
        run_due(line.world.runtime)

        assert line.outcomes() == ["CLOSED"]
        assert (line.entry(waiting), line.entry(waiting, "passes")) == ("WAITING", 0)


def elsewhere(world):
    """Someone who has another rendezvous at nine the next day."""
    personne, agent = world.personne(), world.agent()
    changes = {"motif": "AILLEURS", "outside_opening": True}
    if not world.sql("SELECT count(*) FROM motif WHERE code = 'AILLEURS'"):
        world.motif(code="AILLEURS")
    assert world.book([agent], [personne], changes=changes).status == 201
    return personne


def statements_of(line):
    """How many statements a match takes."""
    booked = line.world.book([line.agent], [line.world.personne()]).json["rendezvous_id"]
    line.world.act(booked, "cancel", {}, mds=[MDS])
    statements = []

    def listen(_connection, _cursor, statement, *_):
        statements.append(statement)

    sa.event.listen(line.world.runtime.engine, "before_cursor_execute", listen)
    run_due(line.world.runtime)
    sa.event.remove(line.world.runtime.engine, "before_cursor_execute", listen)
    return len(statements)


class TestWhoIsLookedAt:
    def test_those_before_who_wait_for_another_profession_are_not_in_the_way(
        self, line, monkeypatch
    ):
        monkeypatch.setattr("services.rendezvous.usecases.waiting.offering._MOST", 1)
        line.world.motif(code="BUDGET", professions=["CESF"])
        line.wait(motif="BUDGET")
        waiting = line.wait()

        line.free()

        assert list(line.offers()) == [waiting]

    def test_what_opens_far_ahead_is_left_to_an_ordinary_search(self, line):
        line.wait(until_on="2023-06-30")
        line.world.open(line.agent, "2023-05-09")
        run_due(line.world.runtime)
        assert line.offers() == {}

        line.world.open(line.agent, "2023-01-12")
        run_due(line.world.runtime)

        assert len(line.offers()) == 1

    def test_nobody_is_too_far_down_the_line(self, line, monkeypatch):
        monkeypatch.setattr("services.rendezvous.usecases.waiting.offering._MOST", 2)
        for _ in range(5):
            line.wait(elsewhere(line.world))
        waiting = line.wait()

        line.free()

        assert list(line.offers()) == [waiting]

    def test_a_longer_line_costs_no_statement_more(self, line):
        line.wait(elsewhere(line.world))
        short = statements_of(line)
        for _ in range(8):
            line.wait(elsewhere(line.world))

        assert statements_of(line) == short
