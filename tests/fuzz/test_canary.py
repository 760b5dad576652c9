"""A marked name, phone and NIR-like number go through every text of every write route, accepted.

They may come back in the answer to who may read them; never in a log line, a metric, a fact, a
partner's feed or queue, nor in clear in a database where a person's data is kept.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import prometheus_client
import pytest
import sqlalchemy as sa

from chassis.broker import Link
from chassis.catalogue import load, service_names
from chassis.testing import published
from chassis.web.route import endpoints
from demo.outbox_sink import Sink, read
from services.consent import feed
from services.consent.file_partenaire import PartnerQueue, queue_name
from tests.fuzz import day, marks
from tests.fuzz.errands import Errands
from tests.fuzz.town import Town
from tests.integration.consent.broker import Reader, channel, login_of, until
from tests.support.broker import amqp_uri

#: The rendezvous of the person who agreed that partners be told of them.
BOOKED = 3
MONDAY = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
#: Texts no mark enters: a code of a list that the use case checks, or an age the law refuses.
CODES = {
    "/nomenclature": "a type of the nomenclature",
    "/field": "a field of a fact",
    "/natures/AM/age/article": "no age is set for a prestation légale",
    "/natures/AML/age/article": "no age is set for a prestation légale",
}
#: Columns in clear where people write of places, rules and numbers of files, never of a person.
CLEAR = {
    "accueil": {"mds.label", "personne.reference", "sector.street", "site.label"},
    "dsu": {"dossier.reference"},
    "aides": {"decision.session_reference", "mouvement.reference", "paiement.reference"}
    | {"reglement.body", "reglement.version", "seance.reference"},
    "rendezvous": {"fermeture.label", "motif.instructions", "motif.label", "resource.name"}
    | {"zone.label"},
    "consent": {"partenaire.name"},
    "notifications": {"lieu.address", "message.instructions", "receipt.provider_reference"},
}


@dataclass
class Lived:
    """The day, and all that was written of it."""

    errands: Errands
    logs: str
    metrics: str
    messages: list[dict[str, Any]]
    queue: list[bytes]


@pytest.fixture(scope="module")
def lived(new_runtime, tmp_path_factory) -> Lived:
    """One day in the town, lived once and looked at by every test."""
    file = tmp_path_factory.mktemp("canari") / "boite.jsonl"
    written = io.StringIO()
    with Sink(path=file) as sink, redirect_stdout(written):
        town = Town(new_runtime, MONDAY)
        settings = town.runtimes["notifications"].settings
        provider = replace(settings, env={**settings.env, **sink.environment})
        town.runtimes["notifications"].settings = provider
        errands = Errands(town)
        day.live(errands)
        queue = queue_of("ccas", town)
    metrics = prometheus_client.generate_latest().decode()
    return Lived(errands, written.getvalue(), metrics, list(read(file)), queue)


def queue_of(partner: str, town: Town) -> list[bytes]:
    """What a partner that reads a queue of a real broker takes from it."""
    runtime = town.runtimes["consent"]
    prefix = f"t{os.getpid()}{secrets.token_hex(2)}"
    link = Link(amqp_uri(), "test")
    queue = PartnerQueue(link, queue_name(prefix, partner))
    queue.open()
    try:
        with Reader(login_of(amqp_uri()), queue.name) as reader:
            until(lambda: queue.state().consumers == 1)
            while feed.publish_batch(runtime, partner, queue):
                pass
            until(lambda: len(reader.bodies) >= BOOKED)
        return list(reader.bodies)
    finally:
        link.close()
        with channel(login_of(amqp_uri())) as cleaning:
            cleaning.queue_delete(queue.name)


def writes(service: str) -> dict[tuple[str, str, str], Any]:
    return {
        (service, endpoint.method, endpoint.path): endpoint
        for _, endpoint in endpoints(load(service).api_class)
        if endpoint.method != "GET"
    }


@pytest.mark.timeout(120)
@pytest.mark.parametrize("service", service_names())
class TestTheDay:
    """Without these, what follows would look at nothing."""

    def test_every_write_route_accepted_a_request(self, lived, service):
        assert set(writes(service)) <= set(lived.errands.accepted)

    def test_every_free_text_was_accepted_with_a_mark(self, lived, service):
        for route, endpoint in writes(service).items():
            if endpoint.body_schema is not None:
                texts = set(marks.free_texts(endpoint.body_schema))
                unmarked = texts - lived.errands.accepted[route]
                assert unmarked <= set(CODES), route

    def test_every_fact_was_told(self, lived, service):
        runtime = lived.errands.town.runtimes[service]
        told = {fact.name for fact in published(runtime)}

        assert told == {fact.name for fact in runtime.service.facts}

    def test_every_write_route_left_a_line_and_a_measure(self, lived, service):
        for _, method, path in writes(service):
            assert f'"route": "{path}"' in lived.logs
            assert f'method="{method}",route="{path}"' in lived.metrics


@pytest.mark.parametrize("service", service_names())
class TestNoMark:
    def test_in_a_fact_nor_in_what_falls_due(self, lived, service):
        runtime = lived.errands.town.runtimes[service]
        for fact in published(runtime):
            assert marks.leaks(fact.to_bytes().decode()) == [], fact.routing_key
        with runtime.engine.connect() as connection:
            rows = connection.execute(sa.select(runtime.tables.due)).mappings().all()
        assert marks.leaks(repr(rows)) == []

    def test_in_clear_where_a_persons_data_is_kept(self, lived, service):
        with lived.errands.town.runtimes[service].engine.connect() as connection:
            found = set(columns_in_clear(connection))

        assert found - {"idempotency.key"} == CLEAR[service]


class TestNoMarkLeaves:
    def test_in_the_logs(self, lived):
        assert [line for line in lived.logs.splitlines() if marks.leaks(line)] == []

    def test_in_the_measures(self, lived):
        assert marks.leaks(lived.metrics) == []

    def test_in_what_a_partner_reads(self, lived):
        facts = lived.errands.ids["read by caf"]

        assert len(facts) == BOOKED
        assert marks.leaks(repr(facts)) == []

    def test_in_a_partners_queue(self, lived):
        assert len(lived.queue) == BOOKED
        assert [body for body in lived.queue if marks.leaks(body.decode())] == []

    def test_in_a_message_but_for_whom_it_is_and_where_to_go(self, lived):
        assert {message["to"] for message in lived.messages} == {f"+33{marks.PHONE[1:]}"}
        texts = [m["text"].replace(marks.SENTENCE, "(lieu)") for m in lived.messages]
        assert len(texts) >= 4
        assert [text for text in texts if marks.leaks(text)] == []


def columns_in_clear(connection: sa.Connection) -> Iterator[str]:
    """table.column of every column in which a mark can be read."""
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            query = f'SELECT string_agg("{column["name"]}"::text, chr(10)) FROM "{table}"'
            if marks.leaks(connection.exec_driver_sql(query).scalar() or ""):
                yield f"{table}.{column['name']}"
