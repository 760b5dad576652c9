"""What accueil hides from an agent, dsu hides too: the same 404, to read and to write."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import Answer
from tests.integration.dsu.conftest import World

RENT = "LOGEMENT.EXPULSIONS.NOTE_CCAPEX"


def told(answer: Answer) -> tuple[Any, ...]:
    """All that an answer says, but for what changes each time."""
    return (answer.status, *(answer.json.get(name) for name in ("type", "title", "detail")))


def nothing_there(world: World, **options: Any) -> tuple[Any, ...]:
    """What is said of a dossier that does not exist."""
    return told(world.client.get(f"/v1/dossiers/{new_id()}", **options))


class TestOpening:
    def test_a_file_hidden_by_accueil_answers_as_one_that_does_not_exist(self, world):
        hidden = world.personne()
        world.protect(hidden)

        answer = world.ask_opening(hidden)

        assert answer.json["type"].endswith("personne-introuvable")
        assert told(answer) == told(world.ask_opening(new_id()))

    @pytest.mark.parametrize("role", ["travailleur_social", "responsable"])
    def test_an_agent_opens_no_dossier_of_a_relative_whatever_their_rank(self, world, role):
        relative = world.personne()
        world.protect(relative, protected=False, closed_to=[world.ass])

        answer = world.ask_opening(relative, role=role)

        assert told(answer) == told(world.ask_opening(new_id()))
        assert world.ask_opening(relative, agent_id=world.other_ass).status == 201

    def test_nothing_else_is_looked_at_first(self, world):
        dead, hidden = world.personne(), world.personne()
        world.tell_personne(dead, "personne_deceased", died_on="2023-01-05")
        world.protect(hidden)

        with_hidden = world.ask_opening(dead, hidden)

        assert told(with_hidden) == told(world.ask_opening(dead, new_id()))


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("GET", "", None),
        ("GET", "/interventions", None),
        ("GET", "/timeline", None),
        ("POST", "/interventions", {"nomenclature": RENT, "occurred_on": "2023-01-09"}),
        ("POST", "/referent", {"agent_id": str(new_id())}),
        ("POST", "/associations", {"agent_id": str(new_id()), "mission": "BUDGET"}),
        ("POST", "/close", {"reason": "AUTRE"}),
    ],
)
class TestClosedDossier:
    def ask(self, world: World, dossier: dict[str, Any], method, tail, body, **who) -> Answer:
        if body is not None and tail == "/interventions":
            body = body | {"personne_ids": [m["personne_id"] for m in dossier["personnes"]]}
        path = f"/v1/dossiers/{dossier['dossier_id']}{tail}"
        return world.client.request(method, path, json=body, key=str(new_id()), etag='"1"', **who)

    def test_is_not_there_for_its_own_referent(self, world, method, tail, body):
        relative = world.personne()
        dossier = world.opened(relative, world.personne())
        world.protect(relative, closed_to=[world.ass])

        answer = self.ask(world, dossier, method, tail, body, **world.as_ass())

        assert told(answer) == nothing_there(world, **world.as_ass())

    def test_is_not_there_for_a_responsable_close_to_the_person(self, world, method, tail, body):
        relative = world.personne()
        dossier = world.opened(relative)
        world.protect(relative, protected=False, closed_to=[world.responsable])

        answer = self.ask(world, dossier, method, tail, body, **world.as_responsable("IP"))

        assert told(answer) == nothing_there(world, **world.as_responsable("IP"))


def test_a_closed_dossier_is_left_out_of_the_list_of_its_referent(world):
    relative = world.personne()
    world.opened(relative)
    other = world.opened()
    world.protect(relative, closed_to=[world.ass])

    listed = world.client.get("/v1/dossiers?referent=me", **world.as_ass()).json["dossiers"]

    assert [one["dossier_id"] for one in listed] == [other["dossier_id"]]


@pytest.mark.parametrize("tail", ["/readings", "/readings/verification"])
def test_a_dpo_does_not_look_into_the_journal_of_a_relative(world, tail):
    relative, dpo = world.personne(), new_id()
    path = f"/v1/dossiers/{world.opened(relative)['dossier_id']}{tail}"
    assert world.client.get(path, role="dpo", agent_id=dpo).status == 200

    world.protect(relative, protected=False, closed_to=[dpo])

    assert world.client.get(path, role="dpo", agent_id=dpo).status == 404
    assert world.client.get(path, role="dpo", agent_id=new_id()).status == 200


class TestNotTold:
    """A fact of before the lists, or a row of before them."""

    def test_accueil_is_asked_until_its_answer_is_kept(self, world):
        relative = world.personne()
        dossier = world.opened(relative)
        path = f"/v1/dossiers/{dossier['dossier_id']}"
        world.tell_personne(relative, "protection_changed", protected=True)
        world.answer_of_accueil(relative, protected=True, closed_agent_ids=[str(world.ass)])

        assert world.client.get(path, **world.as_ass()).status == 404
        assert world.client.get(path, **world.as_responsable()).status == 200

        world.runtime.neighbours.asked.clear()
        assert world.client.get(path, **world.as_ass()).status == 404
        assert not world.runtime.neighbours.asked

    def test_nobody_enters_while_accueil_is_away(self, world):
        personne = world.personne()
        dossier = world.opened(personne)
        with world.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE personne SET opened_to = NULL, closed_to = NULL"))
        world.runtime.neighbours.down.add("accueil")
        path = f"/v1/dossiers/{dossier['dossier_id']}"

        assert world.client.get(path, **world.as_ass()).status == 503
        assert world.client.get(path, **world.as_ass(world.stranger)).status == 404

    def test_an_answer_that_does_not_say_to_whom_is_no_answer(self, world):
        late = new_id()
        world.answer_of_accueil(late)
        path = ("accueil", f"/internal/personnes/{late}")
        del world.runtime.neighbours.answers[path]["closed_agent_ids"]

        assert world.ask_opening(late).status == 503
