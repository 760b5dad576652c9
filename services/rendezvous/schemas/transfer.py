"""The lines of a transfer: one schema for CSV and JSON Lines, the same to export and import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from functools import partial
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.web import fields
from chassis.web.fields import Form
from chassis.web.schemas import Schema
from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.planning import AbsenceKind
from services.rendezvous.domain.rendezvous import (
    MAX_AGENTS,
    MAX_PERSONNES,
    CancelledBy,
    CancelReason,
    Origin,
    OverrideReason,
    Status,
)
from services.rendezvous.domain.resource import ResourceKind
from services.rendezvous.domain.serie import EditKind, SerieKind
from services.rendezvous.domain.transfer import Transferred

#: The line's name in the tool it comes from: a number or a code, never a text.
_REFERENCE = Form(re.compile(r"[A-Za-z0-9._:/-]{1,100}"), error="Référence sans espace attendue.")
#: Who did something, as the identity provider calls them: never a name.
_SUBJECT = Form(re.compile(r"[!-~]{1,255}"), error="Identifiant de compte sans espace attendu.")
_RULE = Form(re.compile(r"[A-Z0-9=;,+-]{1,200}"), error="Règle RFC 5545 attendue.")
#: As a motif's: with buffers and travel, a day at most (`ck_occupation_length`).
_LONGEST = timedelta(hours=8)
#: Some years of a series of every day.
_MOST_EDITS = 2000
_OVERRIDE = ("override_reason", "override_by", "override_at")
_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}
#: What a line may leave out.
_uuid = partial(fields.uuid, load_default=None, allow_none=True)
_instant = partial(fields.instant, load_default=None, allow_none=True)
#: A cell is a text.
_count = partial(fields.integer, strict=False, load_default=None, allow_none=True)
_choice = partial(fields.choice, load_default=None, allow_none=True)
_subject = partial(fields.form, _SUBJECT, load_default=None, allow_none=True)
_reference = partial(fields.form, _REFERENCE, load_default=None, allow_none=True)


class TransferLine(Schema):
    """What every line has."""

    reference = _reference("Référence de la ligne dans l’outil d’origine.")


class TimedLine(TransferLine):
    """From an instant to another."""

    starts_at = fields.instant("Début, avec décalage.", required=True)
    ends_at = fields.instant("Fin, avec décalage.", required=True)

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            raise ValidationError("Doit suivre « starts_at ».", "ends_at")


class ResourceLine(TransferLine):
    """A room or a vehicle of a site."""

    kind = fields.choice(ResourceKind, "Salle ou véhicule.", required=True)
    site = fields.code("Site.", required=True)
    name = fields.text("Nom.", most=80, required=True)
    retired_on = fields.day("Hors service à partir de ce jour.", **_OPTIONAL)


class OccurrenceLine(TimedLine):
    """An opening or an absence, alone or one day of a series."""

    agent_id = fields.uuid("Agent.", required=True)
    serie = _reference("Série, par sa référence.")
    occurrence_on = fields.day("Son jour dans la série.", **_OPTIONAL)
    edited = fields.flag("A quelque chose de propre.", load_default=False)

    @validates_schema
    def _together(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["serie"] is None) != (data["occurrence_on"] is None):
            raise ValidationError("Donnez « serie » et « occurrence_on » ensemble.", "serie")


class OpeningLine(OccurrenceLine):
    """An agent receives on a site."""

    site = fields.code("Site.", required=True)
    kinds = fields.codes("Types de motif admis.", allowed=Kind, load_default=list, most=50)
    motifs = fields.codes("Codes de motif admis.", load_default=list, most=50)


class AbsenceLine(OccurrenceLine):
    """An agent does not receive."""

    kind = fields.choice(
        AbsenceKind,
        "Absent, ou au travail sans recevoir.",
        load_default=AbsenceKind.ABSENCE,
        validate=validate.OneOf([AbsenceKind.ABSENCE, AbsenceKind.WORK]),
    )


class _Hours(Schema):
    """Two wall times of Paris."""

    from_time = fields.hour("Heure de Paris du début.", "09:00", **_OPTIONAL)
    to_time = fields.hour("Heure de Paris de fin ; vide : minuit.", "12:00", **_OPTIONAL)

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        start, end = data.get("from_time") or time(), data.get("to_time")
        if end is not None and end <= start:
            raise ValidationError("Doit suivre « from_time ».", "to_time")


class EditLine(_Hours):
    """What one day of a series has of its own."""

    day = fields.day("Jour.", required=True)
    kind = fields.choice(EditKind, "Changé, supprimé, ou laissé de côté.", required=True)
    site = fields.code("Un autre site.", **_OPTIONAL)


class SerieLine(_Hours, TransferLine):
    """A recurring opening or absence."""

    agent_id = fields.uuid("Agent.", required=True)
    kind = fields.choice(SerieKind, "Plage, absence ou travail sans recevoir.", required=True)
    rule = fields.form(_RULE, "Règle RFC 5545.", required=True)
    first_day = fields.day("Premier jour.", required=True)
    last_day = fields.day("Dernier jour ; vide : celui de la règle.", **_OPTIONAL)
    site = fields.code("Site d’une plage.", **_OPTIONAL)
    kinds = fields.codes("Types de motif admis.", allowed=Kind, load_default=list, most=50)
    motifs = fields.codes("Codes de motif admis.", load_default=list, most=50)
    filled_to = fields.day(
        "Jour jusqu’où les occurrences sont dans les fichiers de plages et d’absences ; vide : "
        "elles sont créées.",
        **_OPTIONAL,
    )
    continues = _reference("Série qu’elle continue, par sa référence.")
    edits = fields.many(EditLine, "Jours particuliers.", most=_MOST_EDITS, load_default=list)

    @validates_schema
    def _whole(self, data: Mapping[str, Any], **_: Any) -> None:
        is_opening = data["kind"] is SerieKind.OPENING
        if is_opening and (data["site"] is None or data["from_time"] is None):
            raise ValidationError("Une plage demande un site et des heures.", "site")
        if not is_opening and (data["site"] or data["kinds"] or data["motifs"]):
            raise ValidationError("Une absence n’a ni site ni motifs.", "site")
        if data["last_day"] and data["last_day"] < data["first_day"] - timedelta(days=1):
            raise ValidationError("Doit suivre « first_day ».", "last_day")
        _each_once(data["edits"], "day", "edits")


class _Ended(Schema):
    """A state, and how it came."""

    status = fields.choice(Status, "État.", required=True)
    cancelled_by = _choice(CancelledBy, "Qui a annulé.")
    cancel_reason = _choice(CancelReason, "Pourquoi.")
    excused = fields.flag("Absence excusée.", **_OPTIONAL)
    closed_at = _instant("Tenu, manqué ou annulé le.")


class ParticipationLine(_Ended):
    """One person's part in a collective rendezvous."""

    personne_id = fields.uuid("Personne.", required=True)
    joined_by = _subject("Qui l’a inscrite, par son identifiant de compte.")
    joined_at = _instant("Inscrite le.")


