"""What could ever be shared: facts, their fields, and the category of private life each touches.

Anything that is not written here cannot enter a contract: deny by default. Every fact reveals at
least that someone is known to the service, which is itself secret (code pénal, 226-13).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """Categories a person may allow or refuse. The first one is social follow-up itself."""

    SUIVI_SOCIAL = "SUIVI_SOCIAL"
    IDENTITY = "IDENTITY"
    HOME = "HOME"
    IMAGE = "IMAGE"
    VOICE = "VOICE"
    HEALTH = "HEALTH"
    PREGNANCY = "PREGNANCY"
    LOVE_LIFE = "LOVE_LIFE"
    CORRESPONDENCE = "CORRESPONDENCE"
    FINANCES = "FINANCES"
    OPINIONS = "OPINIONS"


_FOLLOW_UP, _MONEY, _HOME = Category.SUIVI_SOCIAL, Category.FINANCES, Category.HOME
_PLACE = {"mds": _HOME, "site": _HOME}
_RENDEZVOUS: dict[str, Category] = _PLACE | dict.fromkeys(
    ("rendezvous_id", "modality", "starts_at", "ends_at", "dossier_id"), _FOLLOW_UP
)
_DOSSIER: dict[str, Category] = _PLACE | {"dossier_id": _FOLLOW_UP}
_AIDE: dict[str, Category] = _PLACE | dict.fromkeys(("demande_id", "nature", "dossier_id"), _MONEY)

#: Fact → its fields that a contract may name, with their category. A field here is a date, an id,
#: a place, an amount or one code of a list closed in the code; a code that the département
#: chooses freely (a motif, a reason) could say anything and is not here.
CATALOGUE: Mapping[str, Mapping[str, Category]] = {
    "rendezvous.rendezvous_booked.v1": _RENDEZVOUS,
    "rendezvous.rendezvous_moved.v1": _RENDEZVOUS | {"previous_starts_at": _FOLLOW_UP},
    "rendezvous.rendezvous_cancelled.v1": _RENDEZVOUS | {"by": _FOLLOW_UP},
    "rendezvous.rendezvous_honoured.v1": _RENDEZVOUS,
    "rendezvous.rendezvous_missed.v1": _RENDEZVOUS | {"excused": _FOLLOW_UP},
    "dsu.dossier_opened.v1": _DOSSIER | {"opened_on": _FOLLOW_UP},
    "dsu.dossier_closed.v1": _DOSSIER | {"closed_on": _FOLLOW_UP},
    "dsu.dossier_reopened.v1": _DOSSIER | {"reopened_on": _FOLLOW_UP},
    "dsu.referent_assigned.v1": _DOSSIER | {"starts_on": _FOLLOW_UP},
    "dsu.intervention_recorded.v1": _DOSSIER
    | dict.fromkeys(("intervention_id", "nomenclature", "occurred_on"), _FOLLOW_UP),
    "aides.demande_filed.v1": _AIDE | {"filed_on": _MONEY},
    "aides.demande_decided.v1": _AIDE
    | dict.fromkeys(("outcome", "amount_cents", "decided_on"), _MONEY),
    "aides.aide_paid.v1": _AIDE | dict.fromkeys(("paiement_id", "amount_cents", "paid_on"), _MONEY),
    "accueil.visite_opened.v1": _PLACE | {"visite_id": _FOLLOW_UP, "channel": _FOLLOW_UP},
    "accueil.visite_closed.v1": _PLACE | {"visite_id": _FOLLOW_UP, "outcome": _FOLLOW_UP},
    "accueil.orientation_requested.v1": _PLACE
    | dict.fromkeys(("orientation_id", "target", "due_on"), _FOLLOW_UP),
    "accueil.orientation_answered.v1": _PLACE | {"orientation_id": _FOLLOW_UP},
}

#: Never in any feed, whatever a contract says: they tell of protection, danger or child protection.
FORBIDDEN = re.compile(
    r"^(accueil\.(protection_changed|contact_safety_changed)"
    r"|dsu\.(information_preoccupante|information_signalante|ip_|is_|hold_set).*"
    r"|consent\..*|notifications\..*)"
)
#: Facts with a code of a long list: the producer, who has the labels, clears each fact by this
#: field. Without it, nothing is known of what the code tells.
_CLEARED_BY: Mapping[str, str] = {"dsu.intervention_recorded.v1": "shareable"}
#: Pieces of a freely chosen code that tell of violence or child protection: a net, no proof.
_SENSITIVE = frozenset(
    {"VIOLENCE", "VIOLENCES", "VIF", "VFF", "IP", "IS", "PREOCCUPANTE", "SIGNALANTE"}
    | {"SIGNALEMENT", "MALTRAITANCE", "MALTRAITANCES", "CRIP", "PE", "AED", "AEMO"}
)
_CODED_FIELDS = ("motif", "nomenclature", "reason", "target", "outcome")


def is_forbidden(topic: str) -> bool:
    """Whether a fact may be in no feed, ever."""
    return FORBIDDEN.match(topic) is not None


def fields_of(topic: str) -> Mapping[str, Category]:
    """The fields of a fact that could be shared; none for a fact that is not in the catalogue."""
    return {} if is_forbidden(topic) else CATALOGUE.get(topic, {})


def is_sensitive(topic: str, data: Mapping[str, Any]) -> bool:
    """Whether one fact may tell of violence, child protection or a discreet matter."""
    clearance = _CLEARED_BY.get(topic)
    if data.get("discreet") or (clearance is not None and data.get(clearance) is not True):
        return True
    codes = (str(data[name]) for name in _CODED_FIELDS if data.get(name))
    return any(_pieces(code) & _SENSITIVE for code in codes)


def _pieces(code: str) -> frozenset[str]:
    return frozenset(re.split(r"[^A-Z0-9]+", code.upper()))
