"""Random concurrent operations on a few agendas, and what must be true afterwards.

    python -m tests.integration.rendezvous.storm --operations 10000 --seed 7

Clerks book (alone, in binôme, with a room they choose or that the service finds, at home with a
vehicle), hold, confirm, give back, move and cancel, on purpose where the others do, each what is
theirs: whatever is refused is refused for its place. Meanwhile a director closes the site and an
agent is absent, for a day, then no longer; people wait, and what frees is offered to them, taken or
left. The same seed draws the same wishes; who comes first is the machine's.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer

from chassis.clock import instant_of
from chassis.database import new_engine
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Answer, Client, FakeNeighbours, SettableClock, run_due
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    MDS,
    MISMATCHES,
    OVERLAPS,
    SITE,
    World,
    minutes,
)

AGENTS, PERSONNES, ROOMS, VEHICLES = 12, 24, 4, 3
#: A motif for which the service finds the room, and one at the person's home, with a vehicle.
OFFICE, VISIT, ZONE = "EN-BUREAU", "VISITE", "VALLEE"
#: Six weeks from the day after the clock's: what alternatives are sought in.
DAYS = [date(2023, 1, 10) + timedelta(days=n) for n in range(42)]
OPEN_DAYS = [day for day in DAYS if day.weekday() < 5]
#: Wishes meet on few days; the rest of the horizon is there for alternatives.
WANTED_DAYS = OPEN_DAYS[:8]
#: Refusals of a place: each must offer other places.
PLACE_REFUSALS = frozenset({"creneau-pris", "hors-ouverture", "ferme", "agent-absent"})
#: One waits once for a motif, and an offer is answered once, in time.
WAIT_REFUSALS = frozenset({"attente-existante", "offre-prise", "offre-close"})
#: What a clerk keeps in hand at most, so that the agendas never fill up.
MOST_KEPT = 6
OPEN_OFFER = "SELECT id FROM offre WHERE status = 'OPEN' ORDER BY id LIMIT 1"
#: Offers whose place is kept no more, and places kept for an offer that is closed.
ADRIFT = """
    SELECT count(*) FROM offre o JOIN hold h ON h.id = o.hold_id
     WHERE o.status = 'OPEN' AND h.status <> 'OPEN'
        OR h.status = 'OPEN' AND NOT EXISTS (
            SELECT FROM offre other WHERE other.hold_id = h.id AND other.status = 'OPEN')
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
#: Open holds that meet a live rendezvous, or one another, on an agent or a room.
HOLD_OVERLAPS = """
    WITH live AS (
        SELECT id, agent_ids, room_id, starts_at, ends_at, false AS held FROM rendezvous
         WHERE status <> 'CANCELLED'
        UNION ALL
        SELECT id, agent_ids, room_id, starts_at, ends_at, true FROM hold WHERE status = 'OPEN'
    )
    SELECT count(*) FROM live a JOIN live b ON a.id <> b.id AND a.held
     WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at
       AND (a.agent_ids && b.agent_ids OR a.room_id = b.room_id)
"""


