"""What the chassis costs, in ratios to the same rows written by bare psycopg2.

    python -m benchmarks.chassis

Three measures, each of several pairs taken in one run, on databases made for it and removed:

- appliquer: waiting events applied by `chassis.inbox.apply_waiting` / only the handlers' own
  statements, written by hand, in transactions of the same size;
- écrire: a POST through `chassis.web.handling`, in process / the very statements those requests
  sent, recorded then sent again, one transaction per request;
- publier: facts published one transaction each, then carried to the subscriber's inbox by the
  local relay / one INSERT and its commit for each.

Read the ratio: 2 means that the chassis takes twice the time of the bare statements, for order,
single application, validation, encryption, idempotency and log lines, which the reference does
not do. Minimum and maximum say how far the machine disturbed the run. Milliseconds depend on
the machine and are for information only. Sockets, signatures of tokens and the broker are not
in these measures.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.ground import Ground, ground
from benchmarks.pairs import Measure, Side, compare
from benchmarks.recording import Request, record
from chassis.events import Correlation, Event
from chassis.ids import new_id
from chassis.inbox import BATCH, apply_waiting
from chassis.inbox_store import store
from chassis.relay.local import InboxConnection, LocalInboxes
from chassis.relay.outbox import Outbox, Pump
from chassis.runtime import Runtime
from chassis.testing import START, Client
from chassis.unit_of_work import UnitOfWork
from tests.chassis.sample.compteur.events import Incremented

#: Events of one counter, in the first measure: they must be applied in order.
_PER_COUNTER = 10
_MIRROR = """
    INSERT INTO miroir (compteur_id, value) VALUES (%s, %s)
    ON CONFLICT (compteur_id) DO UPDATE SET value = %s
