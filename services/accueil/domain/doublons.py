"""Probable duplicates: who on file may be the same person, and for which reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

#: Made of keyed digests: comparing two people does not need their names.
Keys = frozenset[str]


class Reason(StrEnum):
    """Why two files may be one person."""

    SAME_BIRTH_DATE_AND_CLOSE_NAMES = "SAME_BIRTH_DATE_AND_CLOSE_NAMES"
    SAME_PHONE = "SAME_PHONE"
    SAME_EMAIL = "SAME_EMAIL"
    SAME_REFERENCE = "SAME_REFERENCE"


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What two files are compared on; every value is a keyed digest."""

    born: str | None = None
    family: Keys = frozenset()
    given: Keys = frozenset()
    phones: Keys = frozenset()
    emails: Keys = frozenset()
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """A file already there, as far as comparing goes."""

    personne_id: UUID
    signature: Signature
    #: Whether the caller may know of it.
    is_visible: bool = True


@dataclass(frozen=True, kw_only=True)
class Match:
    """A file that may be the same person, and why."""

    personne_id: UUID
    reasons: tuple[Reason, ...]
    is_visible: bool


class KnownFiles:
    """Files already there, reached by what they may share with a new one."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._by_key: dict[tuple[str, str], list[Known]] = defaultdict(list)
        for item in known:
            self.add(item)

    def add(self, item: Known) -> None:
        """One more file."""
        for key in _keys(item.signature):
            self._by_key[key].append(item)

    def like(self, new: Signature) -> tuple[Match, ...]:
        """Every file with at least one reason, once."""
        near = {item.personne_id: item for key in _keys(new) for item in self._by_key.get(key, ())}
        return matches(new, near.values())


def _keys(signature: Signature) -> Iterator[tuple[str, str]]:
    if signature.born:
        yield "born", signature.born
    if signature.reference:
        yield "reference", signature.reference
    yield from (("contact", value) for value in signature.phones | signature.emails)


def matches(new: Signature, known: Iterable[Known]) -> tuple[Match, ...]:
    """Every file with at least one reason, in the order given."""
    found = ((item, _reasons(new, item.signature)) for item in known)
    return tuple(
        Match(personne_id=item.personne_id, reasons=reasons, is_visible=item.is_visible)
        for item, reasons in found
        if reasons
    )


def _reasons(a: Signature, b: Signature) -> tuple[Reason, ...]:
    reasons = []
    if a.reference and a.reference == b.reference:
        reasons.append(Reason.SAME_REFERENCE)
    if a.born and a.born == b.born and _names_are_close(a, b):
        reasons.append(Reason.SAME_BIRTH_DATE_AND_CLOSE_NAMES)
    if a.phones & b.phones:
        reasons.append(Reason.SAME_PHONE)
    if a.emails & b.emails:
        reasons.append(Reason.SAME_EMAIL)
    return tuple(reasons)


def _names_are_close(a: Signature, b: Signature) -> bool:
    """Family or birth name and a first name sound alike, even typed in each other's place."""
    straight = a.family & b.family and a.given & b.given
    crossed = a.family & b.given and a.given & b.family
    return bool(straight or crossed)