@dataclass
class Storm:
    """One run: who there is, what was answered, and what was found wrong."""

    world: World
    agents: list[UUID]
    personnes: list[UUID]
    #: Who get a rendezvous by waiting alone: whoever books otherwise waits no more.
    waiting: list[UUID]
    rooms: list[str]
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, world: World) -> Storm:
        """A site of its own size, open for six weeks."""
        agents = [world.agent() for _ in range(AGENTS)]
        for agent in agents:
            world.open(agent, *map(str, OPEN_DAYS))
        for number in range(VEHICLES):
            world.vehicle(f"Clio {number}")
        world.zone(ZONE, 25)
        world.motif(code=OFFICE, needs_room=True)
        world.motif(code=VISIT, modality="VAD", needs_vehicle=True)
        storm = cls(
            world=world,
            agents=agents,
            personnes=[world.personne() for _ in range(PERSONNES)],
            waiting=[world.personne() for _ in range(PERSONNES)],
            rooms=[world.room(f"Salle {number}") for number in range(ROOMS)],
        )
        for personne in storm.waiting:
            answer = world.post("/v1/attentes", waits(personne), **_CLERK)
            assert answer.status == 201, answer.json
        return storm

    def run(self, *, operations: int, workers: int, seed: int) -> None:
        """Send the operations; afterwards `faults` says what must not have happened."""
        before = deadlocks(self.world)
        share, rest = divmod(operations, workers)
        kinds = [_Director, _Planner, _Liner, *[_Clerk] * (workers - 3)][:workers]
        clerks = [
            kind(self, random.Random(f"{seed}/{n}"), share + (n < rest))
            for n, kind in enumerate(kinds)
        ]
        with ThreadPoolExecutor(workers) as pool:
            for clerk in pool.map(_Worker.work, clerks):
                self.answers += clerk.answers
                self.faults += clerk.faults
        for name, query in (
            ("chevauchements", OVERLAPS),
            ("chevauchements, battements compris", BUFFERED_OVERLAPS),
            ("chevauchements de créneaux gardés", HOLD_OVERLAPS),
            ("occupations sans leur rendez-vous", MISMATCHES),
            ("offres et places gardées qui ne vont pas ensemble", ADRIFT),
        ):
            if found := self.world.sql(query):
                self.faults.append(f"{found} {name}")
        if met := deadlocks(self.world) - before:
            self.faults.append(f"{met} interblocages")


@dataclass
class _Worker:
    """Sends its operations one after the other, and judges what comes back."""

    storm: Storm
    chance: random.Random
    operations: int
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def work(self) -> _Worker:
        for _ in range(self.operations):
            act = self._next()
            answer = act()
            self._judge(act.__name__.strip("_"), answer)
        return self

    def _next(self) -> Callable[[], Answer]:
        raise NotImplementedError

    def _judge(self, act: str, answer: Answer) -> None:
        if answer.status in (200, 201, 204):
            self.answers[f"{act} {answer.status}"] += 1
            return
        code = str((answer.json or {}).get("type", "")).rpartition("/")[2].rpartition(":")[2]
        self.answers[f"{act} {answer.status} {code}"] += 1
        if answer.status == 409 and code in PLACE_REFUSALS:
            offered = answer.json.get("alternatives", ())
            if len(offered) < 3:
                self.faults.append(f"{act} : refus avec {len(offered)} autres créneaux")
        elif answer.status != 409 or code not in WAIT_REFUSALS:
            self.faults.append(f"{act} : réponse {answer.status} {code}")

    def _post(self, path: str, body: Any, **who: Any) -> Answer:
        return self.storm.world.client.post(path, json=body, key=str(new_id()), **_CLERK | who)


@dataclass
class _Director(_Worker):
    """Closes the site for a day, then lifts the closing."""

    closed: list[str] = field(default_factory=list)

    def _next(self) -> Callable[[], Answer]:
        return self._lift if self.closed else self._close

    def _close(self) -> Answer:
        day = str(self.chance.choice(WANTED_DAYS))
        body = {"first_day": day, "site": SITE, "label": "Travaux"}
        answer = self._post("/v1/fermetures", body, role="admin")
        if answer.status == 201:
            self.closed.append(answer.json["fermeture"]["fermeture_id"])
        return answer

    def _lift(self) -> Answer:
        path = f"/v1/fermetures/{self.closed.pop()}"
        return self.storm.world.client.delete(path, role="admin")


@dataclass
class _Planner(_Worker):
    """Says that an agent is absent for a day, then is not."""

    absent: list[str] = field(default_factory=list)

    def _next(self) -> Callable[[], Answer]:
        return self._come_back if self.absent else self._leave

    def _leave(self) -> Answer:
        agent_id = str(self.chance.choice(self.storm.agents))
        day = str(self.chance.choice(WANTED_DAYS))
        body = {"agent_id": agent_id, "day": day, "from": "08:00", "to": "18:00"}
        answer = self._post("/v1/absences", body, role="admin")
        if answer.status == 201:
            self.absent.append(answer.json["absence"]["absence_id"])
        return answer

    def _come_back(self) -> Answer:
        path = f"/v1/absences/{self.absent.pop()}"
        return self.storm.world.client.delete(path, role="admin")


