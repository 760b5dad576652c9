"""What accueil hides from an agent, rendezvous hides too: the same 404, to read and to write."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from tests.integration.rendezvous.conftest import MDS, NINE, minutes

DAY = "2023-01-10"


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY)
    return agent_id


def told(answer):
    """All that an answer says, but for what changes each time."""
    return (answer.status, *(answer.json.get(name) for name in ("type", "title", "detail")))


@pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "responsable"])
class TestFileClosedToAnAgent:
    """Their own or a relative's: whatever their rank, and although they hold the rendezvous."""

    @pytest.fixture
    def relative(self, world, agent):
        return world.personne()

    @pytest.fixture
    def booked(self, world, agent, relative):
        booked = world.book([agent], [relative]).json["rendezvous_id"]
        world.protect(relative, protected=False, closed_to=[agent])
        return booked

    def test_books_nothing_for_them(self, world, agent, role, booked, relative):
        later = {"starts_at": (NINE + minutes(60)).isoformat()}
        who = {"role": role, "agent_id": agent, "changes": later}

        answer = world.book([agent], [world.personne(), relative], **who)

        assert answer.json["type"].endswith("personne-introuvable")
        assert told(answer) == told(world.book([agent], [world.personne(), new_id()], **who))
        assert world.book([agent], [relative], changes=later).status == 404
        assert world.book([agent], [relative], changes=later, agent_id=new_id()).status == 201

    def test_reads_none_of_theirs(self, world, agent, role, booked, relative):
        who = {"role": role, "agent_id": agent, "mds": [MDS]}

        one = world.client.get(f"/v1/rendezvous/{booked}", **who)
        listed = world.client.get(f"/v1/personnes/{relative}/rendezvous", **who)

        assert told(one) == told(world.client.get(f"/v1/rendezvous/{new_id()}", **who))
        assert told(listed) == told(world.client.get(f"/v1/personnes/{new_id()}/rendezvous", **who))

    def test_sees_a_mere_busy_time_in_an_agenda(self, world, agent, role, booked):
        path = f"/v1/agents/{agent}/agenda?from={DAY}&to={DAY}"

        (line,) = world.client.get(path, role=role, agent_id=agent, mds=[MDS]).json["rendezvous"]

        assert line["masked"] is True
        assert not {"personne_ids", "motif"} & line.keys()

    @pytest.mark.parametrize(
        ("act", "body"),
        [
            ("move", {"starts_at": (NINE + minutes(60)).isoformat()}),
            ("cancel", {}),
            ("honour", None),
            ("miss", {"excused": True}),
        ],
    )
    def test_does_nothing_to_it(self, world, agent, role, booked, act, body):
        if act in ("honour", "miss"):
            world.at(NINE)

        assert world.act(booked, act, body, role=role, agent_id=agent).status == 404
        assert world.act(booked, act, body, role=role, agent_id=new_id()).status == 200


class TestProtectedFile:
    @pytest.fixture
    def hidden(self, world, agent):
        return world.personne()

    @pytest.fixture
    def opened(self):
        return new_id()

    @pytest.fixture
    def booked(self, world, agent, hidden, opened):
        booked = world.book([agent], [hidden], agent_id=opened).json["rendezvous_id"]
        world.protect(hidden, opened_to=[opened])
        return booked

    def read(self, world, booked, hidden, **who):
        who = {"mds": [MDS]} | who
        listed = world.client.get(f"/v1/personnes/{hidden}/rendezvous", **who)
        return [world.client.get(f"/v1/rendezvous/{booked}", **who), listed]

    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social"])
    def test_is_not_there_for_a_colleague_of_the_mds(self, world, booked, hidden, role):
        who = {"role": role, "agent_id": new_id()}

        found = self.read(world, booked, hidden, **who)

        nothing = self.read(world, new_id(), new_id(), **who)
        assert [told(answer) for answer in found] == [told(answer) for answer in nothing]
        for act, body in (("move", {"starts_at": NINE.isoformat()}), ("cancel", {})):
            assert world.act(booked, act, body, **who).status == 404

    def test_is_there_for_its_agent_the_responsable_and_whom_it_is_opened_to(
        self, world, agent, booked, hidden, opened
    ):
        for who in (
            {"role": "travailleur_social", "agent_id": agent, "mds": []},
            {"role": "responsable", "agent_id": new_id()},
            {"role": "secretaire", "agent_id": opened},
        ):
            one, listed = self.read(world, booked, hidden, **who)
            assert (one.json["masked"], one.json["personne_ids"]) == (False, [str(hidden)])
            assert [line["masked"] for line in listed.json["rendezvous"]] == [False]

    def test_is_there_for_the_referent_of_its_dossier(self, world, agent, hidden):
        referent = new_id()
        named = {"dossier_id": str(world.dossier(hidden, referent=referent))}
        booked = world.book([agent], [hidden], changes=named).json["rendezvous_id"]
        world.protect(hidden)

        one, listed = self.read(
            world, booked, hidden, role="travailleur_social", agent_id=referent, mds=[]
        )

        assert one.json["masked"] is False
        assert [line["rendezvous_id"] for line in listed.json["rendezvous"]] == [booked]

    def test_its_agent_lists_only_what_they_hold(self, world, agent, booked, hidden):
        other = world.agent()
        world.open(other, DAY)
        later = {"starts_at": (NINE + minutes(60)).isoformat()}
        held = world.book([other], [hidden], changes=later).json["rendezvous_id"]

        _, listed = self.read(world, booked, hidden, role="travailleur_social", agent_id=other)

        assert [line["rendezvous_id"] for line in listed.json["rendezvous"]] == [held]


