"""Every intervention the nomenclature knows, from dsu to a partner: none tells of a danger."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chassis.inbox import apply_waiting
from chassis.inbox_store import store
from chassis.testing import Client, published
from services.dsu.domain.nomenclature import Filing, InterventionType, nomenclature_on
from tests.integration.consent.scene import LATER, Scene
from tests.integration.dsu.conftest import World

TOPIC = "dsu.intervention_recorded.v1"
NAMED = {TOPIC: ["nomenclature", "occurred_on"]}
#: Words of a label that no partner may read, in any of the three columns of the table.
DANGER = re.compile(
    r"violen|enfan|mineur|parent|matern|préoccupant|signal|vulnérab|maltrait|\bprotection"
    r"|\b(ASE|AED|AEMO|AESF|AEB|TISF|PPE|OPP|CRIP)\b",
    re.IGNORECASE,
)


@pytest.fixture
def world(service_runtime) -> World:
    runtime = service_runtime("dsu")
    made = World(runtime=runtime, client=Client(runtime))
    made.site("MONTAUBAN-CENTRE")
    made.agent(made.ass, "ASS")
    return made


@pytest.fixture
def scene(service_runtime) -> Scene:
    """A partner whose contract names interventions."""
    runtime = service_runtime("consent")
    made = Scene(runtime, Client(runtime))
    assert made.partner(topics=NAMED).status == 201
    return made


def recordable(day: date) -> list[InterventionType]:
    closed = (Filing.SEPARATE, Filing.COLLECTIVE)
    return [kind for kind in nomenclature_on(day).types if kind.filing not in closed]


def received(scene: Scene) -> set[str]:
    codes: set[str] = set()
    after, more = 0, True
    while more:
        answer = scene.read(after=after, limit=200).json
        codes |= {fact["data"]["nomenclature"] for fact in answer["facts"]}
        after, more = answer["next"], answer["more"]
    return codes


@pytest.mark.parametrize("day", [date(2023, 1, 9), date(2025, 2, 3)])
def test_a_partner_is_told_of_no_intervention_whose_label_speaks_of_danger(world, scene, day):
    """CASF L221-6, code pénal 226-13: in no feed, ever, whatever was signed."""
    personne = scene.person()
    signed = scene.sign(personne, scene.consent(personne).json["id"], elements=NAMED)
    assert signed.status == 201, signed.json
    world.tell_personne(personne, "personne_registered", version=1)
    world.answer_of_accueil(personne)
    world.runtime.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    dossier = world.opened(personne)
    kinds = recordable(day)
    for kind in kinds:
        answer = world.record(dossier, kind.code, occurred_on=day.isoformat())
        assert answer.status == 201, answer.json

    scene.runtime.clock.set(LATER)
    bodies = [replace(event, time=LATER).to_bytes() for event in published(world.runtime)]
    with scene.runtime.engine.begin() as connection:
        store(connection.connection, bodies, scene.runtime.service.subscriptions)
    while apply_waiting(scene.runtime):
        pass
    told = received(scene)

    unspeakable = {
        kind.code
        for kind in kinds
        if DANGER.search(f"{kind.champ_label} / {kind.dispositif_label} / {kind.label}")
    }
    assert {"LOGEMENT.URGENCE_115.APPEL", "ENFANCE.TISF.PRISE_EN_CHARGE"} <= unspeakable
    assert told & unspeakable == set()
    assert told == {kind.code for kind in kinds if kind.shareable}
    assert len(told) > 70
