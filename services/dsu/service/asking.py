"""Who asks, and the act a responsable names to enter a dossier."""

from __future__ import annotations

from chassis.web.route import Call
from services.dsu.usecases.gate import Asking

PURPOSE = (
    "Le responsable ou l’adjoint de la MDS nomme son acte dans l’en-tête `X-Purpose` :"
    " VALIDATION, IP ou COMMISSION. Chaque lecture est journalisée."
)


def asking(call: Call) -> Asking:
    """The caller of a request, with the purpose its header names."""
    return Asking(caller=call.caller, purpose=call.headers.get("X-Purpose"))
