"""Orientations: a deadline, an answer, or one fact that nobody answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from chassis.ids import new_id
from chassis.testing import deliver, inbox_states, published, run_due

from .conftest import CENTRE

LAST_MOMENT = datetime(2023, 1, 20, 22, 59, tzinfo=UTC)
TOO_LATE = datetime(2023, 1, 20, 23, 0, tzinfo=UTC)


class Taking(NamedTuple):
    """How a service tells that it took something up, and what was asked of it."""

    target: str
    key: str
    aggregate: str


ANSWERS = {
    "rendezvous": Taking("RENDEZVOUS", "rendezvous_booked.v1", "rendezvous"),
    "dsu": Taking("DSU", "dossier_opened.v1", "dossier"),
    "aides": Taking("AIDE", "demande_filed.v1", "demande"),
}


def orient(office, **changes):
    values = {"site": CENTRE, "target": "RENDEZVOUS", "due_on": "2023-01-20"} | changes
    answer = office.post("/v1/orientations", values)
    assert answer.status == 201, answer.json
    return answer.json


def answer(office, one, **options):
    return office.post(f"/v1/orientations/{one['orientation_id']}/answer", **options)


def tell(office, source, one, **data):
    """A service's fact that names an orientation reaches accueil."""
    taking = ANSWERS[source]
    deliver(
        office.runtime,
        source,
        taking.key,
        aggregate=(taking.aggregate, new_id()),
        version=1,
        data={"orientation_id": one["orientation_id"], "personne_ids": [], "autre": 1} | data,
    )


def status(office, one):
    read = office.get(f"/v1/orientations/{one['orientation_id']}").json
    return read["status"], read["answered_by"]


