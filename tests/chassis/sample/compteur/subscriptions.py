"""Listens to nothing."""

from chassis.subscriptions import Subscriptions

subscriptions = Subscriptions("compteur")
