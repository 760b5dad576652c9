"""What a line tells of a rendezvous: every state of the whole, by every state of a part."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from chassis.errors import DomainError
from services.protection import Protection
from services.rendezvous.domain.booking import Ground
from services.rendezvous.domain.errors import CollectiveMotif, NobodyCame, NotCollective
from services.rendezvous.domain.history import history, past_claims
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason, OverrideReason, Status
from services.rendezvous.domain.transfer import id_in, refused_fields
from tests.unit.rendezvous.make import LEAD, NINE, PERSONNE, motif, place

OTHER = UUID(int=12)
BEGUN = NINE + timedelta(hours=1)
#: Of a whole and of one who takes part in it.
BELIEVED = {
    (Status.BOOKED, Status.BOOKED),
    (Status.BOOKED, Status.CANCELLED),
    (Status.HONOURED, Status.HONOURED),
    (Status.HONOURED, Status.CANCELLED),
    (Status.MISSED, Status.MISSED),
    (Status.MISSED, Status.CANCELLED),
    (Status.CANCELLED, Status.CANCELLED),
}
ENDED = {"cancelled_by": None, "cancel_reason": None, "excused": None, "closed_at": None}
LINE = ENDED | {
    "status": Status.HONOURED,
    "personne_ids": [],
    "participations": [],
    "dossier_id": None,
    "orientation_id": None,
    "booked_by": None,
    "booked_at": None,
    "origin": None,
    "aggression_risk": False,
    "late_minutes": None,
    "override_reason": None,
    "override_by": None,
    "override_at": None,
}


def part(status, personne_id=PERSONNE, **changes):
    told = {"personne_id": personne_id, "status": status, "joined_by": None, "joined_at": None}
    return ENDED | told | changes


def told(capacity=1, now=BEGUN, **changes):
    personnes = {
        one: KnownPersonne(personne_id=one, told=Protection()) for one in (PERSONNE, OTHER)
    }
    ground = Ground(motif=None, site=None, agents={}, personnes=personnes)
    of = motif(capacity=capacity)
    return history(UUID(int=31), of, place(), ground, LINE | changes, now=now)


@pytest.mark.parametrize(("whole", "one"), list(product(Status, Status)))
def test_a_part_is_what_the_whole_lets_it_be(whole, one):
    line = {"status": whole, "participations": [part(one)]}

    if (whole, one) in BELIEVED:
        made = told(capacity=3, **line)
        assert (made.rendezvous.status, made.participations[0].status) == (whole, one)
    else:
        with pytest.raises(DomainError) as refused:
            told(capacity=3, **line)
        ((pointer, _),) = refused_fields(refused.value, line)
        assert pointer.startswith("/participations")


def test_one_who_did_not_come_needs_another_who_did():
    missed = part(Status.MISSED)
    with pytest.raises(NobodyCame):
        told(capacity=3, participations=[missed])

    made = told(capacity=3, participations=[missed, part(Status.HONOURED, OTHER)])

    assert made.participations[0].excused is False
    assert made.rendezvous.personne_ids == (PERSONNE, OTHER)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("begun", [True, False])
def test_what_was_held_or_missed_has_begun(status, begun):
    now = BEGUN if begun else NINE - timedelta(hours=1)
    held = status in (Status.HONOURED, Status.MISSED)

    if held and not begun:
        with pytest.raises(DomainError):
            told(now=now, status=status, personne_ids=[PERSONNE])
        return
    made = told(now=now, status=status, personne_ids=[PERSONNE]).rendezvous
    assert made.status is status
    assert (made.closed_at is None) == (status is Status.BOOKED)
    assert (made.cancel_reason is not None) == (status is Status.CANCELLED)
    assert (made.excused is not None) == (status is Status.MISSED)


def test_people_are_told_where_their_kind_of_rendezvous_has_them():
    with pytest.raises(CollectiveMotif):
        told(capacity=3, personne_ids=[PERSONNE])
    with pytest.raises(NotCollective):
        told(participations=[part(Status.HONOURED)])


def test_who_left_keeps_their_reason_and_takes_no_time():
    why = {"cancelled_by": CancelledBy.PERSONNE, "cancel_reason": CancelReason.PERSONNE_REQUEST}
    left = part(Status.CANCELLED, closed_at=NINE, joined_by="secretariat", **why)

    made = told(capacity=3, participations=[left, part(Status.HONOURED, OTHER)])

    assert made.participations[0].cancel_reason is CancelReason.PERSONNE_REQUEST
    assert made.participations[0].joined_by == "secretariat"
    assert {one.resource_id for one in past_claims(made.rendezvous)} == {LEAD, OTHER}


def test_only_a_persons_time_is_passed_over():
    why = {"override_reason": OverrideReason.DANGER, "override_by": "cheffe", "override_at": NINE}

    claims = past_claims(told(personne_ids=[PERSONNE], **why).rendezvous)

    assert {(one.resource_id, one.overridden) for one in claims} == {
        (LEAD, False),
        (PERSONNE, True),
    }


@pytest.mark.parametrize(
    ("reference", "is_id"),
    [
        ("01980a3c-5a10-7c43-9c39-0a1b2c3d4e01", True),
        ("01980A3C-5A10-7C43-9C39-0A1B2C3D4E01", False),
        ("01980a3c5a107c439c390a1b2c3d4e01", False),
        ("RDV-1", False),
        (None, False),
    ],
)
def test_a_reference_is_an_id_in_our_own_form_alone(reference, is_id):
    assert (id_in(reference) is not None) == is_id
