"""HTTP over the mirrors: only the common routes."""

from chassis.web.api import Api


class MiroirService(Api):
    """Miroirs d’essai."""

    name = "miroir"
