"""A département in small: two sites of two MDS, agents known by facts, a motif, open days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Answer, Client, deliver

SITE, MDS = "MONTAUBAN-CENTRE", "MDS-MONTAUBAN"
FAR_SITE, FAR_MDS = "CAUSSADE", "MDS-CAUSSADE"
WEEK = ("2023-01-10", "2023-01-11", "2023-01-12", "2023-01-13", "2023-01-16")
NEXT_WEEK = ("2023-01-23", "2023-01-24", "2023-01-25")
#: The clock starts on Monday 9 January 2023, 08:00 UTC; this is the next day at 9 in Paris.
NINE = datetime(2023, 1, 10, 8, 0, tzinfo=UTC)
MOTIF = {
    "code": "ACCOMPAGNEMENT",
    "label": "Accompagnement",
    "kind": "ACCOMPAGNEMENT",
    "modality": "PRESENTIEL",
    "professions": ["ASS", "CESF"],
    "duration_minutes": 45,
    "buffer_after_minutes": 15,
    "cancel_notice_minutes": 120,
    "valid_from": "2023-01-01",
}


@dataclass
class World:
    """What the tests of rendezvous stand on."""

    runtime: Runtime
    client: Client
    versions: dict[UUID, int] = field(default_factory=dict)

    def tell(self, source: str, fact: str, of: str, about: UUID, **data: Any) -> None:
        """Deliver one fact of another service."""
        self.versions[about] = self.versions.get(about, 0) + 1
        deliver(
            self.runtime,
            source,
            f"{fact}.v1",
            aggregate=(of, about),
            version=self.versions[about],
            data=data,
        )

    def site(self, site: str, mds: str, *, is_open: bool = True) -> None:
        """A site of accueil."""
        site_id = new_id()
        self.tell(
            "accueil",
            "site_changed",
            "site",
            site_id,
            site_id=site_id,
            site=site,
            mds=mds,
            kind="SITE",
            open=is_open,
        )

    def agent(self, profession: str = "ASS", *, agent_id: UUID | None = None, **changes) -> UUID:
        """An agent of the annuaire, in post since 2022 unless told otherwise."""
        agent_id = agent_id or new_id()
        post = {
            "agent_id": agent_id,
            "profession": profession,
            "secrecy_basis": "PROFESSION",
            "mds": MDS,
            "site": SITE,
            "plateforme": False,
            "volant": False,
            "full_time_percent": 100,
            "effective_on": "2022-01-01",
            "active": True,
        }
        known = agent_id in self.versions
        fact = "agent_changed" if known else "agent_registered"
        self.tell("accueil", fact, "agent", agent_id, **post | changes)
        return agent_id

    def personne(self) -> UUID:
        """A personne of accueil."""
        personne_id = new_id()
        self._about(personne_id, "personne_registered")
        return personne_id

    def dies(self, personne_id: UUID) -> None:
        """accueil says that the personne has died."""
        self._about(personne_id, "personne_deceased", died_on="2023-01-09")

    def protect(
        self,
        personne_id: UUID,
        *,
        protected: bool = True,
        opened_to: Sequence[UUID] = (),
        closed_to: Sequence[UUID] = (),
    ) -> None:
        """accueil says who may know of the file."""
        lists = {"opened_agent_ids": list(opened_to), "closed_agent_ids": list(closed_to)}
        self._about(personne_id, "protection_changed", protected=protected, **lists)

    def protect_without_lists(self, personne_id: UUID) -> None:
        """The same fact, as it was before it named the agents."""
        self._about(personne_id, "protection_changed", protected=True)

    def answer_of_accueil(self, personne_id: UUID, **changes: Any) -> None:
        """What accueil answers when it is asked about a personne."""
        known: dict[str, Any] = {"deceased": False, "protected": False}
        lists: dict[str, Any] = {"opened_agent_ids": [], "closed_agent_ids": []}
        neighbours: Any = self.runtime.neighbours
        path = f"/internal/personnes/{personne_id}"
        neighbours.answers["accueil", path] = known | lists | changes

    def _about(self, personne_id: UUID, fact: str, **more: Any) -> None:
        about = {"personne_id": personne_id, "personne_ids": [personne_id], "mds": MDS}
        self.tell("accueil", fact, "personne", personne_id, site=SITE, **about | more)

    def dossier(self, *personne_ids: UUID, referent: UUID | None = None) -> UUID:
        """A dossier of dsu about these personnes."""
        dossier_id = new_id()
        self.tell_dossier(
            dossier_id, "dossier_opened", *personne_ids, referent_agent_id=referent or new_id()
        )
        return dossier_id

    def tell_dossier(self, dossier_id: UUID, fact: str, *personne_ids: UUID, **more: Any) -> None:
        """One fact of dsu about a dossier."""
        about = {"dossier_id": dossier_id, "personne_ids": personne_ids, "mds": MDS, "site": SITE}
        self.tell("dsu", fact, "dossier", dossier_id, **about | more)

    def answer_of_dsu(self, dossier_id: UUID, *personne_ids: UUID) -> None:
        """What dsu answers when it is asked about a dossier."""
        neighbours: Any = self.runtime.neighbours
        neighbours.answers["dsu", f"/internal/dossiers/{dossier_id}/professionals"] = {
            "personne_ids": list(map(str, personne_ids)),
            "professionals": [{"agent_id": str(new_id()), "role": "REFERENT"}],
        }

    def motif(self, **changes: Any) -> str:
        """A motif; answers its code."""
        answer = self.post("/v1/motifs", MOTIF | changes, role="admin")
        assert answer.status == 201, answer.json
        return str(answer.json["code"])

    def room(self, name: str = "Bureau 1", *, site: str = SITE) -> str:
        """A room; answers its id."""
        answer = self.post("/v1/rooms", {"site": site, "name": name}, role="admin")
        return str(answer.json["room_id"])

    def vehicle(self, name: str = "Clio 1", *, site: str = SITE) -> str:
        """A vehicle; answers its id."""
        answer = self.post("/v1/vehicles", {"site": site, "name": name}, role="admin")
        return str(answer.json["vehicle_id"])

    def zone(self, code: str, minutes: int, *, site: str = SITE) -> Answer:
        """A zone at so many minutes of one site."""
        lines = [{"site": site, "minutes": minutes}]
        body = {"code": code, "label": code.capitalize(), "minutes": lines}
        return self.post("/v1/zones", body, role="admin")

    def open(self, agent_id: UUID, *days: str, site: str = SITE, **changes: Any) -> Answer:
        """Open an agent from 9 to 12 and 14 to 17 (Paris) on these days."""
        lines = [
            {"agent_id": str(agent_id), "site": site, "day": day, "from": start, "to": end}
            | changes
            for day in days
            for start, end in (("09:00", "12:00"), ("14:00", "17:00"))
        ]
        return self.post("/v1/openings", {"openings": lines}, role="admin")

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """A POST with a key of its own."""
        return self.client.post(path, json=body, **{"key": str(new_id())} | options)

    def booking(self, agents: list[UUID], personnes: list[UUID], **changes: Any) -> dict[str, Any]:
        """The body of a booking."""
        return {
            "motif": "ACCOMPAGNEMENT",
            "site": SITE,
            "agent_ids": [str(a) for a in agents],
            "personne_ids": [str(p) for p in personnes],
            "starts_at": NINE.isoformat(),
        } | changes

    def book(self, agents: list[UUID], personnes: list[UUID], **options: Any) -> Answer:
        """Book as the secretary of Montauban; changes of the body come as `changes`."""
        body = self.booking(agents, personnes, **options.pop("changes", {}))
        return self.post("/v1/rendezvous", body, **{"role": "secretaire", "mds": [MDS]} | options)

    def act(self, rendezvous_id: str, act: str, body: Any = None, **options: Any) -> Answer:
        """Act on a rendezvous as the secretary of Montauban, on its first version."""
        who = {"role": "secretaire", "mds": [MDS], "etag": '"1"', "subject": "secretariat"}
        path = f"/v1/rendezvous/{rendezvous_id}/{act}"
        return self.client.post(path, json=body, **who | options)

    def at(self, moment: datetime) -> None:
        """Move trade time."""
        self.runtime.clock.set(moment)

    def sql(self, query: str, **values: Any) -> Any:
        """One value, by independent SQL."""
        with self.runtime.engine.connect() as connection:
            return connection.execute(sa.text(query), values).scalar()


#: Pairs of live rendezvous or holds that share an agent, a room or a person at one time, found
#: without the occupation table (cores only) and within it.
OVERLAPS = """
    SELECT count(*) FROM rendezvous a JOIN rendezvous b ON a.id < b.id
     WHERE a.status <> 'CANCELLED' AND b.status <> 'CANCELLED'
       AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
       AND (a.agent_ids && b.agent_ids OR a.personne_ids && b.personne_ids
            OR a.room_id = b.room_id OR a.vehicle_id = b.vehicle_id)
