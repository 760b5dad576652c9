"""Contact values in one form: E.164 numbers, lower-case addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from chassis.crypto import Keyring
from chassis.ids import new_id
from services.accueil.domain.contact import (
    Channel,
    ContactPoint,
    ContactRepeated,
    ContactUnusable,
)
from services.accueil.usecases.keys import contact_index

_REGION = "FR"
_FRANCE = 33
_EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]+\.[^\s@<>,;.]{2,}")


def normalise(channel: Channel, value: str, *, field: str = "/value") -> str:
    """The value as stored and compared. Raises ContactUnusable, which names `field`."""
    return _phone(value, field) if channel is Channel.SMS else _email(value, field)


def contact_points(
    keys: Keyring,
    wanted: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    by: UUID | None,
) -> list[ContactPoint]:
    """New contact points from what was sent. Raises ContactUnusable, ContactRepeated."""
    points: list[ContactPoint] = []
    for position, given in enumerate(wanted):
        channel = given["channel"]
        value = normalise(channel, given["value"], field=f"/contacts/{position}/value")
        index = contact_index(keys, channel, value)
        if any(p.value_index == index for p in points):
            raise ContactRepeated(
                "Cette coordonnée est déjà dans la liste.", field=f"/contacts/{position}/value"
            )
        point = ContactPoint(
            contact_id=new_id(), channel=channel, value=value, value_index=index, position=position
        )
        state(point, given, now=now, by=by)
        points.append(point)
    return points


def state(point: ContactPoint, given: Mapping[str, Any], *, now: datetime, by: UUID | None) -> None:
    """Note what the person says of the point now; what was already said keeps its date."""
    if point.opted_in != given["opted_in"]:
        point.opted_in = given["opted_in"]
        point.opted_in_at, point.opted_in_by = (now, by) if point.opted_in else (None, None)
    if point.confirmed_safe != given["confirmed_safe"]:
        point.confirmed_safe = given["confirmed_safe"]
        point.confirmed_at, point.confirmed_by = (now, by) if point.confirmed_safe else (None, None)
    if not point.confirmed_safe:
        point.confirmed_among = []


def _phone(value: str, field: str) -> str:
    try:
        number = phonenumbers.parse(value, _REGION)
    except NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ContactUnusable(
            "Numéro non reconnu : donnez dix chiffres, ou + et l’indicatif du pays.", field=field
        )
    if _is_landline(number):
        raise ContactUnusable("Ce numéro fixe ne reçoit pas de SMS.", field=field)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _is_landline(number: phonenumbers.PhoneNumber) -> bool:
    """French mobiles are 06 and 07 (ARCEP); elsewhere the library's tables tell.

    The tables lag behind new blocks and leave out numbers kept for fiction: a number is not
    refused for being absent from them.
    """
    if number.country_code == _FRANCE:
        return str(number.national_number)[0] not in "67"
    return phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE


def _email(value: str, field: str) -> str:
    address = value.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise ContactUnusable("Adresse électronique non reconnue.", field=field)
    return address
