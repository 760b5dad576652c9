"""What sounds alike in French, and the properties the key must keep."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accueil.domain.phonetics import phonetic_key, phonetic_keys, street_key, words

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=20)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüœæÉÈÇ' -", max_size=40)


class TestSoundAlike:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Dupont", "Dupond"),
            ("Henri", "Henry"),
            ("Philippe", "Filipe"),
            ("Lefèvre", "LEFEVRE"),
            ("Martin", "Martain"),
            ("Thibault", "Tibaud"),
            ("Françoise", "Franssoise"),
            ("Mohammed", "Mohamed"),
            ("Kévin", "Quevin"),
            ("Sylvie", "Silvie"),
            ("Gauthier", "Gautier"),
            ("Renault", "Renaud"),
            ("Chloé", "Cloé"),
            ("Christine", "Kristine"),
        ],
    )
    def test_spellings_of_one_name(self, one, other):
        assert phonetic_keys(one) == phonetic_keys(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Martin", "Morin"), ("Dupont", "Durand"), ("Jean", "Jeanne"), ("Louis", "Léa")],
    )
    def test_names_apart(self, one, other):
        assert phonetic_keys(one).isdisjoint(phonetic_keys(other))

    def test_particles_are_left_out_unless_alone(self):
        assert phonetic_keys("de La Tour") == phonetic_keys("Tour")
        assert phonetic_keys("Le") == {phonetic_key("LE")}


class TestProperties:
    @given(LETTERS)
    def test_a_key_is_never_empty_and_has_its_own_alphabet(self, word):
        assert re.fullmatch(r"[A-Z123480]+", phonetic_key(word))

    @given(LETTERS, st.integers(0, 19))
    def test_doubling_a_letter_changes_nothing(self, word, place):
        at = place % len(word)

        assert phonetic_key(word[:at] + word[at] + word[at:]) == phonetic_key(word)

    @given(NAMES)
    def test_case_and_accents_change_nothing(self, name):
        assert words(name) == words(name.upper())
        assert words(" ".join(words(name))) == words(name)

    @given(NAMES)
    def test_a_name_with_letters_always_has_a_key(self, name):
        assert bool(words(name)) == bool(phonetic_keys(name))


class TestStreet:
    @pytest.mark.parametrize(
        "text",
        [
            "12 rue de l’Exemple",
            "12 bis, RUE DE L'EXEMPLE",
            "rue de l exemple",
            " 3 Rue de l’exemple",
        ],
    )
    def test_the_number_case_and_signs_do_not_count(self, text):
        assert street_key(text) == "RUE DE L EXEMPLE"
