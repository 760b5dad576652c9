"""What a partner's own user may do on a real RabbitMQ: read its queue, and nothing else.

Fault 23. Runs the very commands of `services.consent.provisioning`.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import amqp
import pytest

from chassis.broker import Link
from chassis.testing import Client
from services.consent import feed
from services.consent.file_partenaire import PartnerQueue
from services.consent.provisioning import Access, access, steps
from services.consent.settings import Settings
from tests.integration.consent.broker import Login, can_administer, channel, ctl, login_of
from tests.integration.consent.scene import Scene
from tests.support.broker import amqp_uri

URI = amqp_uri()
CLIENT = Path(__file__).parents[3] / "examples" / "partner_client" / "lire_ma_file.py"

pytestmark = pytest.mark.skipif(not can_administer(), reason="rabbitmqctl n’atteint rien")


@pytest.fixture(scope="module", params=[False, True], ids=["shared-vhost", "own-vhost"])
def partner(request) -> Iterator[tuple[Access, Login, PartnerQueue]]:
    """A partner made by the operator's commands, its queue declared by the publisher."""
    prefix, password = f"t{os.getpid()}{secrets.token_hex(2)}", secrets.token_hex(12)
    own = request.param
    wanted = access("caf", prefix=prefix, own_vhost=own)
    platform = login_of(URI)
    for step in steps(wanted, password, publisher=platform.user, own_vhost=own):
        ctl(*step.command)
    settings = Settings(partner_vhosts=own)
    link = Link(settings.partner_uri(URI, wanted.queue), "test")
    queue = PartnerQueue(link, wanted.queue)
    queue.open()
    yield wanted, Login(platform.host, wanted.user, password, wanted.vhost), queue
    if not own:
        link.channel.queue_delete(wanted.queue)
    link.close()
    ctl("rabbitmqctl", "delete_user", wanted.user)
    if own:
        ctl("rabbitmqctl", "delete_vhost", wanted.vhost)


@pytest.fixture
def other_queue() -> Iterator[str]:
    """A queue of someone else on the same broker."""
    name = f"autre.{secrets.token_hex(4)}"
    with channel(login_of(URI)) as made:
        made.queue_declare(name, auto_delete=False)
        yield name
        made.queue_delete(name)


def test_it_reads_its_own_queue(partner):
    _, login, queue = partner

    with channel(login) as own:
        tag = own.basic_consume(queue.name)

    assert tag


REFUSED = {
    "declare a queue": lambda c, mine, other: c.queue_declare("la-mienne"),
    "delete its own queue": lambda c, mine, other: c.queue_delete(mine),
    "bind its own queue": lambda c, mine, other: c.queue_bind(mine, "amq.topic", routing_key="#"),
    "declare an exchange": lambda c, mine, other: c.exchange_declare(
        "le-mien", "topic", auto_delete=False
    ),
    "publish to the default exchange": lambda c, mine, other: c.basic_publish_confirm(
        amqp.Message("x"), exchange="", routing_key=mine
    ),
    "publish to a topic exchange": lambda c, mine, other: c.basic_publish_confirm(
        amqp.Message("x"), exchange="amq.topic", routing_key="x"
    ),
}


@pytest.mark.parametrize("act", REFUSED)
def test_everything_else_is_refused(partner, act):
    _, login, queue = partner

    with channel(login) as own, pytest.raises(amqp.AccessRefused) as refusal:
        REFUSED[act](own, queue.name, None)

    assert refusal.value.reply_code == 403


@pytest.mark.parametrize("act", ["basic_consume", "basic_get", "queue_purge"])
def test_the_queue_of_another_is_refused(partner, other_queue, act):
    _, login, _ = partner

    with channel(login) as own, pytest.raises(amqp.ChannelError) as refusal:
        getattr(own, act)(other_queue)

    assert refusal.value.reply_code == 403


def test_another_vhost_is_refused(partner):
    wanted, login, _ = partner
    elsewhere = "/" if wanted.vhost != "/" else "nulle-part"

    with (
        pytest.raises((amqp.NotAllowed, amqp.AccessRefused, OSError)),
        channel(replace(login, vhost=elsewhere)),
    ):
        pass


def test_an_independent_program_reads_what_was_shared(partner, service_runtime):
    """The example client, in its own process, importing nothing of the platform."""
    _, login, queue = partner
    runtime = service_runtime("consent")
    scene = Scene(runtime, Client(runtime))
    scene.partner(channel="AMQP")
    personne, _ = scene.shared()
    scene.facts(personne, count=5)
    uri = f"amqp://{login.user}:{login.password}@{login.host}/{login.vhost.replace('/', '%2F')}"
    program = subprocess.Popen(
        [sys.executable, str(CLIENT), queue.name, "--au-plus", "5"],
        env={"AMQP_URI": uri, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    )

    deadline = time.monotonic() + 20
    while program.poll() is None and time.monotonic() < deadline:
        feed.publish_batch(runtime, "caf", queue)
        time.sleep(0.05)
    lines, _ = program.communicate(timeout=10)

    assert program.returncode == 0
    assert len(lines.splitlines()) == 5
    assert '"site": "MONTAUBAN-CENTRE"' in lines
    assert str(personne) not in lines
    assert set(scene.rows("state")) == {("DELIVERED",)}