"""
_EFFECT = "INSERT INTO effect (compteur_id, value) VALUES (%s, %s)"


def applying(on: Ground, events: int, pairs: int) -> Measure:
    """Waiting events, in batches."""
    runtime, bare = on.runtimes["miroir"], on.bare["miroir"]

    def chassis() -> Callable[[], None]:
        on.empty()
        with runtime.engine.begin() as connection:
            bodies = [event.to_bytes() for event in _events(events)]
            store(connection.connection, bodies, runtime.service.subscriptions)
        on.analyse("miroir")
        return lambda: _apply_all(runtime, events)

    def reference() -> Callable[[], None]:
        on.empty()
        rows = [(event.aggregate_id, event.aggregate_version) for event in _events(events)]
        on.analyse("miroir")

        def write() -> None:
            with bare.cursor() as cursor:
                for start in range(0, len(rows), BATCH):
                    for key, value in rows[start : start + BATCH]:
                        cursor.execute(_MIRROR, (key, value, value))
                        cursor.execute(_EFFECT, (key, value))
                    bare.commit()

        return write

    title = f"Appliquer {events} événements"
    return compare(title, events, reference=reference, chassis=chassis, pairs=pairs)


def _events(count: int) -> list[Event]:
    """Facts of many counters, interleaved, each counter's in order."""
    keys = [uuid4() for _ in range(-(-count // _PER_COUNTER))]
    numbered = [(key, number + 1) for number in range(_PER_COUNTER) for key in keys]
    return [_event(key, version) for key, version in numbered[:count]]


def _event(key: UUID, version: int) -> Event:
    fact = Incremented(compteur_id=key, value=version)
    return Event(
        id=new_id(),
        source="compteur",
        name=fact.name,
        version=fact.version,
        aggregate_type=fact.aggregate,
        aggregate_id=key,
        aggregate_version=version,
        time=START,
        correlation=Correlation(correlation_id=new_id()),
        data=fact.data(),
    )


def _apply_all(runtime: Runtime, expected: int) -> None:
    applied = 0
    while claimed := apply_waiting(runtime):
        applied += claimed
    if applied != expected:
        raise RuntimeError(f"{applied} événements pris au lieu de {expected}")


def writing(on: Ground, requests: int, pairs: int) -> Measure:
    """POST, one after the other."""
    client, bare = Client(on.runtimes["compteur"]), on.bare["compteur"]
    post = partial(_post_all, client, requests)
    on.empty()
    recorded = record(on.runtimes["compteur"].engine, post)
    if len(recorded) != requests:
        raise RuntimeError(f"{len(recorded)} transactions pour {requests} demandes")
    return compare(
        f"{requests} POST idempotents",
        requests,
        reference=_on_empty_tables(on, partial(_send_again, bare, recorded)),
        chassis=_on_empty_tables(on, post),
        pairs=pairs,
    )


def _post_all(client: Client, requests: int) -> None:
    for number in range(requests):
        answer = client.post(
            "/v1/compteurs", json={"label": f"n° {number}"}, role="agent", key=str(uuid4())
        )
        if answer.status != 201:
            raise RuntimeError(f"réponse {answer.status}")


def _send_again(bare: Any, recorded: list[Request]) -> None:
    with bare.cursor() as cursor:
        for request in recorded:
            for statement, parameters in request:
                cursor.execute(statement, parameters)
            bare.commit()


def publishing(on: Ground, facts: int, pairs: int) -> Measure:
    """Facts, from the transaction that publishes to the subscriber's inbox."""
    subscriptions = on.runtimes["miroir"].service.subscriptions
    outbox, inbox = Outbox("compteur", on.url("compteur")), InboxConnection(on.url("miroir"))
    pump = Pump(outbox, LocalInboxes("compteur", {"miroir": (subscriptions, inbox)}))
    outbox.lead()
    try:
        return compare(
            f"Publier, porter {facts} faits",
            facts,
            reference=_on_empty_tables(on, partial(_insert_each, on.bare["miroir"], facts)),
            chassis=_on_empty_tables(on, partial(_carry_all, on.runtimes["compteur"], pump, facts)),
            pairs=pairs,
        )
    finally:
        outbox.close()
        inbox.close()


def _carry_all(runtime: Runtime, pump: Pump, facts: int) -> None:
    for _ in range(facts):
        runtime.transaction(_publish_one)
    carried = 0
    while moved := pump.turn():
        carried += moved
    if carried != facts:
        raise RuntimeError(f"{carried} faits portés au lieu de {facts}")


def _publish_one(uow: UnitOfWork) -> None:
    uow.publish(Incremented(compteur_id=uuid4(), value=1))


def _insert_each(bare: Any, facts: int) -> None:
    with bare.cursor() as cursor:
        for _ in range(facts):
            cursor.execute(_EFFECT, (uuid4(), 1))
            bare.commit()


def _on_empty_tables(on: Ground, work: Callable[[], None]) -> Side:
    def prepare() -> Callable[[], None]:
        on.empty()
        return work

    return prepare


def main(
    events: Annotated[int, typer.Option("--evenements", min=100, help="À appliquer.")] = 2000,
    requests: Annotated[int, typer.Option("--demandes", min=10, help="POST à faire.")] = 300,
    facts: Annotated[int, typer.Option("--faits", min=10, help="À publier.")] = 500,
    pairs: Annotated[int, typer.Option("--paires", min=1, help="Mesures de chaque côté.")] = 5,
) -> None:
    """Mesurer le châssis, en rapports aux mêmes écritures faites par psycopg2 seul."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console = Console(file=sys.stdout)
    with console.status("Mesure en cours…"), ground() as on:
        measures = [
            applying(on, events, pairs),
            writing(on, requests, pairs),
            publishing(on, facts, pairs),
        ]
    console.print(_table(measures, pairs))
    console.print(
        "Rapport médian du temps du châssis à celui de la référence, dans la même paire."
        " Les millisecondes ne valent que pour cette machine."
    )


def _table(measures: list[Measure], pairs: int) -> Table:
    table = Table(title=f"Châssis et psycopg2 seul, {pairs} paires")
    table.add_column("Mesure", no_wrap=True)
    for heading in ("Rapport", "min", "max", "réf. ms", "châssis ms"):
        table.add_column(heading, justify="right")
    for measure in measures:
        lowest, middle, highest = measure.ratios
        bare, ours = measure.milliseconds
        figures = (f"{middle:.2f}", f"{lowest:.2f}", f"{highest:.2f}", f"{bare:.3f}", f"{ours:.3f}")
        table.add_row(measure.title, *(figure.replace(".", ",") for figure in figures))
    return table


if __name__ == "__main__":
    typer.run(main)
