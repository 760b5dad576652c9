"""The command that publishes again what a consumer never stored, without a broker."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis.inbox import apply_waiting
from chassis.relay.local import InboxConnection, LocalInboxes
from chassis.relay.outbox import Outbox, Pump
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.test_appliers import effects
from tests.chassis.test_inbox import books


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


@pytest.fixture
def told(compteur):
    """A counter of which three facts were written."""
    key = uuid4()
    for value in (1, 2, 3):
        compteur.transaction(lambda uow: uow.publish(Incremented(compteur_id=key, value=value)))  # noqa: B023
    return key


@pytest.fixture
def carry(compteur, miroir):
    """Let the local relay work, to an inbox or to nobody, then the inbox be applied."""
    outbox = Outbox("compteur", compteur.settings.database.app_url)
    inbox = InboxConnection(miroir.settings.database.app_url)

    def carry(*, arrives=True):
        listening = {"miroir": (miroir.service.subscriptions, inbox)} if arrives else {}
        assert outbox.lead()
        carried = Pump(outbox, LocalInboxes("compteur", listening)).turn()
        while apply_waiting(miroir):
            pass
        return carried

    yield carry
    outbox.close()
    inbox.close()


def balance(compteur, miroir):
    """(published, applied)"""
    published = books(compteur)["published"].get("compteur", 0)
    return published, books(miroir)["applied"].get("compteur/compteur", 0)


def test_without_yes_it_counts_and_changes_nothing(compteur, miroir, told, carry, run):
    carry(arrives=False)

    result = run("republish", "compteur", "--since", ago(hours=1))

    assert result.exit_code == 0, result.output
    assert "compteur" in result.stdout
    assert "3" in result.stdout
    assert "--yes" in result.stdout
    assert books(compteur)["outbox_pending"] == 0
    assert balance(compteur, miroir) == (3, 0)


def test_what_was_lost_is_applied_in_order_and_the_books_balance(
    compteur, miroir, told, carry, run
):
    carry(arrives=False)

    result = run("republish", "--since", ago(hours=1), "--yes")

    assert result.exit_code == 0, result.output
    assert books(compteur)["outbox_pending"] == 3
    assert carry() == 3
    assert effects(miroir) == {told: [1, 2, 3]}
    assert balance(compteur, miroir) == (3, 3)


def test_what_was_applied_is_absorbed_and_counted_once(compteur, miroir, told, carry, run):
    carry()

    assert run("republish", "compteur", "--since", ago(hours=1), "--yes").exit_code == 0
    assert carry() == 3

    assert effects(miroir) == {told: [1, 2, 3]}
    assert balance(compteur, miroir) == (3, 3)
    assert books(miroir)["duplicates"] == 3


def test_only_what_a_consumer_never_stored(compteur, miroir, told, carry, run):
    carry()
    compteur.transaction(lambda uow: uow.publish(Incremented(compteur_id=told, value=4)))
    carry(arrives=False)

    result = run("republish", "--since", ago(hours=1), "--consumer", "miroir", "--yes")

    assert "1 fait" in result.stdout
    assert carry() == 1
    assert effects(miroir) == {told: [1, 2, 3, 4]}
    assert balance(compteur, miroir) == (4, 4)
    assert books(miroir)["duplicates"] == 0


def test_the_period_starts_where_it_was_said(compteur, told, carry, run):
    carry(arrives=False)
    outbox = compteur.tables.outbox
    with compteur.engine.begin() as connection:
        earlier = sa.update(outbox).where(outbox.c.aggregate_version == 1)
        connection.execute(earlier.values(written_at=outbox.c.written_at - timedelta(hours=2)))

    run("republish", "--since", ago(hours=1), "--yes")

    assert books(compteur)["outbox_pending"] == 2


def test_a_fact_still_to_be_published_is_left_alone(compteur, miroir, told, carry, run):
    result = run("republish", "--since", ago(hours=1), "--yes")

    assert (result.exit_code, result.stdout) == (0, "Aucun fait à republier.\n")
    assert carry() == 3
    assert balance(compteur, miroir) == (3, 3)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--since", "hier"), "instant attendu"),
        (("--since", ago(days=22)), "21 jours"),
        (("--since", ago(hours=-1)), "instant passé"),
        (("cantine", "--since", ago(hours=1)), "service inconnu"),
        (("--since", ago(hours=1), "--consumer", "cantine"), "service inconnu"),
        (("--since", ago(hours=1), "--consumer", "compteur"), "n’écoute pas"),
        (("miroir", "--since", ago(hours=1), "--consumer", "miroir"), "n’écoute pas"),
        ((), "--since"),
    ],
)
def test_what_makes_no_sense_is_refused(run, arguments, word):
    result = run("republish", *arguments, "--yes")

    assert result.exit_code == 2
    assert word in result.output


def test_a_time_without_an_offset_is_that_of_paris(compteur, told, carry, run, monkeypatch):
    carry(arrives=False)
    with compteur.engine.begin() as connection:
        connection.execute(sa.update(compteur.tables.outbox).values(written_at="2026-06-01 10:00Z"))
    monkeypatch.setattr(
        "chassis.cli.republish.technical_now", lambda: datetime(2026, 6, 2, tzinfo=UTC)
    )

    run("republish", "--since", "2026-06-01T12:01", "--yes")
    assert books(compteur)["outbox_pending"] == 0

    run("republish", "--since", "2026-06-01T12:00", "--yes")
    assert books(compteur)["outbox_pending"] == 3


def test_a_broker_that_is_away_leaves_everything_as_it_was(compteur, told, carry, run):
    carry(arrives=False)

    away = "amqp://guest:guest@127.0.0.1:1//"
    result = run("republish", "--since", ago(hours=1), "--yes", AMQP_URI=away)

    assert result.exit_code == 1
    assert "broker injoignable" in result.output
    assert books(compteur)["outbox_pending"] == 0


def test_a_database_that_is_away_is_one_line(run):
    nowhere = "postgresql://127.0.0.1:1/x"

    result = run("republish", "compteur", "--since", ago(hours=1), DATABASE_URL=nowhere)

    assert result.exit_code == 1
    assert result.output == "la base du service compteur ne répond pas\n"
