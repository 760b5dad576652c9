"""The HTTP face of notifications: each route reads, runs a use case, gives its answer."""

from __future__ import annotations

from chassis.web.api import Api
from services.notifications.service.activity import ActivityRoutes
from services.notifications.service.messages import MessageRoutes
from services.notifications.service.wording import WordingRoutes


class NotificationsService(MessageRoutes, WordingRoutes, ActivityRoutes, Api):
    """Messages aux personnes : listes, aperçus, arrêts, accusés, rappels, chiffres."""

    name = "notifications"
