"""An SMS is billed by parts (3GPP TS 23.038, TS 23.040)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.gsm7 import cost, fold


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("é" * 160, "GSM-7", 1),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("ê" * 70, "UCS-2", 1),
        ("ê" * 71, "UCS-2", 2),
        ("ê" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
    ],
)
def test_parts_follow_the_alphabet(text: str, encoding: str, parts: int) -> None:
    assert (cost(text).encoding, cost(text).parts) == (encoding, parts)


def test_a_two_septet_character_is_never_cut_between_two_parts() -> None:
    text = "a" * 152 + "€" + "a" * 152

    # 306 septets would fill two parts exactly, were the euro sign cut in two.
    assert cost(text).units == 306
    assert cost(text).parts == 3


def test_folding_french_keeps_it_in_the_cheap_alphabet() -> None:
    assert (
        fold("Rendez-vous d’août – à l’Hôtel Français…")
        == "Rendez-vous d'aout - à l'Hotel Francais..."
    )
    assert cost(fold("prêt, forêt, août, naïf, où, ça, œuf, l’été…")).encoding == "GSM-7"


@given(st.text(max_size=700))
def test_parts_hold_the_whole_text(text: str) -> None:
    counted = cost(text)

    room = 160 if counted.encoding == "GSM-7" else 70
    part = 153 if counted.encoding == "GSM-7" else 67
    assert counted.parts == 1 if counted.units <= room else counted.parts * part >= counted.units
    assert counted.parts <= max(1, counted.units // (part - 1) + 1)


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
