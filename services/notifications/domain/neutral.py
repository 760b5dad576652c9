"""Words that would tell a bystander why someone is expected."""

from __future__ import annotations

import re
import unicodedata

#: Of services and structures.
_SERVICES = re.compile(
    r"\b(mds|mdsi|ccas|cms|pmi|ase|rsa|caf|soci\w*|solidarit\w*|aides?|insertion"
    r"|assistant\w*|departement\w*|famille\w*|handicap\w*)\b"
)
#: Of matters and professions, beside them: *exemple*. A guard for what was written without
#: thinking of who reads; a motif that must not be guessed is a discreet one.
_MATTERS = re.compile(
    r"\b(cesf|cpam|mdph|crip|dossiers?|secours|allocations?|budget\w*|dettes?|surendett\w*"
    r"|impay\w*|loyers?|expuls\w*|violen\w*|enfan\w*|enceinte|grossesse|separation|divorce"
    r"|tribunal|juge\w*|police|gendarm\w*|plainte|addict\w*|protection|tutelle|curatelle)\b"
)


def names_a_service(text: str) -> bool:
    """Whether a place is told by who works there."""
    return bool(_SERVICES.search(_plain(text)))


def is_neutral(text: str) -> bool:
    """Whether anybody may read this text on somebody's telephone: neither service nor matter."""
    plain = _plain(text)
    return not (_SERVICES.search(plain) or _MATTERS.search(plain))


def _plain(text: str) -> str:
    """Without accents; an apostrophe of print ends a word as a typed one does."""
    letters = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return "".join(one if one.isascii() else " " for one in letters).lower()
