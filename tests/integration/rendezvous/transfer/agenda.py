"""An agenda drawn at random, lived through by the routes of every day."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from tests.integration.rendezvous.conftest import MDS, NINE, SITE, World

#: When rendezvous are booked, and when half of them are over.
BEFORE = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
AFTER = datetime(2023, 1, 12, 0, 0, tzinfo=UTC)
DAYS = ("2023-01-10", "2023-01-11", "2023-01-12", "2023-01-13")
HOURS = (0, 1, 2, 5, 6, 7)
ADMIN = {"role": "admin"}
CLERK = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}
HEAD = {"role": "responsable", "mds": [MDS], "subject": "cheffe"}
URGENT = {"override_person_overlap": {"reason": "DANGER"}}


@dataclass
class Agenda:
    """Who and what there is, and the rendezvous that were booked (id: starts_at, ETag)."""

    world: World
    draw: random.Random
    agents: list[UUID]
    personnes: list[UUID]
    rooms: list[str]
    vehicles: list[str]
    booked: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    #: Whom each receives, but for sessions.
    received: dict[str, list[UUID]] = field(default_factory=dict)
    sessions: dict[str, set[UUID]] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, seed: int) -> Agenda:
        """Agents, rooms, vehicles and series; the motifs are those of `motifs`."""
        world.at(BEFORE)
        agents = [world.agent(("ASS", "CESF")[n % 2]) for n in range(3)]
        for agent in agents:
            world.open(agent, *DAYS)
        world.client.post(
            f"/v1/resources/{world.room('Ancien bureau')}/retire",
            json={"retired_on": "2023-01-11"},
            **ADMIN,
        )
        return cls(
            world=world,
            draw=random.Random(seed),
            agents=agents,
            personnes=[world.personne() for _ in range(5)],
            rooms=[world.room(name) for name in ("Bureau 1", "Salle, dite « des fêtes »")],
            vehicles=[world.vehicle()],
        )

    def live(self, wishes: int) -> None:
        """Series, then rendezvous booked, given up, and, for half of them, held or not."""
        self._series()
        for _ in range(wishes):
            self._book()
        self._give_up()
        self.world.at(AFTER)
        for one, (starts_at, etag) in self.booked.items():
            if starts_at < AFTER:
                self._end(one, etag)

    def _series(self) -> None:
        agent, world = self.draw.choice(self.agents), self.world
        begin = {"agent_id": str(agent), "first_day": "2023-01-16", "from": "09:00", "to": "12:00"}
        opened = begin | {"kind": "OPENING", "rule": "FREQ=WEEKLY;BYDAY=MO,TH", "site": SITE}
        opened |= self.draw.choice([{}, {"kinds": ["AUTRE"]}, {"motifs": ["ATELIER", "VISITE"]}])
        serie = world.post("/v1/series", opened, **ADMIN)
        path = f"/v1/series/{serie.json['serie_id']}"
        for day, change in (
            ("2023-01-19", {"removed": True}),
            ("2023-01-23", {"from": "10:00", "to": None}),
        ):
            serie = world.client.post(
                f"{path}/occurrences/{day}/change", json=change, etag=serie.etag, **ADMIN
            )
            assert serie.status == 200, serie.json
        if self.draw.random() < 0.5:
            follows = {"from_day": "2023-02-02", "from": "13:00", "to": "15:00"}
            world.client.post(f"{path}/change", json=follows, etag=serie.etag, **ADMIN)
        away = {"agent_id": str(agent), "first_day": "2023-03-01", "kind": "WORK"}
        serie = world.post("/v1/series", away | {"rule": "FREQ=DAILY;COUNT=3"}, **ADMIN)
        path = f"/v1/series/{serie.json['serie_id']}/occurrences/2023-03-02/change"
        hours = {"from": "09:00", "to": "11:00"}
        world.client.post(path, json=hours, etag=serie.etag, **ADMIN)
        day = self.draw.choice(DAYS)
        alone = {"agent_id": str(agent), "day": day, "from": "19:00", "to": "20:00"}
        world.post("/v1/absences", alone | {"kind": self.draw.choice(["ABSENCE", "WORK"])}, **ADMIN)

    def _book(self) -> None:
        draw = self.draw
        start = NINE + timedelta(days=draw.randrange(4), hours=draw.choice(HOURS))
        motif = draw.choice(["ACCOMPAGNEMENT", "ACCUEIL", "VISITE", "ATELIER", "BINOME"])
        changes: dict[str, Any] = {
            "motif": motif,
            "starts_at": start.isoformat(),
            "outside_delay": draw.random() < 0.5,
            "outside_opening": draw.random() < 0.3,
        }
        personnes = draw.sample(self.personnes, draw.choice([0, 1, 2]) if motif == "ACCUEIL" else 1)
        if motif == "ATELIER":
            personnes = draw.sample(self.personnes, draw.randrange(4))
        else:
            changes["origin"] = draw.choice([None, "TIERS", "PROFESSIONNEL"])
            changes["orientation_id"] = draw.choice([None, str(new_id())])
            changes["aggression_risk"] = draw.random() < 0.3
        if motif == "VISITE":
            changes["zone"] = draw.choice([None, "VALLEE", "PLATEAU"])
        if motif == "ACCOMPAGNEMENT":
            changes["room_id"] = draw.choice([None, *self.rooms])
            changes["dossier_id"] = draw.choice([None, str(self.world.dossier(personnes[0]))])
        agents = draw.sample(self.agents, 2 if motif == "BINOME" else draw.choice([1, 1, 2]))
        who = CLERK
        if motif != "ATELIER" and self.received and draw.random() < 0.4:
            other = draw.choice(sorted(self.received))
            personnes, who = self.received[other] or personnes, HEAD
            changes |= URGENT | {"starts_at": self.booked[other][0].isoformat()}
            changes["dossier_id"] = None
        answer = self.world.book(agents, personnes, changes=changes, **who)
        if answer.status != 201:
            assert answer.status in (409, 422), answer.json
            return
        booked = answer.json["rendezvous_id"]
        self.booked[booked] = (datetime.fromisoformat(answer.json["starts_at"]), answer.etag)
        if motif == "ATELIER":
            self.sessions[booked] = set(personnes)
        else:
            self.received[booked] = personnes

    def _give_up(self) -> None:
        for one in sorted(self.booked):
            if one in self.sessions:
                self._leave(one)
            if self.draw.random() < 0.2:
                why = {"by": "PERSONNE", "reason": "PERSONNE_REQUEST"}
                etag = self._etag(one)
                answer = self.world.act(one, "cancel", why, etag=etag, **HEAD)
                assert answer.status == 200, answer.json
                del self.booked[one]

    def _leave(self, session: str) -> None:
        for personne in sorted(self.sessions[session]):
            if self.draw.random() < 0.3:
                path = f"/v1/rendezvous/{session}/participants/{personne}/cancel"
                self.world.client.post(path, json={}, **HEAD)

    def _end(self, one: str, etag: str) -> None:
        draw = self.draw
        for personne in sorted(self.sessions.get(one, ())):
            act = draw.choice(["honour", "miss", None])
            path = f"/v1/rendezvous/{one}/participants/{personne}/{act}"
            if act:
                body = {"excused": draw.random() < 0.5} if act == "miss" else None
                self.world.client.post(path, json=body, **HEAD)
        if one not in self.sessions and draw.random() < 0.3:
            self.world.act(one, "late", {"minutes": 20}, etag=etag, **HEAD)
        acts: list[tuple[str, Any]] = [("honour", None), ("miss", {"excused": draw.random() < 0.5})]
        draw.shuffle(acts)
        statuses = [
            self.world.act(one, act, body, etag=self._etag(one), **HEAD).status
            for act, body in acts
        ]
        assert 200 in statuses

    def _etag(self, one: str) -> str:
        version = self.world.sql("SELECT version FROM rendezvous WHERE id = :id", id=one)
        return f'"{version}"'


def motifs(world: World) -> None:
    """Each sort of rendezvous there is."""
    world.zone("VALLEE", 20)
    world.zone("PLATEAU", 45)
    world.motif(code="ACCUEIL", kind="PREMIER_ACCUEIL", duration_minutes=30)
    world.motif(code="VISITE", modality="VAD", needs_vehicle=True, discreet=True)
    world.motif(code="ATELIER", capacity=3, kind="AUTRE")
    world.motif(code="BINOME", min_agents=2, needs_room=True)
