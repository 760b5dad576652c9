"""Contact points, and when one may be used: opted in, confirmed safe, not shared unknowingly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Invalid


class Channel(StrEnum):
    """How a person can be written to."""

    SMS = "SMS"
    EMAIL = "EMAIL"


class Refusal(StrEnum):
    """Why a person, or one contact point, may not be used. NO_SAFE_CONTACT: there is none."""

    UNKNOWN = "UNKNOWN"
    DECEASED = "DECEASED"
    NO_CONTACT = "NO_CONTACT"
    NO_SAFE_CONTACT = "NO_SAFE_CONTACT"
    NOT_OPTED_IN = "NOT_OPTED_IN"
    NOT_CONFIRMED = "NOT_CONFIRMED"
    SHARED = "SHARED"


#: Of one contact point, or of several, from the gravest on.
_GRAVEST = (Refusal.SHARED, Refusal.NOT_CONFIRMED, Refusal.NOT_OPTED_IN)


class ContactRepeated(Invalid):
    """One contact point is given twice for one person."""

    code = "contact-en-double"
    title = "Coordonnée donnée deux fois"


class ContactUnusable(Invalid):
    """The value is not a phone number or an address of this channel."""

    code = "contact-invalide"
    title = "Coordonnée refusée"


@dataclass(eq=False, kw_only=True)
class ContactPoint:
    """One phone number (E.164) or e-mail address of one person, and what the person said of it."""

    contact_id: UUID
    channel: Channel
    value: str
    #: Keyed digest of the value: finds the same number elsewhere without reading it.
    value_index: str
    position: int = 0
    opted_in: bool = False
    opted_in_at: datetime | None = None
    opted_in_by: UUID | None = None
    confirmed_safe: bool = False
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    #: The other holders there were when the person confirmed, knowing the number is shared.
    confirmed_among: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """That a living person holds a contact point, and how they confirmed it."""

    personne_id: UUID
    channel: Channel
    value_index: str
    confirmed_safe: bool
    confirmed_among: frozenset[UUID]
    is_minor_alone: bool = False


def sharing_is_safe(holdings: Collection[Holding]) -> bool:
    """Whether a contact point held by these people may be used for any of them.

    One holder: yes. Several: only when each confirmed, knowing of every other one, and none is
    a minor who comes alone (their own contact only).
    """
    holders = {h.personne_id for h in holdings}
    if len(holders) <= 1:
        return True
    return all(
        h.confirmed_safe and not h.is_minor_alone and h.confirmed_among >= holders - {h.personne_id}
        for h in holdings
    )


def refusal_of(point: ContactPoint, holdings: Collection[Holding]) -> Refusal | None:
    """The gravest reason why this contact point may not be used, or None.

    `holdings`: everyone who holds it.
    """
    if not sharing_is_safe(holdings):
        return Refusal.SHARED
    if not point.confirmed_safe:
        return Refusal.NOT_CONFIRMED
    if not point.opted_in:
        return Refusal.NOT_OPTED_IN
    return None


@dataclass(frozen=True, kw_only=True)
class ContactPolicy:
    """What stands above every contact point of one person."""

    personne_id: UUID
    language: str
    deceased: bool
    no_contact: bool

    def refusal(self) -> Refusal | None:
        """Death and the *no contact* flag are absolute."""
        if self.deceased:
            return Refusal.DECEASED
        return Refusal.NO_CONTACT if self.no_contact else None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How a person may be reached now, or why not."""

    personne_id: UUID
    allowed: bool
    reason: Refusal | None = None
    language: str | None = None
    sms: str | None = None
    email: str | None = None


def reach(
    policy: ContactPolicy, points: Iterable[ContactPoint], holdings: Sequence[Holding]
) -> Reach:
    """The first usable number and address of a person. `holdings` cover all their points.

    When none is usable the gravest reason is told: where one number is unsafe, whoever calls
    back another may dial it.
    """
    refusal = policy.refusal()
    if refusal is not None:
        return Reach(personne_id=policy.personne_id, allowed=False, reason=refusal)
    usable: dict[Channel, str] = {}
    refusals: set[Refusal | None] = set()
    for point in sorted(points, key=lambda p: p.position):
        shared = [h for h in holdings if h.value_index == point.value_index]
        reason = refusal_of(point, shared)
        refusals.add(reason)
        if reason is None:
            usable.setdefault(point.channel, point.value)
    if not usable:
        gravest = next((r for r in _GRAVEST if r in refusals), Refusal.NO_SAFE_CONTACT)
        return Reach(personne_id=policy.personne_id, allowed=False, reason=gravest)
    return Reach(
        personne_id=policy.personne_id,
        allowed=True,
        language=policy.language,
        sms=usable.get(Channel.SMS),
        email=usable.get(Channel.EMAIL),
    )