@dataclass
class _Clerk(_Worker):
    """Acts on what it holds, and sometimes where everybody does."""

    booked: list[tuple[str, str]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def _next(self) -> Callable[[], Answer]:
        if len(self.booked) + len(self.held) >= MOST_KEPT:
            acts = [self._cancel] if self.booked else [self._release]
        else:
            acts = [self._book, self._binome, self._office, self._visit, self._hold]
        if self.booked:
            acts += [self._move, self._move, self._cancel]
        if self.held:
            acts += [self._confirm, self._release]
        return self.chance.choice(acts)

    def _book(self) -> Answer:
        return self._kept(self._post("/v1/rendezvous", self._wish(1) | self._who()))

    def _binome(self) -> Answer:
        wish = self._wish(self.chance.choice([2, 2, 3]))
        return self._kept(self._post("/v1/rendezvous", wish | self._who()))

    def _office(self) -> Answer:
        wish = self._wish(1) | {"motif": OFFICE, "room_id": None}
        return self._kept(self._post("/v1/rendezvous", wish | self._who()))

    def _visit(self) -> Answer:
        wish = self._wish(1) | {"motif": VISIT, "room_id": None, "zone": ZONE}
        return self._kept(self._post("/v1/rendezvous", wish | self._who()))

    def _hold(self) -> Answer:
        answer = self._post("/v1/holds", self._wish(self.chance.choice([1, 2])))
        if answer.status == 201:
            self.held.append(answer.json["hold_id"])
        return answer

    def _confirm(self) -> Answer:
        hold_id = self._drawn(self.held)
        answer = self._post("/v1/rendezvous", {"hold_id": hold_id} | self._who())
        if answer.status == 409:
            self.held.append(hold_id)
        return self._kept(answer)

    def _release(self) -> Answer:
        return self.storm.world.client.delete(f"/v1/holds/{self._drawn(self.held)}", **_CLERK)

    def _move(self) -> Answer:
        kept = self._drawn(self.booked)
        wish = self._wish(self.chance.choice([1, 1, 2]))
        changes = {name: value for name, value in wish.items() if name not in ("motif", "site")}
        answer = self._act(kept, "move", changes)
        if answer.status == 409:
            self.booked.append(kept)
        return self._kept(answer)

    def _cancel(self) -> Answer:
        return self._act(self._drawn(self.booked), "cancel", {})

    def _act(self, kept: tuple[str, str], act: str, body: Any) -> Answer:
        path = f"/v1/rendezvous/{kept[0]}/{act}"
        return self.storm.world.client.post(path, json=body, etag=kept[1], **_CLERK)

    def _kept(self, answer: Answer) -> Answer:
        if answer.status in (200, 201):
            self.booked.append((answer.json["rendezvous_id"], answer.etag))
        return answer

    def _drawn(self, kept: list[Any]) -> Any:
        return kept.pop(self.chance.randrange(len(kept)))

    def _wish(self, count: int) -> dict[str, Any]:
        """A place where others wish theirs: few days, quarters of an hour, few agents."""
        starts = instant_of(self.chance.choice(WANTED_DAYS)) + minutes(
            9 * 60 + 15 * self.chance.randrange(31)
        )
        team = self.chance.sample(self.storm.agents, count)
        room = self.chance.choice(self.storm.rooms) if self.chance.random() < 0.3 else None
        return {
            "motif": "ACCOMPAGNEMENT",
            "site": SITE,
            "agent_ids": [str(agent) for agent in team],
            "starts_at": starts.isoformat(),
            "room_id": room,
            "outside_opening": self.chance.random() < 0.3,
        }

    def _who(self) -> dict[str, Any]:
        people = self.chance.sample(self.storm.personnes, self.chance.choice([1, 1, 2]))
        return {"personne_ids": [str(personne) for personne in people]}


@dataclass
class _Liner(_Clerk):
    """Has people wait, has what freed offered, and answers for them."""

    def _next(self) -> Callable[[], Answer]:
        run_due(self.storm.world.runtime)
        if len(self.booked) >= MOST_KEPT:
            return self._cancel
        return self.chance.choice([self._answer, self._answer, self._wait])

    def _wait(self) -> Answer:
        return self._post("/v1/attentes", waits(self.chance.choice(self.storm.waiting)))

    def _answer(self) -> Answer:
        """To the oldest offer; without any, somebody more waits."""
        offer_id = self.storm.world.sql(OPEN_OFFER)
        if offer_id is None:
            return self._wait()
        act = self.chance.choice(["accept", "accept", "decline"])
        answer = self.storm.world.client.post(f"/v1/offers/{offer_id}/{act}", **_CLERK)
        if answer.status == 200 and act == "accept":
            self.booked.append((answer.json["rendezvous_id"], '"1"'))
        return answer


_CLERK: dict[str, Any] = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}