def ignored(capsys):
    """The reasons told of the facts that answered nothing."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "{" in line]
    return [line["reason"] for line in lines if line["event"] == "orientation_answer_ignored"]


class TestRequest:
    def test_takes_its_site_and_person_from_the_visite(self, office):
        one = office.register()
        visite = office.post(
            "/v1/visites",
            {
                "site": CENTRE,
                "channel": "TELEPHONE",
                "personne_id": one["personne_id"],
            },
        ).json

        made = orient(office, site="MONTAUBAN-NORD", visite_id=visite["visite_id"], reason="Dette")

        assert made["personne_id"] == one["personne_id"]
        fact = published(office.runtime)[-1]
        assert fact.data["visite_id"] == visite["visite_id"]
        assert fact.data["due_on"] == "2023-01-20"
        assert b"Dette" not in fact.to_bytes()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"due_on": "2023-01-08"}, "echeance-passee"),
            ({"target": "POLE"}, "destinataire-manquant"),
            ({"site": "AILLEURS"}, "site-inconnu"),
            ({"target_agent_id": str(new_id())}, "agent-introuvable"),
            ({"visite_id": str(new_id())}, "visite-introuvable"),
            ({"personne_id": str(new_id())}, "personne-introuvable"),
        ],
    )
    def test_what_does_not_hold_is_refused(self, office, change, code):
        values = {"site": CENTRE, "target": "DSU", "due_on": "2023-01-20"} | change

        assert office.post("/v1/orientations", values).json["type"].endswith(code)

    def test_an_accouchement_secret_is_oriented_nowhere(self, office):
        values = {"site": CENTRE, "target": "DSU", "due_on": "2023-01-20"}
        secret = {"personne_id": office.register_secret()["personne_id"]}

        answer = office.post("/v1/orientations", values | secret)

        assert answer.json["type"].endswith("accouchement-secret-rattachement")
        assert "orientation_requested" not in office.facts()

    def test_one_of_a_protected_person_is_hidden(self, office):
        one = office.register()
        made = orient(office, personne_id=one["personne_id"])
        office.protect(one["personne_id"])

        assert office.get(f"/v1/orientations/{made['orientation_id']}").status == 404
        assert answer(office, made).status == 404
        assert office.get("/v1/orientations").json["orientations"] == []
        listed = office.get("/v1/orientations", role="responsable").json["orientations"]
        assert [o["orientation_id"] for o in listed] == [made["orientation_id"]]


class TestDeadline:
    def test_until_the_last_minute_of_the_paris_day_nothing_is_overdue(self, office):
        orient(office)
        office.runtime.clock.set(LAST_MOMENT)

        run_due(office.runtime)

        assert "orientation_overdue" not in office.facts()

    def test_one_fact_not_two_however_often_one_looks(self, office):
        made = orient(office)
        office.runtime.clock.set(TOO_LATE)

        for _ in range(3):
            run_due(office.runtime)

        assert office.facts().count("orientation_overdue") == 1
        assert office.get(f"/v1/orientations/{made['orientation_id']}").json["status"] == "OVERDUE"

    def test_an_answered_one_never_falls_overdue(self, office):
        answer(office, orient(office))
        office.runtime.clock.set(TOO_LATE)

        run_due(office.runtime)

        assert "orientation_overdue" not in office.facts()

    def test_a_late_answer_is_still_an_answer(self, office):
        made = orient(office)
        office.runtime.clock.set(TOO_LATE)
        run_due(office.runtime)

        late = answer(office, made)

        assert (late.status, late.json["status"]) == (200, "ANSWERED")
        assert late.json["overdue_at"] is not None


class TestAnswer:
    def test_the_first_agent_answers_the_second_is_told(self, office):
        made = orient(office)

        first, second = answer(office, made), answer(office, made, agent_id=new_id())

        assert first.json["answered_by"] == str(office.agent_id)
        assert (second.status, second.json["answered_by"]) == (409, str(office.agent_id))
        assert office.facts().count("orientation_answered") == 1

    @pytest.mark.parametrize("source", ANSWERS)
    def test_another_service_answers_what_was_asked_of_it(self, office, source):
        one = office.register()["personne_id"]
        made = orient(office, target=ANSWERS[source].target, personne_id=one)

        tell(office, source, made, personne_ids=[str(new_id()), one])

        assert status(office, made) == ("ANSWERED", source)

    @pytest.mark.parametrize("source", ANSWERS)
    @pytest.mark.parametrize("target", ["RENDEZVOUS", "DSU", "AIDE", "POLE", "PARTENAIRE"])
    def test_no_service_answers_what_was_asked_of_another(self, office, source, target, capsys):
        made = orient(office, target=target, target_code="LOGEMENT")

        tell(office, source, made)

        if target == ANSWERS[source].target:
            assert status(office, made) == ("ANSWERED", source)
        else:
            assert status(office, made) == ("OPEN", None)
            assert ignored(capsys) == ["OTHER_TARGET"]

    @pytest.mark.parametrize("source", ANSWERS)
    def test_what_was_done_for_someone_else_answers_nothing(self, office, source, capsys):
        one = office.register()["personne_id"]
        made = orient(office, target=ANSWERS[source].target, personne_id=one)

        tell(office, source, made, personne_ids=[str(new_id())])
        tell(office, source, made, personne_ids=[])

        assert status(office, made) == ("OPEN", None)
        assert ignored(capsys) == ["OTHER_PERSONNE", "OTHER_PERSONNE"]
        assert inbox_states(office.runtime) == {"applied": 2}

    def test_an_anonymous_one_is_whoever_its_visite_was_attached_to(self, office):
        visite = office.post("/v1/visites", {"site": CENTRE, "channel": "SUR_PLACE"}).json
        one = office.register()["personne_id"]
        first, other = (orient(office, visite_id=visite["visite_id"]) for _ in range(2))

        tell(office, "rendezvous", first, personne_ids=[one])
        office.post(f"/v1/visites/{visite['visite_id']}/attach", {"personne_id": one})
        tell(office, "rendezvous", other, personne_ids=[str(new_id())])

        assert (status(office, first)[0], status(office, other)[0]) == ("ANSWERED", "OPEN")

    def test_a_second_fact_changes_nothing(self, office):
        made = orient(office)
        for _ in range(2):
            tell(office, "rendezvous", made)

        assert office.facts().count("orientation_answered") == 1

    @pytest.mark.parametrize("data", [{}, {"orientation_id": None}])
    def test_a_fact_that_answers_none_is_applied_quietly(self, office, data):
        deliver(
            office.runtime,
            "dsu",
            "dossier_opened.v1",
            aggregate=("dossier", new_id()),
            version=1,
            data=data,
        )

        assert inbox_states(office.runtime) == {"applied": 1}
        assert office.facts() == []

    def test_a_fact_for_an_unknown_orientation_is_told_and_never_parked(
        self, office, stranger, capsys
    ):
        tell(office, "dsu", {"orientation_id": str(stranger)})

        assert inbox_states(office.runtime) == {"applied": 1}
        assert ignored(capsys) == ["UNKNOWN"]


class TestList:
    def test_by_deadline_page_after_page(self, office):
        due = ["2023-01-20", "2023-01-12", "2023-01-15"]
        for day in due:
            orient(office, due_on=day)

        seen, cursor = [], ""
        while cursor is not None:
            page = office.get(f"/v1/orientations?limit=1{cursor}").json
            seen += [o["due_on"] for o in page["orientations"]]
            cursor = f"&cursor={page['next']}" if page["next"] else None

        assert seen == sorted(due)

    def test_by_state(self, office):
        made = orient(office)
        answer(office, made)
        orient(office)

        counts = {
            state: len(office.get(f"/v1/orientations?status={state}").json["orientations"])
            for state in ("OPEN", "ANSWERED", "OVERDUE")
        }

        assert counts == {"OPEN": 1, "ANSWERED": 1, "OVERDUE": 0}

    def test_activity_counts_each_step_on_its_day(self, office):
        orient(office)
        answer(office, orient(office))
        office.runtime.clock.set(TOO_LATE)
        run_due(office.runtime)

        def figures(day):
            report = office.get(f"/v1/activity?from={day}&to={day}", role="responsable").json
            return {row["measure"]: row["count"] for row in report["rows"]}

        assert figures("2023-01-09") == {"ORIENTATIONS_REQUESTED": 2, "ORIENTATIONS_ANSWERED": 1}
        assert figures("2023-01-21") == {"ORIENTATIONS_OVERDUE": 1}
