"""Makes a partner's own user, who may read one queue and do nothing else.

    python -m services.consent.provisioning caf
    python -m services.consent.provisioning caf --vhost

With `RABBITMQ_MANAGEMENT_URL` (its management API, with an administrator's credentials) it acts;
without, it prints the exact commands for the operator of the broker. The password is drawn here
and shown once.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import typer
import urllib3

from chassis.terminal import Terminal
from services.consent.file_partenaire import queue_name

#: Matches no name at all: the permission RabbitMQ gives for « nothing ».
NOTHING = "^$"
#: Connections a partner may hold at once (*exemple*).
MAX_CONNECTIONS = 5


class ProvisioningRefused(Exception):
    """The management API said no. French, without a secret."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act, as an operator's command and as a call of the management API."""

    command: tuple[str, ...]
    path: str
    body: Mapping[str, Any]

    def __str__(self) -> str:
        return shlex.join(self.command)


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a partner needs to read its queue. `user` is also the login."""

    user: str
    queue: str
    vhost: str

    @property
    def read(self) -> str:
        """The one queue it may read, as a permission."""
        return f"^{re.escape(self.queue)}$"


def access(code: str, *, prefix: str = "", own_vhost: bool = False, vhost: str = "/") -> Access:
    """Names for one partner: its own vhost, or one queue in ours."""
    queue = queue_name(prefix, code)
    return Access(user=queue, queue=queue, vhost=queue if own_vhost else vhost)


def steps(wanted: Access, password: str, *, publisher: str, own_vhost: bool) -> list[Step]:
    """What to do, in order. Done twice, it changes nothing but the password.

    `publisher`: the platform's own user; in a partner's vhost it may declare and feed the queue.
    """
    permissions = [_permission(wanted.vhost, wanted.user, (NOTHING, NOTHING, wanted.read))]
    vhosts = []
    if own_vhost:
        vhosts = [_vhost(wanted.vhost)]
        feed = (wanted.read, r"^amq\.default$", wanted.read)
        permissions.append(_permission(wanted.vhost, publisher, feed))
    return [*vhosts, _user(wanted.user, password), _limit(wanted.user), *permissions]


def apply(management_url: str, todo: list[Step]) -> None:
    """Do it over the management API. Raises ProvisioningRefused."""
    parts = urlsplit(management_url)
    if parts.scheme not in ("http", "https"):
        raise ProvisioningRefused("RABBITMQ_MANAGEMENT_URL : http://… ou https://… attendu")
    base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    headers = urllib3.make_headers(basic_auth=f"{parts.username}:{parts.password}")
    pool = urllib3.PoolManager(timeout=urllib3.Timeout(total=10), retries=False)
    for step in todo:
        try:
            answer = pool.request("PUT", base + step.path, json=dict(step.body), headers=headers)
        except (urllib3.exceptions.HTTPError, ValueError):
            raise ProvisioningRefused("l’API de gestion du courtier est injoignable") from None
        if answer.status not in (200, 201, 204):
            raise ProvisioningRefused(f"{step.path} : le courtier a répondu {answer.status}")


def _vhost(name: str) -> Step:
    return Step(
        command=("rabbitmqctl", "add_vhost", name), path=f"/api/vhosts/{_quoted(name)}", body={}
    )


def _user(name: str, password: str) -> Step:
    return Step(
        command=("rabbitmqctl", "add_user", name, password),
        path=f"/api/users/{_quoted(name)}",
        body={"password": password, "tags": ""},
    )


def _limit(name: str) -> Step:
    return Step(
        command=(
            *("rabbitmqctl", "set_user_limits", name),
            f'{{"max-connections": {MAX_CONNECTIONS}}}',
        ),
        path=f"/api/user-limits/{_quoted(name)}/max-connections",
        body={"value": MAX_CONNECTIONS},
    )


def _permission(vhost: str, user: str, rights: tuple[str, str, str]) -> Step:
    """`rights`: configure, write, read."""
    configure, write, read = rights
    return Step(
        command=("rabbitmqctl", "set_permissions", "-p", vhost, user, configure, write, read),
        path=f"/api/permissions/{_quoted(vhost)}/{_quoted(user)}",
        body={"configure": configure, "write": write, "read": read},
    )


def _quoted(name: str) -> str:
    return quote(name, safe="")


app = Terminal()


@app.command()
def main(
    code: Annotated[str, typer.Argument(help="Code du partenaire.")],
    vhost: Annotated[bool, typer.Option("--vhost", help="Lui donner son propre vhost.")] = False,
) -> None:
    """Donner à un partenaire l’accès en lecture à sa seule file."""
    uri = urlsplit(os.environ.get("AMQP_URI", "amqp://guest@127.0.0.1//"))
    ours = uri.path.removeprefix("/") or "/"
    wanted = access(code, prefix=os.environ.get("BUS_PREFIX", ""), own_vhost=vhost, vhost=ours)
    # Hexadecimal: a password that starts with a dash would be read as an option.
    password = secrets.token_hex(24)
    todo = steps(wanted, password, publisher=uri.username or "guest", own_vhost=vhost)
    management = os.environ.get("RABBITMQ_MANAGEMENT_URL")
    if management:
        try:
            apply(management, todo)
        except ProvisioningRefused as error:
            typer.echo(f"accès non donné : {error}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"Utilisateur {wanted.user}, file {wanted.queue}, vhost {wanted.vhost}.")
        typer.echo(f"Mot de passe (affiché une seule fois) : {password}")
        return
    typer.echo("# Sans API de gestion : commandes à exécuter sur le courtier.")
    for step in todo:
        typer.echo(str(step))


if __name__ == "__main__":
    app()
