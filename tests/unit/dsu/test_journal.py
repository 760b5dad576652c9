"""The chain of reads, without a database: any edit, removal or swap is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services.dsu.domain.journal import GENESIS, Entry, Fault, Head, Row, Sealer, first_bad

DOSSIER = new_id()
OLD, NEW = {"cle-1": b"1" * 32}, {"cle-2": b"2" * 32, "cle-1": b"1" * 32}
SEALER = Sealer(keys=OLD, current="cle-1")
AT = datetime(2023, 1, 9, 8, tzinfo=UTC)


def chain(length: int, sealer: Sealer = SEALER) -> tuple[list[Row], Head]:
    """A chain as the service writes it."""
    rows: list[Row] = []
    for number in range(length):
        entry = Entry(
            dossier_id=DOSSIER,
            at=AT + timedelta(minutes=number),
            agent_id=new_id(),
            subject=f"sujet-{number}",
            roles="travailleur_social",
            quality="REFERENT",
            purpose=None,
            what="READ",
            matrix_version="2023-exemple-1",
        )
        previous = rows[-1].mac if rows else GENESIS
        rows.append(sealer.row(entry, seq=number + 1, previous=previous))
    return rows, sealer.head(DOSSIER, rows[-1])


def check(rows: list[Row], head: Head | None, sealer: Sealer = SEALER) -> tuple[int, Fault] | None:
    """The verdict, short."""
    bad = first_bad(DOSSIER, rows, head, sealer=sealer)
    return (bad.seq, bad.fault) if bad else None


CHANGES: list[dict[str, Any]] = [
    {"at": AT - timedelta(microseconds=1)},
    {"agent_id": new_id()},
    {"agent_id": None},
    {"subject": "autre"},
    {"roles": "dpo"},
    {"quality": "RESPONSABLE"},
    {"purpose": "IP"},
    {"what": "LIST"},
    {"matrix_version": "2024"},
    {"dossier_id": new_id()},
]


@given(length=st.integers(1, 12))
def test_a_chain_as_written_holds(length: int) -> None:
    assert check(*chain(length)) is None


def test_no_read_at_all_is_a_chain_too() -> None:
    assert check([], None) is None


@given(data=st.data(), change=st.sampled_from(CHANGES))
def test_any_edit_is_named(data: st.DataObject, change: dict[str, Any]) -> None:
    rows, head = chain(6)
    place = data.draw(st.integers(0, 5))
    rows[place] = replace(rows[place], entry=replace(rows[place].entry, **change))

    assert check(rows, head) == (place + 1, Fault.ALTERED)


@given(place=st.integers(0, 5))
def test_any_removal_is_named(place: int) -> None:
    rows, head = chain(6)
    del rows[place]

    assert check(rows, head) == (place + 1, Fault.MISSING)


@given(places=st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True))
def test_any_swap_is_named_at_the_earlier_row(places: list[int]) -> None:
    rows, head = chain(6)
    one, two = places
    rows[one], rows[two] = (
        replace(rows[two], seq=rows[one].seq),
        replace(rows[one], seq=rows[two].seq),
    )

    assert check(rows, head) == (min(places) + 1, Fault.ALTERED)


def test_a_row_added_past_the_head_is_named() -> None:
    rows, _ = chain(4)

    assert check(rows, SEALER.head(DOSSIER, rows[2])) == (4, Fault.UNEXPECTED)


def test_a_head_forged_or_removed_is_named() -> None:
    rows, head = chain(3)

    assert check(rows, None) == (3, Fault.HEAD)
    assert check(rows[:2], replace(head, seq=2, row_mac=rows[1].mac)) == (2, Fault.HEAD)
    assert check(rows, replace(head, key_id="inconnue")) == (3, Fault.HEAD)


def test_without_the_key_nothing_can_be_resealed() -> None:
    rows, head = chain(3)
    forger = Sealer(keys={"cle-1": b"x" * 32}, current="cle-1")
    forged = forger.row(replace(rows[1].entry, what="LIST"), seq=2, previous=rows[0].mac)

    assert check([rows[0], forged, rows[2]], head) == (2, Fault.ALTERED)


def test_a_chain_goes_on_after_a_rotation_of_keys() -> None:
    rows, _ = chain(3)
    rotated = Sealer(keys=NEW, current="cle-2")
    rows.append(rotated.row(rows[0].entry, seq=4, previous=rows[2].mac))

    assert check(rows, rotated.head(DOSSIER, rows[3]), rotated) is None
    assert check(rows, rotated.head(DOSSIER, rows[3])) == (4, Fault.ALTERED)


def test_a_row_of_an_abandoned_history_does_not_fit() -> None:
    rows, head = chain(5)
    other = SEALER.row(replace(rows[2].entry, what="LIST"), seq=3, previous=rows[1].mac)
    after_other = SEALER.row(rows[3].entry, seq=4, previous=other.mac)

    assert check([*rows[:3], after_other, rows[4]], head) == (4, Fault.ALTERED)
    assert check([*rows[:2], other, *rows[3:]], head) == (4, Fault.ALTERED)