"""
#: Agents' times that overlap once their buffers are counted.
BUFFERED_OVERLAPS = """
    SELECT count(*) FROM occupation a JOIN occupation b
        ON a.resource_id = b.resource_id AND a.during && b.during AND a.ctid < b.ctid
"""
#: Rendezvous whose occupations are not exactly those they should be.
MISMATCHES = """
    SELECT count(*) FROM rendezvous r
     WHERE (SELECT count(*) FROM occupation o WHERE o.rendezvous_id = r.id)
        <> CASE WHEN r.status = 'CANCELLED' THEN 0 ELSE cardinality(r.agent_ids)
           + cardinality(r.personne_ids) + num_nonnulls(r.room_id, r.vehicle_id) END
"""


@pytest.fixture
def measured_world(
    service_runtime: Callable[[str], Runtime], http: Callable[[Runtime], Client]
) -> World:
    """Two open sites and the motif."""
    runtime = service_runtime("rendezvous")
    made = World(runtime=runtime, client=http(runtime))
    made.site(SITE, MDS)
    made.site(FAR_SITE, FAR_MDS)
    made.motif()
    return made


@pytest.fixture
def world(measured_world: World) -> World:
    """The same, without the daily measure of waits, which would be due in every test."""
    with measured_world.runtime.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM due WHERE kind = 'delai'"))
    return measured_world


@pytest.fixture
def absent(world: World) -> UUID:
    """An agent who receives this week and the one after next."""
    agent = world.agent()
    world.open(agent, *WEEK, *NEXT_WEEK)
    return agent


def minutes(count: int) -> timedelta:
    """A number of minutes."""
    return timedelta(minutes=count)
