"""The life of a message: the whole table, state by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from services.notifications.domain.message import (
    TRANSITIONS,
    Channel,
    MessageAlreadyGone,
    Status,
    Step,
    after,
)
from services.notifications.domain.outcomes import (
    Sending,
    accepted,
    deferred,
    dropped,
    postponed,
    refused,
)
from services.notifications.domain.reasons import DeferralReason, DropReason, FailureReason
from services.notifications.usecases.telling import fact_of
from tests.unit.notifications.test_decision import MESSAGE, NOW

ALLOWED = {
    ("WAITING", "CLAIM"): "SENDING",
    ("WAITING", "DROP"): "DROPPED",
    ("SENDING", "CLAIM"): "SENDING",
    ("SENDING", "DEFER"): "WAITING",
    ("SENDING", "ACCEPT"): "SENT",
    ("SENDING", "REFUSE"): "FAILED",
    ("SENDING", "DROP"): "DROPPED",
    ("SENT", "DELIVER"): "DELIVERED",
    ("SENT", "REFUSE"): "FAILED",
}
CLAIMED = replace(MESSAGE, status=Status.SENDING)
BY_SMS = Sending(
    channel=Channel.SMS, template_version=1, language="fr", recipient_digest="d", sms_parts=1
)


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_every_step_from_every_status(status: Status, step: Step) -> None:
    expected = ALLOWED.get((status.value, step.value))

    if expected is None:
        with pytest.raises(MessageAlreadyGone):
            after(status, step)
    else:
        assert after(status, step) == expected
    assert len(TRANSITIONS) == len(ALLOWED)


def test_an_accepted_message_keeps_the_channel_and_forgets_the_address() -> None:
    sent = accepted(CLAIMED, BY_SMS.known_as("sms-1"), NOW)

    assert (sent.status, sent.channel, sent.sms_parts) == (Status.SENT, Channel.SMS, 1)
    assert (sent.provider_reference, sent.settled_at, sent.attempts) == ("sms-1", NOW, 1)


def test_a_refused_sms_is_not_billed() -> None:
    failed = refused(CLAIMED, BY_SMS, FailureReason.RECIPIENT_REFUSED, NOW)

    assert (failed.status, failed.sms_parts) == (Status.FAILED, None)


def test_a_postponed_message_counts_its_attempts() -> None:
    once = postponed(CLAIMED, DeferralReason.PROVIDER_UNAVAILABLE)
    twice = postponed(replace(once, status=Status.SENDING), DeferralReason.PROVIDER_THROTTLED)

    assert (once.status, twice.attempts, twice.last_error) == (
        Status.WAITING,
        2,
        "PROVIDER_THROTTLED",
    )


def test_a_deferral_past_its_use_is_a_drop() -> None:
    until = CLAIMED.not_after

    assert deferred(CLAIMED, until - timedelta(seconds=1), NOW).status is Status.WAITING
    gone = deferred(CLAIMED, until, NOW)
    assert (gone.status, gone.reason, gone.settled_at) == (
        Status.DROPPED,
        DropReason.TOO_LATE,
        NOW,
    )


@pytest.mark.parametrize(
    ("message", "name"),
    [
        (accepted(CLAIMED, BY_SMS, NOW), "notification_sent"),
        (refused(CLAIMED, BY_SMS, FailureReason.CONTENT_REFUSED, NOW), "notification_failed"),
        (dropped(CLAIMED, DropReason.STOPPED, NOW), "notification_dropped"),
        (
            replace(accepted(CLAIMED, BY_SMS, NOW), status=Status.DELIVERED),
            "notification_delivered",
        ),
    ],
)
def test_each_end_is_told_by_its_fact(message: object, name: str) -> None:
    fact = fact_of(message)  # type: ignore[arg-type]

    assert fact.name == name
    assert fact.data()["personne_ids"] == [str(MESSAGE.personne_id)]


def test_a_message_that_waits_has_nothing_to_tell() -> None:
    with pytest.raises(ValueError, match="WAITING"):
        fact_of(MESSAGE)