class HeldLine(_Ended, TimedLine):
    """A rendezvous, to come or ended."""

    ends_at = _instant("Fin ; sans elle, la durée du motif.")
    motif = fields.code("Motif.", required=True)
    site = fields.code("Site.", required=True)
    agent_ids = fields.uuids(
        "Agents, le principal d’abord.", least=1, most=MAX_AGENTS, required=True
    )
    personne_ids = fields.uuids("Personnes.", most=MAX_PERSONNES, load_default=list)
    participations = fields.many(
        ParticipationLine, "Participants d’un collectif.", load_default=list
    )
    room_id = _uuid("Salle.")
    vehicle_id = _uuid("Véhicule.")
    zone = fields.code("Zone d’une visite à domicile.", **_OPTIONAL)
    travel_minutes = _count("Trajet, chaque sens.", least=0, most=240)
    dossier_id = _uuid("Dossier.")
    orientation_id = _uuid("Orientation.")
    booked_by = _subject("Qui l’a pris, par son identifiant de compte.")
    booked_at = _instant("Pris le.")
    outside_opening = fields.flag("Hors plage.", load_default=False)
    outside_delay = fields.flag("Hors délais.", load_default=False)
    origin = _choice(Origin, "Qui l’a demandé.")
    aggression_risk = fields.flag("Risque d’agression.", load_default=False)
    late_minutes = _count("Retard.", least=1, most=240)
    override_reason = _choice(OverrideReason, "Pourquoi deux rendez-vous à la fois.")
    override_by = _subject("Qui en a décidé, par son identifiant de compte.")
    override_at = _instant("Quand.")
    mds = fields.code("MDS d’un rendez-vous passé ; sans elle, celle du site.", **_OPTIONAL)
    kind = _choice(Kind, "Type ; sans lui, celui du motif.")
    modality = _choice(Modality, "Modalité ; sans elle, celle du motif.")
    discreet = fields.flag("Discret ; sans lui, comme le motif.", **_OPTIONAL)
    capacity = _count("Places ; sans elles, celles du motif.", least=1, most=MAX_PERSONNES)

    @validates_schema
    def _whole(self, data: Mapping[str, Any], **_: Any) -> None:
        given = [name for name in _OVERRIDE if data[name] is not None]
        if given and len(given) < len(_OVERRIDE):
            raise ValidationError("Donnez la raison, l’auteur et l’instant ensemble.", given[0])
        _each_once(data["participations"], "personne_id", "participations")
        if data["ends_at"] and data["ends_at"] - data["starts_at"] > _LONGEST:
            raise ValidationError("Huit heures au plus.", "ends_at")


def _each_once(items: Sequence[Mapping[str, Any]], key: str, name: str) -> None:
    if len({item[key] for item in items}) < len(items):
        raise ValidationError("La même valeur figure deux fois.", name)


SCHEMAS: dict[Transferred, TransferLine] = {
    Transferred.RESOURCES: ResourceLine(),
    Transferred.SERIES: SerieLine(),
    Transferred.OPENINGS: OpeningLine(),
    Transferred.RENDEZVOUS: HeldLine(),
    Transferred.ABSENCES: AbsenceLine(),
}
