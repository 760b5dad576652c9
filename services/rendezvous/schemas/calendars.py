"""An agent's calendar feed, and their own calendar."""

from __future__ import annotations

import re

from chassis.web import fields
from chassis.web.fields import Form
from chassis.web.schemas import Schema
from services.rendezvous.domain.calendar import Source, SyncState, Trouble
from services.rendezvous.schemas.planning import AffectedOut

_HTTPS = Form(re.compile(r"https://[!-~]{1,1990}"), error="Adresse https attendue.")
#: What a JSON body can hold beside it.
_MAX_FILE = 250_000


class SecretPath(Schema):
    """What opens a feed."""

    secret = fields.text(
        "Secret tiré pour ce calendrier ; tient lieu de jeton.",
        "V7tGx0eWq3nYkZl2bUuN5c8dPjR1sHfA9mTiQoXwE4g",
        most=200,
        required=True,
    )


class FeedOut(Schema):
    """The address of a feed, told once."""

    url = fields.text(
        "Adresse à donner au logiciel d’agenda. Montrée cette seule fois ; en tirer une autre "
        "ferme celle-ci.",
        "https://rendezvous.exemple.fr/v1/calendars/V7tGx0eWq3nYkZl2bUuN5c8dPjR1sHfA9mTiQoXwE4g",
    )


class ExternalUrlIn(Schema):
    """Where the agent's own calendar is."""

    url = fields.form(
        _HTTPS,
        "Adresse https d’un calendrier (ICS), chez un hébergeur admis par le département.",
        "https://agenda.exemple.fr/prive/basic.ics",
        required=True,
    )


class ExternalFileIn(Schema):
    """The agent's own calendar, as a file."""

    ics = fields.text(
        "Contenu d’un fichier ICS (250 000 caractères au plus) ; ni titre ni lieu n’en est gardé.",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        most=_MAX_FILE,
        required=True,
    )


class ExternalOut(Schema):
    """How an agent's own calendar is doing; never its address."""

    source = fields.choice(Source, "Adresse relue régulièrement, ou fichier déposé.")
    state = fields.choice(SyncState, "Pas encore lu, lu, ou en échec.")
    busy = fields.integer("Temps pris connus, sur 26 semaines (exemple).", 12)
    ignored = fields.integer("Événements qui n’ont pas pu être compris.", 0)
    read_at = fields.instant("Dernière lecture réussie.", allow_none=True)
    tried_at = fields.instant("Dernier essai.", allow_none=True)
    trouble = fields.choice(
        Trouble, "Pourquoi le dernier essai a échoué ; ce qui était connu reste.", allow_none=True
    )
    failures = fields.integer("Échecs de suite.", 0)


class ExternalLoaded(ExternalOut, AffectedOut):
    """The same, and the rendezvous that the times that are new fall on."""
