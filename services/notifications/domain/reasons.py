"""Why a message was not sent, will not arrive, or must wait: stable codes, part of the facts."""

from __future__ import annotations

from enum import StrEnum


class DropReason(StrEnum):
    """Why a message was never sent."""

    #: Its moment has passed: a reminder after the rendezvous helps nobody.
    TOO_LATE = "TOO_LATE"
    #: The rendezvous moved, was cancelled or is over.
    SUPERSEDED = "SUPERSEDED"
    DECEASED = "DECEASED"
    #: The *no contact* flag is absolute.
    NO_CONTACT = "NO_CONTACT"
    #: accueil refuses, for a reason that makes any other contact point suspect.
    UNSAFE = "UNSAFE"
    #: The person opted in for no channel and confirmed it safe.
    NO_CHANNEL = "NO_CHANNEL"
    UNKNOWN_PERSONNE = "UNKNOWN_PERSONNE"
    #: The same words just went to the same address for another member of the household.
    SAME_RECIPIENT = "SAME_RECIPIENT"
    #: An agent stopped it.
    STOPPED = "STOPPED"


class FailureReason(StrEnum):
    """Why a message that was handed over will not arrive."""

    RECIPIENT_REFUSED = "RECIPIENT_REFUSED"
    CONTENT_REFUSED = "CONTENT_REFUSED"
    UNDELIVERABLE = "UNDELIVERABLE"


class DeferralReason(StrEnum):
    """Why a message must wait; it leaves as soon as it can, until `not_after`."""

    QUIET_HOURS = "QUIET_HOURS"
    #: accueil or rendezvous does not answer: nothing is sent unchecked.
    NEIGHBOUR_UNAVAILABLE = "NEIGHBOUR_UNAVAILABLE"
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
    PROVIDER_THROTTLED = "PROVIDER_THROTTLED"
    #: Wrong token or settings: ours to mend, never the person's fault.
    PROVIDER_MISCONFIGURED = "PROVIDER_MISCONFIGURED"


#: What deserves a phone call. Never DECEASED, NO_CONTACT or UNSAFE: calling would be the very
#: contact that was forbidden; never SUPERSEDED, SAME_RECIPIENT or STOPPED: nothing was lost.
CALL_BACK: frozenset[str] = frozenset(
    {
        DropReason.TOO_LATE,
        DropReason.NO_CHANNEL,
        DropReason.UNKNOWN_PERSONNE,
        *FailureReason,
    }
)
