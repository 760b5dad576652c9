"""Partners and their contracts: set by the DPO or the administrator, each version kept."""

from __future__ import annotations

from chassis.caller import Caller
from chassis.unit_of_work import expect_version
from services.consent.domain.partenaire import Channel, Contract, Partenaire, check_contract
from services.consent.persistence import UnitOfWork


def register(
    uow: UnitOfWork, *, by: Caller, code: str, name: str, channel: Channel, contract: Contract
) -> Partenaire:
    """Bind a new partner by a contract. Raises ContractRefused, PartenaireExists."""
    partenaire = Partenaire(
        code=code,
        name=name,
        channel=channel,
        contract=check_contract(contract),
        created_at=uow.now,
    )
    uow.partenaires.add(partenaire)
    _keep(uow, partenaire, by)
    return partenaire


def change(
    uow: UnitOfWork,
    *,
    by: Caller,
    code: str,
    expected_version: int | None,
    name: str,
    channel: Channel,
    contract: Contract,
) -> Partenaire:
    """Set new terms. They hold for what still waits: nothing is given while they change.

    Terms set to what they are make no version.
    """
    partenaire = _hold(uow, code, expected_version)
    partenaire.name, partenaire.channel = name, channel
    partenaire.contract = check_contract(contract)
    if uow.session.is_modified(partenaire):
        _keep(uow, partenaire, by)
    return partenaire


def suspend(uow: UnitOfWork, *, by: Caller, code: str) -> Partenaire:
    """Cut a partner off at once. The second click changes nothing."""
    partenaire = _hold(uow, code, None)
    if partenaire.suspended_at is None:
        partenaire.suspended_at = uow.now
        _keep(uow, partenaire, by)
    return partenaire


def resume(uow: UnitOfWork, *, by: Caller, code: str) -> Partenaire:
    """Open a suspended partner again. What waited, and what happened, is decided when read."""
    partenaire = _hold(uow, code, None)
    if partenaire.suspended_at is not None:
        partenaire.suspended_at = None
        _keep(uow, partenaire, by)
    return partenaire


def _hold(uow: UnitOfWork, code: str, expected_version: int | None) -> Partenaire:
    uow.hold_feed(code)
    partenaire = uow.partenaires.get(code)
    expect_version(partenaire.version, expected_version)
    return partenaire


def _keep(uow: UnitOfWork, partenaire: Partenaire, by: Caller) -> None:
    uow.session.flush()
    uow.journaux.contract_of(partenaire, by=by.subject, at=uow.now)
