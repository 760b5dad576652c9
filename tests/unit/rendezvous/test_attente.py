"""The waiting list and its offers: every state, every action; the order; the time to answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import PARIS
from services.rendezvous.domain.attente import (
    PASSES_TO_GO_LAST,
    Attente,
    AttenteAction,
    AttenteReason,
    AttenteStatus,
    HalfDay,
    Priority,
    Wanted,
    Where,
    half_day_of,
)
from services.rendezvous.domain.errors import (
    AttenteOver,
    OffreExpired,
    OffreOver,
    OffreTaken,
    PeriodRefused,
)
from services.rendezvous.domain.motif import Modality
from services.rendezvous.domain.offre import (
    SHORTEST,
    Offre,
    OffreAction,
    OffreStatus,
    expiry_of,
    next_waking,
)
from tests.unit.rendezvous import make

NOW = datetime(2023, 1, 9, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)
RENDEZVOUS = UUID(int=31)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=364)).map(
    lambda span: datetime(2023, 1, 1, tzinfo=UTC) + span
)


def attente(**changes):
    values = {
        "id": UUID(int=41),
        "personne_ids": (make.PERSONNE,),
        "motif": "ACCOMPAGNEMENT",
        "discreet": False,
        "where": Where(mds="MDS-MONTAUBAN"),
        "wanted": Wanted(from_on=date(2023, 1, 9), until_on=date(2023, 1, 31)),
        "priority": Priority.NORMAL,
        "priority_reason": None,
        "registered_by": "someone",
        "registered_at": NOW,
        "queued_at": NOW,
    }
    return Attente(**values | changes)


def offre(**changes):
    values = {
        "id": UUID(int=51),
        "attente_id": UUID(int=41),
        "creneau_id": UUID(int=61),
        "hold_id": UUID(int=71),
        "personne_ids": (make.PERSONNE,),
        "motif": "ACCOMPAGNEMENT",
        "modality": Modality.PRESENTIEL,
        "discreet": False,
        "place": make.place(),
        "offered_at": NOW,
        "expires_at": LATER,
    }
    return Offre(**values | changes)


ENTRY_ACTS = {
    AttenteAction.PLACE: lambda a: a.place(RENDEZVOUS, NOW),
    AttenteAction.MISS_TURN: lambda a: a.pass_turn(NOW),
    AttenteAction.CLOSE: lambda a: a.close(AttenteReason.WITHDRAWN, NOW),
}
ENTRY_LEADS_TO = {
    AttenteAction.PLACE: AttenteStatus.PLACED,
    AttenteAction.MISS_TURN: AttenteStatus.WAITING,
    AttenteAction.CLOSE: AttenteStatus.CLOSED,
}
OFFER_ACTS = {
    OffreAction.ACCEPT: lambda o: o.accept(RENDEZVOUS, NOW),
    OffreAction.DECLINE: lambda o: o.decline(NOW),
    OffreAction.EXPIRE: lambda o: o.expire(LATER),
    OffreAction.LOSE: lambda o: o.lose(NOW),
    OffreAction.CLOSE: lambda o: o.close(NOW),
}
OFFER_LEADS_TO = {
    OffreAction.ACCEPT: OffreStatus.ACCEPTED,
    OffreAction.DECLINE: OffreStatus.DECLINED,
    OffreAction.EXPIRE: OffreStatus.EXPIRED,
    OffreAction.LOSE: OffreStatus.TAKEN,
    OffreAction.CLOSE: OffreStatus.CLOSED,
}


@pytest.mark.parametrize(("status", "action"), list(product(AttenteStatus, AttenteAction)))
def test_only_who_waits_can_be_acted_on(status, action):
    entry = attente(status=status)

    if status is AttenteStatus.WAITING:
        ENTRY_ACTS[action](entry)
        assert (entry.status, entry.version) == (ENTRY_LEADS_TO[action], 2)
    else:
        with pytest.raises(AttenteOver):
            ENTRY_ACTS[action](entry)
        assert (entry.status, entry.version) == (status, 1)


@pytest.mark.parametrize(("status", "action"), list(product(OffreStatus, OffreAction)))
def test_only_an_open_offer_can_be_acted_on(status, action):
    offer = offre(status=status)

    if status is OffreStatus.OPEN:
        fact = OFFER_ACTS[action](offer)
        assert offer.status is OFFER_LEADS_TO[action]
        assert fact.outcome == offer.status
    else:
        with pytest.raises((OffreTaken, OffreExpired, OffreOver)):
            OFFER_ACTS[action](offer)
        assert offer.status is status


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (OffreStatus.TAKEN, OffreTaken),
        (OffreStatus.EXPIRED, OffreExpired),
        (OffreStatus.DECLINED, OffreOver),
        (OffreStatus.CLOSED, OffreOver),
    ],
)
def test_who_comes_too_late_is_told_why(status, refusal):
    with pytest.raises(refusal):
        offre(status=status).accept(RENDEZVOUS, NOW)


def test_at_the_instant_it_expires_an_offer_cannot_be_accepted():
    assert offre().accept(RENDEZVOUS, LATER - timedelta(microseconds=1)).outcome == "ACCEPTED"
    with pytest.raises(OffreExpired):
        offre().accept(RENDEZVOUS, LATER)


def test_urgent_comes_first_then_who_waits_longest_then_the_id():
    urgent = attente(id=UUID(int=9), priority=Priority.URGENT, queued_at=LATER)
    first, second = attente(id=UUID(int=2)), attente(id=UUID(int=3))
    last = attente(id=UUID(int=1), queued_at=LATER)

    ordered = sorted([last, second, first, urgent], key=lambda one: one.order)

    assert ordered == [urgent, first, second, last]


@given(st.lists(INSTANTS, min_size=1, max_size=6).map(sorted), st.sampled_from(Priority))
def test_a_place_is_kept_once_then_one_goes_last_of_ones_priority(moments, priority):
    entry = attente(priority=priority, queued_at=moments[0], registered_at=moments[0])
    for turn, moment in enumerate(moments, 1):
        others = [attente(id=UUID(int=n), priority=priority, queued_at=moment) for n in (1, 99)]
        before = entry.order
        entry.pass_turn(moment)
        if turn < PASSES_TO_GO_LAST:
            assert entry.order == before
        else:
            assert all(entry.queued_at >= other.queued_at for other in others)
        assert entry.registered_at == moments[0]
        assert entry.priority is priority


@given(INSTANTS)
def test_every_instant_falls_in_one_half_day_of_paris(moment):
    local = moment.astimezone(PARIS)
    day, half = half_day_of(moment).split("_")

    assert day == local.strftime("%A").upper()
    assert (half == "AM") == (local.hour < 12)
    wanted = Wanted(from_on=local.date(), until_on=local.date())
    assert wanted.suits(moment)
    others = frozenset(HalfDay) - {half_day_of(moment)}
    assert not Wanted(from_on=local.date(), until_on=local.date(), half_days=others).suits(moment)


def test_a_wish_is_for_days_to_come_and_a_year_at_most():
    today = date(2023, 1, 9)
    Wanted(from_on=date(2022, 12, 1), until_on=today).check(today)
    for until in (date(2023, 1, 8), date(2024, 1, 11)):
        with pytest.raises(PeriodRefused):
            Wanted(from_on=today, until_on=until).check(today)
    with pytest.raises(PeriodRefused):
        Wanted(from_on=date(2023, 2, 2), until_on=date(2023, 2, 1)).check(today)


def no_holiday(day):
    return False


@given(
    INSTANTS,
    st.timedeltas(timedelta(0), timedelta(days=60)),
    st.integers(0, 3 * 24 * 60),
    st.integers(15, 7 * 24 * 60),
)
def test_an_offer_leaves_time_to_answer_and_respects_the_notice(now, ahead, notice, span):
    motif = make.motif(min_notice_minutes=notice, offer_minutes=span)
    starts_at = now + ahead
    last = starts_at - timedelta(minutes=notice)
    asked_at = next_waking(now, no_holiday)

    expires_at = expiry_of(motif, starts_at, now, no_holiday)

    if expires_at is None:
        assert last - asked_at < SHORTEST
    else:
        assert now < expires_at <= last
        assert expires_at - asked_at > SHORTEST - timedelta(minutes=1)
        assert expires_at - asked_at <= timedelta(minutes=span)


@given(INSTANTS)
def test_nobody_is_asked_at_night_nor_on_sundays(moment):
    asked_at = next_waking(moment, no_holiday)
    local = asked_at.astimezone(PARIS)

    assert asked_at >= moment
    assert 8 <= local.hour < 20
    assert local.weekday() != 6
    assert next_waking(asked_at, no_holiday) == asked_at


def test_nobody_is_asked_on_a_holiday():
    eve = datetime(2023, 4, 30, 10, 0, tzinfo=UTC)  # a Sunday, before the first of May

    asked_at = next_waking(eve, lambda day: day == date(2023, 5, 1))

    assert asked_at == datetime(2023, 5, 2, 6, 0, tzinfo=UTC)
