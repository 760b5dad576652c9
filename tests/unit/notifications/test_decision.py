"""The last check before a message leaves: denied by default."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.notifications.domain.decision import (
    Contact,
    Drop,
    OffreState,
    RendezvousState,
    Send,
    decide,
)
from services.notifications.domain.message import Channel, Message, Modality, SubjectType, Template
from services.notifications.domain.reasons import CALL_BACK, DropReason

NOW = datetime(2023, 1, 9, 9, 0, tzinfo=UTC)
STARTS_AT = NOW + timedelta(days=2)
MESSAGE = Message(
    message_id=uuid4(),
    subject_type=SubjectType.RENDEZVOUS,
    subject_id=uuid4(),
    subject_version=1,
    template=Template.RENDEZVOUS_REMINDER,
    personne_id=uuid4(),
    mds="MDS-MONTAUBAN",
    site="MONTAUBAN-CENTRE",
    due_at=NOW,
    not_after=STARTS_AT,
    created_at=NOW,
    starts_at=STARTS_AT,
    modality=Modality.PRESENTIEL,
)
EXPECTED = {"starts_at": STARTS_AT, "personne_ids": frozenset({MESSAGE.personne_id})}
PLANNED = RendezvousState(is_planned=True, is_cancelled=False, **EXPECTED)
CANCELLED = RendezvousState(is_planned=False, is_cancelled=True, **EXPECTED)
OVER = RendezvousState(is_planned=False, is_cancelled=False, **EXPECTED)
CONTACT = Contact(
    personne_id=MESSAGE.personne_id,
    allowed=True,
    reason=None,
    language="fr",
    sms="+33639980001",
    email="exemple@exemple.example",
)


def verdict(
    message: Message = MESSAGE,
    *,
    contact: Contact | None = CONTACT,
    state: RendezvousState | OffreState | None = PLANNED,
    now: datetime = NOW,
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL),
) -> Send | Drop:
    states = {message.subject_id: state} if state else {}
    return decide(message, contact=contact, states=states, now=now, channels=channels)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("DECEASED", DropReason.DECEASED),
        ("NO_CONTACT", DropReason.NO_CONTACT),
        ("NO_SAFE_CONTACT", DropReason.NO_CHANNEL),
        ("UNKNOWN", DropReason.UNKNOWN_PERSONNE),
        ("SHARED", DropReason.UNSAFE),
        # A reason invented after us, or none given, still stops the message.
        ("SOMETHING_NEW", DropReason.UNSAFE),
        (None, DropReason.UNSAFE),
    ],
)
def test_a_refusal_of_accueil_always_stops_the_message(
    reason: str | None, expected: DropReason
) -> None:
    # Even with addresses in the answer.
    assert verdict(contact=replace(CONTACT, allowed=False, reason=reason)) == Drop(reason=expected)


def test_a_person_accueil_does_not_know_is_not_written_to() -> None:
    assert verdict(contact=None) == Drop(reason=DropReason.UNKNOWN_PERSONNE)


def test_no_address_on_a_channel_we_have_is_no_channel() -> None:
    by_sms_alone = replace(CONTACT, email=None)

    assert verdict(contact=by_sms_alone, channels=(Channel.EMAIL,)) == Drop(
        reason=DropReason.NO_CHANNEL
    )


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=3)])
def test_from_not_after_on_it_is_too_late(late: timedelta) -> None:
    assert verdict(now=STARTS_AT + late) == Drop(reason=DropReason.TOO_LATE)


@pytest.mark.parametrize(
    ("template", "state", "leaves"),
    [
        (Template.RENDEZVOUS_REMINDER, PLANNED, True),
        (Template.RENDEZVOUS_REMINDER, CANCELLED, False),
        (Template.RENDEZVOUS_REMINDER, OVER, False),
        (Template.RENDEZVOUS_REMINDER, None, False),
        (Template.RENDEZVOUS_CONFIRMED, PLANNED, True),
        (Template.RENDEZVOUS_MOVED, PLANNED, True),
        (Template.RENDEZVOUS_CANCELLED, CANCELLED, True),
        # Cancelled by mistake and booked again meanwhile.
        (Template.RENDEZVOUS_CANCELLED, PLANNED, False),
        (Template.RENDEZVOUS_CANCELLED, None, False),
    ],
)
def test_a_message_leaves_only_if_it_still_tells_the_truth(
    template: Template, state: RendezvousState | None, leaves: bool
) -> None:
    decided = verdict(replace(MESSAGE, template=template), state=state)

    assert isinstance(decided, Send) is leaves
    if not leaves:
        assert decided == Drop(reason=DropReason.SUPERSEDED)


OFFERED = OffreState(is_open=True, is_taken=False, starts_at=STARTS_AT)
TAKEN = OffreState(is_open=False, is_taken=True, starts_at=STARTS_AT)
CLOSED = OffreState(is_open=False, is_taken=False, starts_at=STARTS_AT)


@pytest.mark.parametrize(
    ("template", "state", "leaves"),
    [
        (Template.CRENEAU_OFFERED, OFFERED, True),
        (Template.CRENEAU_OFFERED, TAKEN, False),
        (Template.CRENEAU_OFFERED, CLOSED, False),
        (Template.CRENEAU_OFFERED, None, False),
        (Template.CRENEAU_TAKEN, TAKEN, True),
        (Template.CRENEAU_TAKEN, OFFERED, False),
        (Template.CRENEAU_TAKEN, CLOSED, False),
        (Template.CRENEAU_TAKEN, None, False),
    ],
)
def test_a_message_about_an_offer_leaves_only_if_it_still_tells_the_truth(
    template: Template, state: OffreState | None, leaves: bool
) -> None:
    message = replace(MESSAGE, subject_type=SubjectType.OFFRE, template=template)

    decided = verdict(message, state=state)

    assert isinstance(decided, Send) is leaves
    if not leaves:
        assert decided == Drop(reason=DropReason.SUPERSEDED)


def test_a_rendezvous_moved_meanwhile_stops_the_older_message() -> None:
    moved = replace(PLANNED, starts_at=STARTS_AT + timedelta(hours=1))

    assert verdict(state=moved) == Drop(reason=DropReason.SUPERSEDED)


def test_an_answer_to_a_demande_asks_no_rendezvous() -> None:
    answer = replace(MESSAGE, subject_type=SubjectType.DEMANDE, template=Template.DEMANDE_ANSWERED)

    assert isinstance(verdict(answer, state=None), Send)


def test_routes_follow_the_order_of_the_rules() -> None:
    decided = verdict(channels=(Channel.EMAIL, Channel.SMS))

    assert isinstance(decided, Send)
    assert [route.channel for route in decided.routes] == [Channel.EMAIL, Channel.SMS]


def test_nobody_is_called_back_whom_a_call_would_endanger() -> None:
    assert CALL_BACK.isdisjoint(
        {DropReason.DECEASED, DropReason.NO_CONTACT, DropReason.UNSAFE, DropReason.SUPERSEDED}
    )


def test_addresses_never_show_in_a_representation() -> None:
    decided = verdict()

    assert "639980001" not in repr(CONTACT) + repr(decided)
    assert "exemple.example" not in repr(CONTACT) + repr(decided)
