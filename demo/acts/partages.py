"""Consent and partage: the person agrees, their référent signs, and may have to stop."""

from __future__ import annotations

from demo.plan.partages import Partage
from demo.world import World


def sign_contracts(world: World, _: object) -> None:
    raise NotImplementedError


def grant(world: World, each: Partage) -> None:
    raise NotImplementedError


def withdraw(world: World, each: Partage) -> None:
    raise NotImplementedError
