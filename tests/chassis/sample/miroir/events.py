"""Publishes nothing."""

from chassis.events import Fact

FACTS: tuple[type[Fact], ...] = ()
