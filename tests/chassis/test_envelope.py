"""The envelope: what we write we read back; anything else is Unreadable and nothing more."""

import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.events import (
    MAX_ENVELOPE_BYTES,
    Correlation,
    Event,
    EventTooLarge,
    Unreadable,
)
from tests.chassis.sample.compteur.events import Incremented

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
TRACEPARENTS = st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True)
EVENTS = st.builds(
    Event,
    id=st.uuids(),
    source=NAMES,
    name=NAMES,
    version=st.integers(1, 9999),
    aggregate_type=NAMES,
    aggregate_id=st.uuids(),
    aggregate_version=st.integers(1, 2**31 - 1),
    time=st.datetimes(timezones=st.just(UTC)),
    correlation=st.builds(
        Correlation,
        correlation_id=st.uuids(),
        causation_id=st.none() | st.uuids(),
        traceparent=st.none() | TRACEPARENTS,
    ),
    data=st.dictionaries(NAMES, JSON, max_size=5),
)


def envelope(**changes):
    """A valid envelope, with members replaced; `...` removes one."""
    members = json.loads(
        Event(
            id=uuid4(),
            source="compteur",
            name="incremented",
            version=1,
            aggregate_type="compteur",
            aggregate_id=uuid4(),
            aggregate_version=1,
            time=datetime(2023, 1, 9, tzinfo=UTC),
            correlation=Correlation(correlation_id=uuid4()),
            data={"value": 1},
        ).to_bytes()
    )
    members |= changes
    return {key: value for key, value in members.items() if value is not ...}


@given(EVENTS)
def test_what_is_written_is_read_back(event):
    assert Event.from_bytes(event.to_bytes()) == event


@given(EVENTS, st.integers(1, 2**31 - 1))
def test_a_number_can_be_written_in_later(event, number):
    before, after = event.around_number()

    numbered = replace(event, aggregate_version=number)
    assert f"{before}{number}{after}".encode() == numbered.to_bytes()


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_unreadable(body):
    with pytest.raises(Unreadable):
        Event.from_bytes(body)


@given(st.sampled_from(sorted(envelope())), JSON)
def test_no_value_of_any_member_raises_anything_but_unreadable(member, value):
    body = json.dumps(envelope(**{member: value})).encode()

    try:
        event = Event.from_bytes(body)
    except Unreadable:
        return
    assert Event.from_bytes(event.to_bytes()) == event


def forged(**changes):
    return json.dumps(envelope(**changes)).encode()


HOSTILE = {
    "not JSON": b"{",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "UTF-16": json.dumps(envelope()).encode("utf-16"),
    "not an object": b"[]",
    "NaN": forged(data={"value": float("nan")}),
    "a float beyond all floats": forged().replace(b'"value": 1', b'"value": 1e999'),
    "duplicate keys": forged().replace(b'"data": {', b'"data": {}, "data": {'),
    "duplicate keys inside data": forged().replace(b'"value": 1', b'"value": 1, "value": 2'),
    "nesting bomb": b'{"data":' + b"[" * 60_000,
    "one byte over 64 KiB": b" " * (MAX_ENVELOPE_BYTES + 1 - len(forged())) + forged(),
    "forged source": forged(source="urn:departement:service:dsu"),
    "foreign type": forged(type="com.example.compteur.incremented.v1"),
    "a type with too many parts": forged(type="fr.departement.x.compteur.incremented.v1"),
    "a major written otherwise": forged(type="fr.departement.compteur.incremented.v+1"),
    "a major in other digits": forged(type="fr.departement.compteur.incremented.v１"),
    "no major": forged(type="fr.departement.compteur.incremented"),
    "version true": forged(aggregateversion=True),
    "version zero": forged(aggregateversion=0),
    "version beyond the column": forged(aggregateversion=2**31),
    "version with a fraction": forged(aggregateversion=1.5),
    "aggregate type with a NUL": forged(aggregatetype="a\x00b"),
    "aggregate type with a lone surrogate": forged(aggregatetype="\ud800"),
    "aggregate type not a text": forged(aggregatetype=["compteur"]),
    "data not an object": forged(data=[1]),
    "no data": forged(data=...),
    "no id": forged(id=...),
    "id not a UUID": forged(id="1"),
    "a naive time": forged(time="2023-01-09T08:00:00"),
    "a time before all times": forged(time="0001-01-01T00:00:00+23:00"),
    "another specification": forged(specversion="0.3"),
    "a crafted kombu type": b'{"__type__": "datetime", "__value__": "x"}',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bytes_are_unreadable_and_never_quoted(kind):
    with pytest.raises(Unreadable) as refusal:
        Event.from_bytes(HOSTILE[kind])

    assert len(str(refusal.value)) < 40
    assert refusal.value.__cause__ is None


def test_unknown_members_and_fields_are_tolerated():
    event = Event.from_bytes(forged(dataschema="urn:x", data={"value": 1, "later": "added"}))

    assert event.data["later"] == "added"


@pytest.mark.parametrize("traceparent", ["", "x" * 500, {"a": 1}, 7])
def test_a_malformed_traceparent_is_left_out(traceparent):
    assert Event.from_bytes(forged(traceparent=traceparent)).correlation.traceparent is None


def test_exactly_64_kib_passes_and_one_byte_more_does_not():
    event = Event.from_bytes(forged(data={"filler": ""}))
    room = MAX_ENVELOPE_BYTES - len(event.to_bytes())
    event.data["filler"] = "x" * room

    assert Event.from_bytes(event.to_bytes()) == event
    event.data["filler"] += "x"
    with pytest.raises(EventTooLarge):
        event.to_bytes()


def test_reading_hostile_bytes_takes_bounded_memory():
    tracemalloc.start()

    for body in HOSTILE.values():
        with pytest.raises(Unreadable):
            Event.from_bytes(body)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_a_fact_writes_plain_values_and_leaves_out_what_is_absent():
    fact = Incremented(compteur_id=UUID(int=7), value=3)

    assert fact.data() == {"compteur_id": str(UUID(int=7)), "value": 3}
    assert fact.routing_key() == "incremented.v1"
    assert fact.aggregate_id == UUID(int=7)
