"""How French names sound: normal forms and a phonetic key, for search and duplicate hints.

The key is ours, small and made for French spelling: Soundex and Metaphone were made for English
(they part Dupont from Dupond, and Henri from Henry is luck). It is a hint for a person who then
looks, so it prefers a match too many.
"""

from __future__ import annotations

import re
import unicodedata

#: Left out of keys: they would make every « de … » look like every other.
PARTICLES = frozenset(
    {"D", "DA", "DE", "DEL", "DES", "DI", "DOS", "DU", "EL", "L", "LA", "LE", "LES"}
)

_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ç": "ss", "Ç": "SS", "ß": "ss"}
)
_PLAIN_CEDILLA = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
_NOT_LETTERS = re.compile(r"[^A-Z]+")

#: Applied in order to one upper-case word without accents or doubled letters.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"MPS?$", "M"),
        (r"AUL[TDX]S?$", "O"),  # Thibault, Renault
        (r"(?<=.)[DSTXZ]+$", ""),  # silent final consonants: Dupont, Dupond, Dupons
        (r"PH", "F"),
        (r"CH(?=[LR])", "K"),  # Chloé, Christine
        (r"SCH|SH|CH", "8"),
        (r"H", ""),
        (r"GN", "N"),
        (r"GE(?=[AO])", "J"),
        (r"GU(?=[EIY])", "G#"),  # hard g, kept from the next rule by the mark
        (r"G(?=[EIY])", "J"),
        (r"#", ""),
        (r"QU|Q|CK", "K"),
        (r"C(?=[EIY])", "S"),
        (r"C", "K"),
        (r"Z", "S"),
        (r"X", "KS"),
        (r"W", "V"),
        (r"(?:AI|EI|[IYU])[NM](?![AEIOUYNM])", "2"),  # in, ain, ein, yn, un
        (r"[AE][NM](?![AEIOUYNM])", "1"),  # an, en, am, em
        (r"O[NM](?![AEIOUYNM])", "3"),  # on, om
        (r"EAU|AU", "O"),
        (r"OU", "4"),
        (r"OI|OY", "4A"),
        (r"OEU|EU|OE", "E"),
        (r"AI|AY|EI|EY", "E"),
        (r"Y", "I"),
        (r"(?<=.)E+$", ""),
    )
)
_DOUBLED = re.compile(r"(.)\1+")


def words(text: str) -> tuple[str, ...]:
    """The words of a name, upper-case, without accents: « Éloïse-Anne » → ELOISE, ANNE."""
    return tuple(filter(None, _NOT_LETTERS.split(_bare(text.translate(_PLAIN_CEDILLA)))))


def street_key(text: str) -> str:
    """A street as compared with others: upper-case, no accents, single spaces, no house number."""
    bare = _bare(text.translate(_PLAIN_CEDILLA))
    without_number = re.sub(r"^\s*\d+\s*(BIS|TER|QUATER|[A-D])?\b[\s,]*", "", bare)
    return " ".join(re.findall(r"[A-Z0-9]+", without_number))


def phonetic_keys(text: str) -> frozenset[str]:
    """One key per word of a name, particles left out unless there is nothing else."""
    heard = [w for w in _NOT_LETTERS.split(_bare(text.translate(_LIGATURES))) if w]
    kept = [w for w in heard if w not in PARTICLES] or heard
    return frozenset(phonetic_key(word) for word in kept)


def phonetic_key(word: str) -> str:
    """How one word sounds: capitals and digits 1, 2, 3 (nasals), 4 (ou), 8 (ch). Never empty.

    `word` is upper-case ASCII letters, as `words` gives them.
    """
    plain = key = _DOUBLED.sub(r"\1", word)
    for pattern, sound in _RULES:
        key = pattern.sub(sound, key)
    return _DOUBLED.sub(r"\1", key) or plain


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()
