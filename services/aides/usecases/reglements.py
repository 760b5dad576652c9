"""The règlement: loaded version by version, never changed, never retroactive."""

from __future__ import annotations

from typing import Any

from chassis.caller import Caller
from chassis.ids import new_id
from services.aides.domain.reglement import Reglement, ReglementAlreadyInForce, check_lawful
from services.aides.persistence import UnitOfWork


def adopt_reglement(uow: UnitOfWork, *, by: Caller, **command: Any) -> Reglement:
    """Store one version. The first may start in the past; the next ones start today or later,
    so that no file already filed changes rules (Code civil, art. 2)."""
    check_lawful(command["natures"])
    today = uow.today
    if command["effective_from"] < today and not uow.reglements.is_empty():
        raise ReglementAlreadyInForce(
            "Une nouvelle version ne rétroagit pas : elle prend effet aujourd’hui ou plus tard."
        )
    reglement = Reglement(
        id=new_id(),
        code=command["code"],
        version=command["version"],
        is_example=command["is_example"],
        effective_from=command["effective_from"],
        adopted_by=by.subject,
        body=command["natures"],
    )
    uow.reglements.add(reglement)
    return reglement
