"""The waiting list: who may register, and in what order they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.ids import new_id
from chassis.testing import run_due
from services.rendezvous.domain.attente import Attente, Priority, PriorityReason, Wanted, Where
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import FAR_MDS, MDS, NINE, SITE, minutes
from tests.integration.rendezvous.line import (
    DAY,
    NEXT,
    SECRETARY,
    answer,
    body,
    cancel,
    entry,
    offers,
    register,
    wait,
)


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    assert world.open(agent_id, DAY, NEXT).status == 201
    return agent_id


@pytest.fixture
def taken(world, agent):
    """A rendezvous at nine, to be cancelled."""
    return world.book([agent], [world.personne()]).json["rendezvous_id"]


def made_entry(mds, priority, queued_at):
    """An entry out of nowhere."""
    urgent = priority is Priority.URGENT
    return Attente(
        id=new_id(),
        personne_ids=(new_id(),),
        motif="ACCOMPAGNEMENT",
        discreet=False,
        where=Where(mds=mds),
        wanted=Wanted(from_on=NINE.date(), until_on=NINE.date()),
        priority=priority,
        priority_reason=PriorityReason.DEADLINE if urgent else None,
        registered_by="secretariat",
        registered_at=queued_at,
        queued_at=queued_at,
    )


class TestWhoMay:
    def test_register_needs_a_role(self, world):
        personne = world.personne()

        assert world.post("/v1/attentes", body(personne), role=None).status == 401
        assert world.post("/v1/attentes", body(personne), role="finance").status == 403

    def test_a_person_registers_nobody_else_and_nothing_urgent(self, world):
        world.motif(code="LIBRE", bookable_by_personne=True)
        personne, other = world.personne(), world.personne()
        me = {"role": "personne", "personne_id": personne}
        urgent = {"priority": "URGENT", "priority_reason": "DEADLINE"}

        assert world.post("/v1/attentes", body(other, motif="LIBRE"), **me).status == 403
        assert world.post("/v1/attentes", body(personne), **me).status == 403
        assert (
            world.post("/v1/attentes", body(personne, motif="LIBRE", **urgent), **me).status == 403
        )
        assert world.post("/v1/attentes", body(personne, motif="LIBRE"), **me).status == 201

    def test_for_nobody_whose_file_is_closed_to_them(self, world):
        personne, relative = world.personne(), world.agent()
        world.protect(personne, protected=False, closed_to=[relative])

        refused = world.post(
            "/v1/attentes", body(personne), role="travailleur_social", mds=[MDS], agent_id=relative
        )

        assert refused.status == 404

    def test_read_the_list_of_ones_mds_alone(self, world):
        wait(world)

        far = {"role": "secretaire", "mds": [FAR_MDS]}
        assert world.client.get(f"/v1/attentes?mds={MDS}", **far).status == 404
        listed = world.client.get(f"/v1/attentes?mds={MDS}", **SECRETARY).json["attentes"]
        assert [one["rank"] for one in listed] == [1]

    def test_withdraw_or_answer_elsewhere(self, world, taken):
        waiting = wait(world)
        cancel(world, taken)
        ((offer, _),) = offers(world)
        far = {"role": "secretaire", "mds": [FAR_MDS], "subject": "ailleurs"}
        stranger = {"role": "personne", "personne_id": world.personne()}

        for caller in (far, stranger):
            path = f"/v1/attentes/{waiting['attente_id']}/withdraw"
            assert world.client.post(path, **caller).status == 404
            assert world.client.get(f"/v1/offers/{offer}", **caller).status == 404
            for act in ("accept", "decline"):
                assert world.client.post(f"/v1/offers/{offer}/{act}", **caller).status == 404
        assert (
            world.client.post("/internal/offers/states", {"offer_ids": [offer]}, **far).status
            == 403
        )

    def test_a_protected_file_keeps_its_rank_and_shows_nothing(self, world):
        personne = world.personne()
        hidden = wait(world, personne)
        wait(world)
        world.protect(personne)

        first, second = world.client.get(f"/v1/attentes?mds={MDS}", **SECRETARY).json["attentes"]

        assert (first["rank"], first["masked"], second["rank"]) == (1, True, 2)
        assert not {"personne_ids", "motif", "agent_id", "offer_id"} & set(first)
        path = f"/v1/attentes/{hidden['attente_id']}/withdraw"
        assert world.client.post(path, **SECRETARY).status == 404
        listed = world.client.get(f"/v1/personnes/{personne}/attentes", **SECRETARY)
        assert listed.status == 404

    def test_a_discreet_motif_is_masked_but_to_who_registered_it(self, world):
        world.motif(code="DISCRET", discreet=True)
        wait(world, motif="DISCRET")
        colleague = SECRETARY | {"subject": "collegue"}

        (own,) = world.client.get(f"/v1/attentes?mds={MDS}", **SECRETARY).json["attentes"]
        (theirs,) = world.client.get(f"/v1/attentes?mds={MDS}", **colleague).json["attentes"]

        assert own["motif"] == "DISCRET"
        assert theirs["masked"]
        assert "motif" not in theirs

    def test_a_person_sees_themselves_alone_and_does_not_answer_for_two(self, world, taken):
        personne, other = world.personne(), world.personne()
        both = [str(personne), str(other)]
        wait(world, personne, personne_ids=both)
        me = {"role": "personne", "personne_id": personne}
        cancel(world, taken)
        ((offer, _),) = offers(world)

        (mine,) = world.client.get(f"/v1/personnes/{personne}/attentes", **me).json["attentes"]

        assert mine["personne_ids"] == [str(personne)]
        assert mine["offer_id"] == offer
        assert "rank" not in mine or mine["rank"] is None
        assert world.client.post(f"/v1/offers/{offer}/accept", **me).status == 403


class TestRegistering:
    def test_once_for_a_motif(self, world):
        personne, other = world.personne(), world.personne()
        wait(world, personne)

        again = register(world, personne)
        with_another = register(world, personne, personne_ids=[str(personne), str(other)])

        assert (again.status, with_another.status) == (409, 409)
        assert again.json["type"].endswith("attente-existante")

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"until_on": "2023-01-08"}, 422),
            ({"until_on": "2024-02-01"}, 422),
            ({"from_on": "2023-01-20", "until_on": "2023-01-19"}, 422),
            ({"motif": "INCONNU"}, 422),
            ({"mds": "MDS-INCONNUE"}, 422),
            ({"mds": MDS, "site": SITE}, 422),
            ({"site": "INCONNU"}, 422),
            ({"priority": "URGENT"}, 422),
            ({"priority_reason": "SAFETY"}, 422),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, changes, status):
        assert register(world, world.personne(), **changes).status == status

    def test_an_agent_whose_profession_does_not_hold_the_motif(self, world):
        nurse = world.agent("INFIRMIER")

        refused = register(world, world.personne(), agent_id=str(nurse))

        assert refused.json["type"].endswith("profession-non-admise")

    def test_a_death_closes_it(self, world):
        personne = world.personne()
        waiting = wait(world, personne)

        world.dies(personne)

        assert entry(world, waiting["attente_id"], "reason") == "PERSONNE_DECEASED"
        assert register(world, personne).status == 409

    def test_a_booking_of_the_same_motif_closes_it(self, world, agent):
        personne = world.personne()
        waiting = wait(world, personne)

        assert world.book([agent], [personne]).status == 201
        run_due(world.runtime)

        assert entry(world, waiting["attente_id"], "reason") == "BOOKED_MEANWHILE"

    def test_its_period_ends(self, world):
        waiting = wait(world, until_on="2023-01-09")

        world.at(datetime(2023, 1, 9, 22, 59, 59, tzinfo=UTC))
        run_due(world.runtime)
        assert entry(world, waiting["attente_id"]) == "WAITING"
        world.at(datetime(2023, 1, 9, 23, 0, tzinfo=UTC))
        run_due(world.runtime)

        assert entry(world, waiting["attente_id"], "reason") == "PERIOD_OVER"

    def test_withdrawn_twice_it_answers_the_same(self, world):
        waiting = wait(world)

        path = f"/v1/attentes/{waiting['attente_id']}/withdraw"

        assert sent_again(world.runtime, lambda: world.client.post(path, **SECRETARY)) == 200
        assert entry(world, waiting["attente_id"], "reason") == "WITHDRAWN"


class TestOrder:
    def test_urgent_first_then_who_registered_first(self, world, taken):
        normal = wait(world)
        world.at(NINE - timedelta(hours=23))
        urgent = wait(world, priority="URGENT", priority_reason="DEADLINE")

        cancel(world, taken)

        assert [whom for _, whom in offers(world)] == [urgent["attente_id"]]
        listed = world.client.get(f"/v1/attentes?mds={MDS}&motif=ACCOMPAGNEMENT", **SECRETARY).json
        ranks = [(one["attente_id"], one["rank"]) for one in listed["attentes"]]
        assert ranks == [(urgent["attente_id"], 1), (normal["attente_id"], 2)]

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(Priority), st.integers(0, 3)), max_size=8))
    def test_sql_and_the_domain_have_one_order(self, world, rows):
        mds = f"MDS-{new_id().hex[-12:].upper()}"
        entries = [made_entry(mds, priority, NINE + minutes(later)) for priority, later in rows]

        def add_and_list(uow):
            for one in reversed(entries):
                uow.attentes.add(one)
            return uow.attentes.list_of(mds, None, after=0, limit=50)

        listed = world.runtime.transaction(add_and_list)

        ordered = sorted(entries, key=lambda one: one.order)
        assert [(rank, one.id) for rank, one in listed] == [
            (rank, one.id) for rank, one in enumerate(ordered, 1)
        ]

    def test_the_list_is_read_page_by_page(self, world):
        people = [wait(world)["attente_id"] for _ in range(3)]
        path = f"/v1/attentes?mds={MDS}&limit=2"

        first = world.client.get(path, **SECRETARY).json
        second = world.client.get(f"{path}&cursor={first['next']}", **SECRETARY).json

        lines = [*first["attentes"], *second["attentes"]]
        assert [(one["attente_id"], one["rank"]) for one in lines] == list(
            zip(people, (1, 2, 3), strict=True)
        )
        assert second["next"] is None

    def test_a_first_refusal_keeps_the_place_the_second_sends_last(self, world, agent):
        one, two, three = (wait(world)["attente_id"] for _ in range(3))
        world.at(NINE - timedelta(hours=23))
        for hour, then in ((9, [two]), (10, [two, three])):
            starts_at = f"{NEXT}T{hour:02}:00:00+01:00"
            booked = world.book([agent], [world.personne()], changes={"starts_at": starts_at})
            cancel(world, booked.json["rendezvous_id"])
            (offer,) = [offer for offer, whom in offers(world) if whom == one]

            assert answer(world, offer, "decline").status == 200
            run_due(world.runtime)

            assert [whom for _, whom in offers(world)] == then
        path = f"/v1/attentes?mds={MDS}"
        listed = world.client.get(path, **SECRETARY).json["attentes"]
        assert [line["attente_id"] for line in listed] == [two, three, one]
