"""From names and contacts to the keyed digests that find and compare files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chassis.crypto import Keyring
from services.accueil.domain.contact import Channel, ContactPoint
from services.accueil.domain.doublons import Signature
from services.accueil.domain.personne import Personne
from services.accueil.domain.phonetics import phonetic_key, phonetic_keys, words
from services.accueil.domain.recherche import FileIndex

#: Hexadecimal digits kept of a digest: 80 bits, far beyond any collision among a million files.
_DIGITS = 20
#: Beginnings of words are found from this many letters, to this many.
_SHORTEST, _LONGEST = 3, 12


def digest(keys: Keyring, kind: str, value: str) -> str:
    """The keyed digest of one value of one kind."""
    return keys.blind_index(value, f"personne.{kind}")[:_DIGITS]


def contact_index(keys: Keyring, channel: Channel, value: str) -> str:
    """The digest that finds a contact point (normalised value)."""
    return digest(keys, f"contact.{channel.value}", value)


def spelled(keys: Keyring, word: str) -> str:
    """The digest of a word, or of the beginning of one, as spelled."""
    return digest(keys, "word", word)


def heard(keys: Keyring, word: str) -> str:
    """The digest of a word as it sounds."""
    return digest(keys, "sound", phonetic_key(word))


def signature(
    keys: Keyring,
    *,
    names: Iterable[str | None],
    first_names: str,
    born_on: date | None,
    contacts: Iterable[ContactPoint] = (),
    reference: str | None = None,
) -> Signature:
    """What a file is compared on. `names`: family and birth names. `reference` stays in clear."""
    points = tuple(contacts)
    return Signature(
        born=digest(keys, "born", born_on.isoformat()) if born_on else None,
        family=_sounds(keys, names),
        given=_sounds(keys, (first_names,)),
        phones=frozenset(p.value_index for p in points if p.channel is Channel.SMS),
        emails=frozenset(p.value_index for p in points if p.channel is Channel.EMAIL),
        reference=reference,
    )


def file_index(keys: Keyring, personne: Personne) -> FileIndex | None:
    """What finds this file; None for one that nothing may find."""
    if not personne.is_matchable:
        return None
    named = (personne.family_name, personne.birth_name or "", personne.first_names)
    every_word = {word for name in named for word in words(name)}
    return FileIndex(
        signature=signature_of(keys, personne),
        tokens=frozenset(token for word in every_word for token in _tokens(keys, word)),
    )


def signature_of(keys: Keyring, personne: Personne) -> Signature:
    """What this file is compared on; nothing for one that nothing may match."""
    if not personne.is_matchable:
        return Signature()
    return signature(
        keys,
        names=(personne.family_name, personne.birth_name),
        first_names=personne.first_names,
        born_on=personne.born_on,
        contacts=personne.contacts,
        reference=personne.reference,
    )


def _sounds(keys: Keyring, names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(
        digest(keys, "sound", sound) for name in names if name for sound in phonetic_keys(name)
    )


def _tokens(keys: Keyring, word: str) -> Iterable[str]:
    yield heard(keys, word)
    yield spelled(keys, word)
    for length in range(_SHORTEST, min(len(word), _LONGEST + 1)):
        yield spelled(keys, word[:length])
