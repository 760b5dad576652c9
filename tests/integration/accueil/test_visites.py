"""Visites: anonymous or not, the queue, and an outcome for each."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from chassis.ids import new_id
from chassis.testing import Client, published

from .conftest import CENTRE, NORD


def arrive(office, **changes):
    answer = office.post("/v1/visites", {"site": CENTRE, "channel": "SUR_PLACE"} | changes)
    assert answer.status == 201, answer.json
    return answer.json


def act(office, visite, action, body=None, **options):
    return office.post(f"/v1/visites/{visite['visite_id']}/{action}", body, **options)


class TestAnonymousVisite:
    def test_is_received_and_ends_without_any_name(self, office):
        visite = arrive(office, declared_name="Camille")

        closed = act(office, visite, "close", {"outcome": "ANSWERED"}).json

        assert (closed["status"], closed["personne_id"]) == ("CLOSED", None)
        facts = published(office.runtime)[-2:]
        assert [(f.name, f.data["personne_ids"]) for f in facts] == [
            ("visite_opened", []),
            ("visite_closed", []),
        ]
        assert b"Camille" not in facts[0].to_bytes()

    def test_can_be_attached_long_after_its_end_and_counts_once(self, office):
        visite = arrive(office)
        act(office, visite, "leave")
        one = office.register()

        attached = act(office, visite, "attach", {"personne_id": one["personne_id"]})

        assert attached.json["personne_id"] == one["personne_id"]
        assert office.facts().count("visite_opened") == 1
        rows = _visites(office)
        assert [(r["identified"], r["count"]) for r in rows] == [(True, 1)]

    def test_is_attached_to_one_person_only(self, office):
        visite = arrive(office)
        one, other = office.register(), office.register(first_names="Lou")
        act(office, visite, "attach", {"personne_id": one["personne_id"]})

        again = act(office, visite, "attach", {"personne_id": one["personne_id"]})
        elsewhere = act(office, visite, "attach", {"personne_id": other["personne_id"]})

        assert (again.status, elsewhere.status) == (200, 409)

    def test_an_accouchement_secret_is_attached_to_nothing(self, office):
        secret = office.register_secret()

        answer = act(office, arrive(office), "attach", {"personne_id": secret["personne_id"]})

        assert answer.json["type"].endswith("accouchement-secret-rattachement")


class TestQueue:
    def test_lists_who_is_there_first_come_first_with_the_name_to_call(self, office):
        first = arrive(office, declared_name="Sam")
        gone = arrive(office)
        act(office, gone, "leave")
        arrive(office, site=NORD)
        second = arrive(office, personne_id=office.register()["personne_id"])
        act(office, first, "wait")

        lines = office.get(f"/v1/sites/{CENTRE}/queue").json["visites"]

        assert [x["visite_id"] for x in lines] == [first["visite_id"], second["visite_id"]]
        assert [x["display_name"] for x in lines] == ["Sam", "Dupont Camille"]
        assert [x["status"] for x in lines] == ["WAITING", "ARRIVED"]

    def test_survives_a_restart(self, office):
        arrive(office)

        restarted = Client(office.runtime)

        queue = restarted.get(f"/v1/sites/{CENTRE}/queue", role="secretaire")
        assert len(queue.json["visites"]) == 1

    def test_masks_a_person_whose_file_is_hidden(self, office):
        one = office.register()
        visite = arrive(office, personne_id=one["personne_id"])
        office.protect(one["personne_id"])

        (line,) = office.get(f"/v1/sites/{CENTRE}/queue").json["visites"]
        moved = act(office, visite, "wait").json

        assert (line["personne_id"], line["display_name"]) == (None, None)
        assert (moved["status"], moved["personne_id"]) == ("WAITING", None)
        read = f"/v1/visites/{visite['visite_id']}"
        assert office.get(read).json["personne_id"] is None
        assert office.get(read, role="responsable").json["personne_id"] == one["personne_id"]

    def test_of_an_unknown_site_is_not_found(self, office):
        assert office.get("/v1/sites/NULLE-PART/queue").status == 404


class TestSteps:
    def test_the_whole_way_to_an_outcome(self, office):
        visite, agent = arrive(office), new_id()

        act(office, visite, "wait")
        act(office, visite, "interview", role="travailleur_social", agent_id=agent)
        closed = act(office, visite, "close", {"outcome": "RENDEZVOUS"})

        assert (closed.json["agent_id"], closed.json["outcome"]) == (str(agent), "RENDEZVOUS")
        assert closed.etag == '"4"'
        assert published(office.runtime)[-1].data["outcome"] == "RENDEZVOUS"

    def test_left_is_not_an_outcome_one_closes_with(self, office):
        answer = act(office, arrive(office), "close", {"outcome": "LEFT"})

        assert answer.json["type"].endswith("issue-reservee")

    @pytest.mark.parametrize("outcome", [None, "AUTRE"])
    def test_nothing_ends_without_a_known_outcome(self, office, outcome):
        assert act(office, arrive(office), "close", {"outcome": outcome}).status == 422

    def test_two_agents_at_once_receive_one_person_once(self, office):
        visite, answers = arrive(office), []

        def receive(n):
            answers.append(act(office, visite, "interview", agent_id=new_id(), key=f"cle-{n}-abcd"))

        threads = [threading.Thread(target=receive, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(a.status for a in answers) == [200, 409, 409]

    @pytest.mark.parametrize("change", ["status = 'CLOSED'", "outcome = 'ANSWERED'"])
    def test_the_database_refuses_an_end_without_outcome_or_the_reverse(self, office, change):
        arrive(office)

        with office.runtime.engine.begin() as connection, pytest.raises(IntegrityError):
            connection.execute(sa.text(f"UPDATE visite SET {change}"))

    def test_a_closed_site_receives_nobody(self, office):
        office.patch(f"/v1/sites/{CENTRE}", {"open": False}, role="admin", etag='"1"')

        answer = office.post("/v1/visites", {"site": CENTRE, "channel": "SUR_PLACE"})

        assert answer.json["type"].endswith("site-ferme")


class TestActivity:
    def test_an_agent_does_not_read_it(self, office):
        assert office.get("/v1/activity?from=2023-01-01&to=2023-01-31").status == 403

    def test_counts_the_paris_day_of_arrival(self, office):
        office.runtime.clock.set(datetime(2023, 1, 31, 22, 59, tzinfo=UTC))
        arrive(office)
        office.runtime.clock.set(datetime(2023, 1, 31, 23, 0, tzinfo=UTC))
        arrive(office, channel="TELEPHONE")

        january = _visites(office, "2023-01-31", "2023-01-31")
        february = _visites(office, "2023-02-01", "2023-02-01")

        assert [r["channel"] for r in january] == ["SUR_PLACE"]
        assert [r["channel"] for r in february] == ["TELEPHONE"]

    def test_splits_by_origin_and_outcome_and_counts_people(self, office):
        office.register()
        for _ in range(2):
            act(office, arrive(office), "close", {"outcome": "PONCTUEL"})
        arrive(office, origin="TIERS")

        report = office.get("/v1/activity?from=2023-01-01&to=2023-01-31", role="direction").json

        counted = {
            (r["measure"], r.get("origin"), r.get("outcome")): r["count"] for r in report["rows"]
        }
        assert counted == {
            ("VISITES", "PERSONNE", "PONCTUEL"): 2,
            ("VISITES", "TIERS", None): 1,
            ("PERSONNES_REGISTERED", None, None): 1,
        }


def _visites(office, first="2023-01-01", last="2023-01-31"):
    report = office.get(f"/v1/activity?from={first}&to={last}", role="direction").json
    return [row for row in report["rows"] if row["measure"] == "VISITES"]
