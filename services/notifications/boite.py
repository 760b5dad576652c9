"""The local inbox as a page, for demo and tests: what left, what did not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import Message
from services.notifications.rendering import spoken_when
from services.notifications.usecases.showing import texts_of

_TEMPLATE = Path(__file__).parent / "boite.html.j2"
TITLES = {
    "RENDEZVOUS_CONFIRMED": "Confirmation de rendez-vous",
    "RENDEZVOUS_REMINDER": "Rappel de rendez-vous",
    "RENDEZVOUS_MOVED": "Déplacement de rendez-vous",
    "RENDEZVOUS_CANCELLED": "Annulation de rendez-vous",
    "DEMANDE_ANSWERED": "Réponse à une demande",
}
OUTCOMES = {
    "WAITING": "En attente",
    "SENDING": "En cours d’envoi",
    "SENT": "Envoyé",
    "DELIVERED": "Remis",
    "FAILED": "Échec",
    "DROPPED": "Abandonné",
}
REASONS = {
    "TOO_LATE": "trop tard pour être utile",
    "SUPERSEDED": "le rendez-vous a changé entre-temps",
    "DECEASED": "personne décédée",
    "NO_CONTACT": "aucun contact autorisé",
    "UNSAFE": "aucun moyen de contact sûr",
    "NO_CHANNEL": "aucun canal accepté et confirmé sûr par la personne",
    "UNKNOWN_PERSONNE": "personne inconnue à l’accueil",
    "SAME_RECIPIENT": "déjà reçu à la même adresse",
    "STOPPED": "arrêté par un agent",
    "RECIPIENT_REFUSED": "adresse ou numéro refusé",
    "CONTENT_REFUSED": "texte refusé par le fournisseur",
    "UNDELIVERABLE": "non distribuable",
}


def page(messages: Sequence[Message], lieux: dict[str, Lieu]) -> str:
    """The page, newest message first. Shows no identity: none is known here."""
    return _template().render(
        rows=[_row(message, lieux) for message in messages],
        titles=TITLES,
        outcomes=OUTCOMES,
        reasons=REASONS,
    )


def _row(message: Message, lieux: dict[str, Lieu]) -> dict[str, Any]:
    return {
        "message": message,
        "when": spoken_when(message.settled_at or message.due_at),
        "text": texts_of(message, lieux)[0],
    }


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
