"""What people read: neutral, in French, cheap; a discreet message says less still."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from itertools import product

import jinja2
import pytest

from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import (
    Channel,
    Modality,
    PlaceNotNeutral,
    SiteCodeMalformed,
    Template,
    answer_by,
)
from services.notifications.rendering import (
    VERSIONS,
    Wording,
    _environment,
    files,
    render,
    spoken_when,
    version_at,
)

#: A Wednesday of the longest name in the longest month.
STARTS_AT = datetime(2023, 9, 27, 8, 30, tzinfo=UTC)
PLACE = Lieu(
    site="MONTAUBAN-CENTRE", address="12 rue des Exemples, Montauban", phone="05 63 00 00 00"
)
#: Nothing of the matter, the service, the profession or the identity.
TELLING = re.compile(
    r"\b(sociale?s?|solidarites?|assistante?|aides?|secours|allocations?|rsa|enfance|famille|"
    r"dossier|budget|departement|monsieur|madame|cesf|ase|pmi)\b"
)
ALL = [
    (template, modality, discreet, place, channel)
    for template, modality, discreet, place, channel in product(
        Template, Modality, (False, True), (None, PLACE), Channel
    )
]


def wording(
    template: Template,
    modality: Modality = Modality.PRESENTIEL,
    *,
    discreet: bool = False,
    place: Lieu | None = PLACE,
    instructions: str | None = None,
) -> Wording:
    is_about_a_rendezvous = template is not Template.DEMANDE_ANSWERED
    return Wording(
        template=template,
        starts_at=STARTS_AT if is_about_a_rendezvous else None,
        modality=modality if is_about_a_rendezvous else None,
        discreet=discreet,
        place=place,
        answer_by=answer_by(template, STARTS_AT),
        instructions=instructions,
    )


@pytest.mark.parametrize(("template", "modality", "discreet", "place", "channel"), ALL)
def test_every_message_is_neutral_and_an_sms_takes_one_part(
    template: Template, modality: Modality, discreet: bool, place: Lieu | None, channel: Channel
) -> None:
    text = render(
        wording(template, modality, discreet=discreet, place=place), channel, now=STARTS_AT
    )

    words = f"{text.subject or ''} {text.body}"
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    assert not TELLING.search(plain)
    assert "{" not in words
    assert "None" not in words
    if channel is Channel.SMS:
        assert text.cost is not None
        assert (text.cost.encoding, text.cost.parts) == ("GSM-7", 1)


@pytest.mark.parametrize(("template", "channel"), list(product(Template, Channel)))
def test_a_discreet_message_says_neither_where_nor_whom_to_call(
    template: Template, channel: Channel
) -> None:
    said = render(wording(template), channel, now=STARTS_AT).body
    discreet = render(wording(template, discreet=True), channel, now=STARTS_AT).body

    assert len(discreet) < len(said)
    assert PLACE.address not in discreet
    assert str(PLACE.phone) not in discreet


def test_an_offer_says_until_when_even_when_discreet() -> None:
    said = render(wording(Template.CRENEAU_OFFERED), Channel.SMS, now=STARTS_AT).body
    discreet = render(
        wording(Template.CRENEAU_OFFERED, discreet=True), Channel.SMS, now=STARTS_AT
    ).body

    assert said == (
        "Créneau libre le mercredi 27 septembre à 10h30, 12 rue des Exemples, Montauban."
        " Réponse avant le 27/09 à 10h30 : 05 63 00 00 00."
    )
    assert discreet == (
        "Créneau libre le mercredi 27 septembre à 10h30. Réponse avant le 27/09 à 10h30."
    )


def test_an_offer_takes_one_part_with_the_longest_address() -> None:
    longest = Lieu(site="MONTAUBAN-CENTRE", address="x" * 60, phone="05 63 00 00 00")

    text = render(wording(Template.CRENEAU_OFFERED, place=longest), Channel.SMS, now=STARTS_AT)

    assert text.cost is not None
    assert text.cost.parts == 1


@pytest.mark.parametrize(
    ("modality", "words"),
    [
        (Modality.PRESENTIEL, "12 rue des Exemples, Montauban"),
        (Modality.PERMANENCE, "12 rue des Exemples, Montauban"),
        (Modality.TELEPHONE, "par téléphone"),
        (Modality.VAD, "à votre domicile"),
        (Modality.VISIO, "en visio"),
    ],
)
def test_it_says_where_without_any_home_address(modality: Modality, words: str) -> None:
    text = render(wording(Template.RENDEZVOUS_CONFIRMED, modality), Channel.SMS, now=STARTS_AT)

    assert text.body == (
        f"Votre rendez-vous est fixé au mercredi 27 septembre à 10h30, {words}."
        " Empechement : 05 63 00 00 00."
    )


def test_an_email_has_a_subject_and_paragraphs() -> None:
    text = render(wording(Template.RENDEZVOUS_MOVED), Channel.EMAIL, now=STARTS_AT)

    assert text.subject == "Votre rendez-vous est déplacé"
    assert text.body.startswith("Bonjour,\n\n")
    assert "\n\nSi vous ne pouvez pas venir, appelez le 05 63 00 00 00.\n\n" in text.body


def test_a_language_without_a_template_falls_back_to_french() -> None:
    for language in ("ar", "../../fr", None):
        text = render(
            wording(Template.RENDEZVOUS_REMINDER), Channel.SMS, now=STARTS_AT, language=language
        )
        assert text.language == "fr"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2023, 3, 1, 8, 0, tzinfo=UTC), "mercredi 1er mars à 9h"),
        (datetime(2023, 3, 26, 8, 5, tzinfo=UTC), "dimanche 26 mars à 10h05"),
        (datetime(2023, 8, 14, 22, 30, tzinfo=UTC), "mardi 15 août à 0h30"),
    ],
)
def test_moments_are_spoken_in_paris(moment: datetime, words: str) -> None:
    assert spoken_when(moment) == words


WITH_INSTRUCTIONS = (
    Template.RENDEZVOUS_CONFIRMED,
    Template.RENDEZVOUS_REMINDER,
    Template.RENDEZVOUS_MOVED,
)
PAPERS = "Apportez une pièce d’identité et un justificatif."


class TestInstructions:
    @pytest.mark.parametrize(("template", "channel"), list(product(Template, Channel)))
    def test_a_confirmation_a_move_and_a_reminder_alone_say_them(
        self, template: Template, channel: Channel
    ) -> None:
        text = render(wording(template, instructions=PAPERS), channel, now=STARTS_AT)

        said = template in WITH_INSTRUCTIONS
        assert ("Apportez une pi" in text.body) is said
        assert text.instructions == (PAPERS if said else None)

    @pytest.mark.parametrize(("template", "channel"), list(product(Template, Channel)))
    def test_a_discreet_message_never_does(self, template: Template, channel: Channel) -> None:
        said = render(wording(template, discreet=True, instructions=PAPERS), channel, now=STARTS_AT)

        assert said == render(wording(template, discreet=True), channel, now=STARTS_AT)

    @pytest.mark.parametrize(
        "words", ["votre attestation CAF", "le courrier d’expulsion", "les papiers de vos enfants"]
    )
    @pytest.mark.parametrize("channel", Channel)
    def test_those_that_tell_why_are_left_out_whole(self, channel: Channel, words: str) -> None:
        telling = wording(Template.RENDEZVOUS_REMINDER, instructions=f"Apportez {words}.")

        text = render(telling, channel, now=STARTS_AT)

        assert text == render(wording(Template.RENDEZVOUS_REMINDER), channel, now=STARTS_AT)

    @pytest.mark.parametrize(("length", "parts"), [(150, 2), (200, 1)])
    def test_an_sms_says_them_whole_in_two_parts_or_not_at_all(
        self, length: int, parts: int
    ) -> None:
        long = wording(Template.RENDEZVOUS_CONFIRMED, instructions="x" * length)

        sms = render(long, Channel.SMS, now=STARTS_AT)
        mail = render(long, Channel.EMAIL, now=STARTS_AT)

        assert sms.cost is not None
        assert sms.cost.parts == parts
        assert ("x" * length in sms.body, sms.instructions is None) == (parts == 2, parts == 1)
        assert "x" * length in mail.body

    def test_their_lines_are_one_in_an_sms_and_nothing_in_them_is_run(self) -> None:
        odd = wording(Template.RENDEZVOUS_CONFIRMED, instructions="Un.\n\nDeux {{ phone }}.")

        sms = render(odd, Channel.SMS, now=STARTS_AT)
        mail = render(odd, Channel.EMAIL, now=STARTS_AT)

        assert sms.body.endswith(" Un. Deux {{ phone }}.")
        assert mail.subject == "Votre rendez-vous"
        assert "À savoir : Un.\n\nDeux {{ phone }}.\n" in mail.body


class TestTemplateFiles:
    def test_each_version_has_both_channels_in_french(self) -> None:
        found = {path.relative_to(path.parents[2]).as_posix() for path in files()}

        wanted = {
            f"{template.lower()}/v{version}/fr.{channel.lower()}.j2"
            for template, versions in VERSIONS.items()
            for _, version in versions
            for channel in Channel
        }
        assert found == wanted

    def test_they_run_in_a_sandbox(self) -> None:
        escape = _environment().from_string("{{ ''.__class__.__mro__ }}")

        with pytest.raises(jinja2.exceptions.SecurityError):
            escape.render()

    def test_they_refuse_a_word_they_were_not_given(self) -> None:
        with pytest.raises(jinja2.UndefinedError):
            _environment().from_string("{{ nom }}").render(when="demain")

    def test_a_version_is_in_force_from_a_day_on(self) -> None:
        assert version_at(Template.RENDEZVOUS_REMINDER, STARTS_AT) == 1


class TestLieu:
    @pytest.mark.parametrize(
        "address",
        [
            "MDS de Montauban, 12 rue des Exemples",
            "Maison des Solidarités",
            "Centre médico-social",
            "Espace Familles, Castelsarrasin",
            "Pôle d’insertion, Moissac",
        ],
    )
    def test_a_place_never_names_the_service(self, address: str) -> None:
        with pytest.raises(PlaceNotNeutral):
            Lieu(site="MONTAUBAN-CENTRE", address=address)

    def test_a_site_code_is_one_of_accueil(self) -> None:
        with pytest.raises(SiteCodeMalformed):
            Lieu(site="montauban centre", address="12 rue des Exemples")
