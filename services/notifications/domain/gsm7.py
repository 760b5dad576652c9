"""What an SMS costs: the number of parts it is billed for (3GPP TS 23.038 and TS 23.040).

A text whose characters all belong to the default alphabet takes 160 septets in one part, 153 in
each of several (the header takes seven); one foreign character switches the whole text to UCS-2,
70 units in one part, 67 in each of several. A two-unit character is never cut in two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Written as an escape and a character: two septets.
_EXTENDED = frozenset("\f^{}\\[~]|€")
_REPLACEMENTS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "ç": "c",
        "\u00a0": " ",
        "\u202f": " ",
    }
)
_BASE_LIMIT, _BASE_PART = 160, 153
_UCS2_LIMIT, _UCS2_PART = 70, 67


@dataclass(frozen=True)
class Cost:
    """How a text travels: `units` are septets (GSM-7) or 16-bit units (UCS-2)."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def fold(text: str) -> str:
    """The same French text with the fewest foreign characters: `août` → `aout`, `’` → `'`."""
    return "".join(_folded(character) for character in text.translate(_REPLACEMENTS))


def cost(text: str) -> Cost:
    """Encoding, units and billed parts of a text."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        widths = [2 if character in _EXTENDED else 1 for character in text]
        return Cost("GSM-7", sum(widths), _parts(widths, _BASE_LIMIT, _BASE_PART))
    widths = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Cost("UCS-2", sum(widths), _parts(widths, _UCS2_LIMIT, _UCS2_PART))


def _folded(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    base = unicodedata.normalize("NFKD", character)[:1]
    return base if base in _BASIC else character


def _parts(widths: Iterable[int], limit: int, part: int) -> int:
    widths = list(widths)
    if sum(widths) <= limit:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