def waits(personne: UUID) -> dict[str, Any]:
    """What one asks for who waits."""
    wanted = {"motif": "ACCOMPAGNEMENT", "mds": MDS, "until_on": str(WANTED_DAYS[-1])}
    return wanted | {"personne_ids": [str(personne)]}


def deadlocks(world: World) -> int:
    """How many this database has known."""
    with world.runtime.engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
    return int(world.sql(DEADLOCKS))


@contextmanager
def crowded(world: World, workers: int, *, patience: int | None = 60) -> Iterator[World]:
    """The same world behind a pool that waits, as a queue of requests does.

    `patience`: seconds a lock is waited for; None: as in service. The suite waits longer: what it
    looks for is what comes out of the locks, not how busy the machine is.
    """
    url = world.runtime.settings.database.app_url
    engine = new_engine(url, pool_size=workers, application="tests", patience=60)
    if patience:
        sa.event.listen(engine, "connect", partial(_wait, patience))
    try:
        runtime = replace(world.runtime, engine=engine)
        yield World(runtime=runtime, client=Client(runtime), versions=world.versions)
    finally:
        engine.dispose()


def _wait(seconds: int, connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET lock_timeout = '{seconds}s'; SET statement_timeout = '{seconds + 30}s'"
        )
    connection.commit()


def main(
    operations: Annotated[int, typer.Option(min=1, help="Opérations à envoyer.")] = 10_000,
    workers: Annotated[int, typer.Option(min=1, max=80, help="Agents d’accueil à la fois.")] = 20,
    seed: Annotated[int, typer.Option(help="Graine des tirages.")] = 7,
    patience: Annotated[
        int | None,
        typer.Option(min=1, help="Attente d’un verrou (s) ; sinon celle du service."),
    ] = None,
) -> None:
    """Envoyer des opérations au hasard, ensemble, puis chercher ce qui n’aurait pas dû arriver."""
    from benchmarks.ground import ground  # noqa: PLC0415 - the suite has databases of its own

    with ground(["rendezvous"]) as on:
        world = _world(on.runtimes["rendezvous"])
        with crowded(world, workers, patience=patience) as crowd:
            storm = Storm.over(crowd)
            started = perf_counter()
            storm.run(operations=operations, workers=workers, seed=seed)
            seconds = perf_counter() - started
    for name, count in sorted(storm.answers.items()):
        print(f"{count:6}  {name}", file=sys.stderr)
    print(f"{operations} opérations, {workers} à la fois, graine {seed} : {seconds:.0f} s", end="")
    print(f", {len(storm.faults)} anomalies", *sorted(set(storm.faults)), sep="\n")
    raise typer.Exit(1 if storm.faults else 0)


def _world(runtime: Runtime) -> World:
    runtime = replace(runtime, clock=SettableClock(), neighbours=FakeNeighbours())
    world = World(runtime=runtime, client=Client(runtime))
    world.site(SITE, MDS)
    world.motif()
    return world


if __name__ == "__main__":
    typer.run(main)
