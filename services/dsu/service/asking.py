"""Who asks, and the act a responsable names to enter a dossier."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.route import Call
from chassis.web.schemas import Schema
from services.dsu.domain import errors
from services.dsu.domain.access import Purpose
from services.dsu.usecases.gate import Asking

#: What the gate answers to who may not enter, or not for this act.
REFUSALS = (errors.DossierNotFound, errors.ActNotAllowed)


class Purposes(Schema):
    """The header in which a responsable names their act; the gate reads and judges it."""

    purpose = fields.choice(
        Purpose,
        "Acte pour lequel le responsable ou l’adjoint de la MDS entre dans le dossier."
        " Chaque lecture est journalisée.",
        data_key="X-Purpose",
    )


def asking(call: Call) -> Asking:
    """The caller of a request, with the purpose its header names."""
    return Asking(caller=call.caller, purpose=call.headers.get("X-Purpose"))