class TestDiscreetMotif:
    @pytest.fixture
    def booked(self, world, agent):
        world.motif(code="DISCRET", discreet=True)
        return world.book([agent], [world.personne()], changes={"motif": "DISCRET"}).json

    def test_says_no_more_one_by_one_than_in_an_agenda(self, world, agent, booked):
        path = f"/v1/rendezvous/{booked['rendezvous_id']}"

        seen = world.client.get(path, role="secretaire", agent_id=new_id(), mds=[MDS])
        own = world.client.get(path, role="travailleur_social", agent_id=agent).json

        assert (seen.status, seen.etag, seen.json["masked"]) == (200, '"1"', True)
        assert not {"personne_ids", "motif", "kind", "dossier_id"} & seen.json.keys()
        assert (own["masked"], own["motif"]) == (False, "DISCRET")

    def test_is_moved_and_cancelled_by_a_secretary_who_learns_nothing(self, world, booked):
        later = {"starts_at": (NINE + minutes(60)).isoformat()}

        moved = world.act(booked["rendezvous_id"], "move", later)
        cancelled = world.act(booked["rendezvous_id"], "cancel", {}, etag=moved.etag)

        for answer in (moved, cancelled):
            assert (answer.status, answer.json["masked"]) == (200, True)
            assert not {"personne_ids", "motif"} & answer.json.keys()
        assert cancelled.json["status"] == "CANCELLED"


def test_a_person_still_has_their_own(world, agent):
    personne = world.personne()
    booked = world.book([agent], [personne]).json["rendezvous_id"]
    world.protect(personne, closed_to=[agent])
    who = {"role": "personne", "personne_id": personne}

    assert world.client.get(f"/v1/rendezvous/{booked}", **who).status == 200
    listed = world.client.get(f"/v1/personnes/{personne}/rendezvous", **who).json["rendezvous"]
    assert [line["masked"] for line in listed] == [False]


class TestNotTold:
    """A fact of before the lists: accueil is asked, and nothing is shown without its answer."""

    @pytest.fixture
    def relative(self, world, agent):
        relative = world.personne()
        world.book([agent], [relative])
        world.protect_without_lists(relative)
        return relative

    def test_accueil_is_asked_until_its_answer_is_kept(self, world, agent, relative):
        world.answer_of_accueil(relative, protected=True, closed_agent_ids=[str(agent)])
        path = f"/v1/personnes/{relative}/rendezvous"
        responsable = {"role": "responsable", "agent_id": new_id(), "mds": [MDS]}
        assert world.client.get(path, **responsable).status == 200

        world.runtime.neighbours.asked.clear()
        assert world.client.get(path, role="secretaire", agent_id=agent, mds=[MDS]).status == 404
        assert world.book([agent], [relative], agent_id=agent).status == 404
        assert world.runtime.neighbours.asked == []

    def test_nothing_is_shown_nor_booked_while_accueil_is_away(self, world, agent, relative):
        world.runtime.neighbours.down.add("accueil")
        who = {"role": "secretaire", "agent_id": agent, "mds": [MDS]}

        for path in (
            f"/v1/personnes/{relative}/rendezvous",
            f"/v1/agents/{agent}/agenda?from={DAY}&to={DAY}",
        ):
            assert world.client.get(path, **who).status == 503
        assert world.book([agent], [relative], agent_id=agent).status == 503
