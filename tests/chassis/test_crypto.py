"""Encrypted values open under their key and their column, and under nothing else."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from chassis.crypto import Keyring, KeyringError, key_id, read_key, rotate, use_keyring
from chassis.ids import new_id
from chassis.inbox_store import park
from tests.chassis.sample.compteur.persistence import Compteur, compteur, metadata

OLD = "cle-1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
NEW = "cle-2:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
INDEX = bytes(range(32))
old, both, new = (Keyring.parse(text, INDEX) for text in (OLD, f"{NEW},{OLD}", NEW))


@given(st.binary(max_size=500), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_context(plain, context):
    blob = both.seal(plain, context)

    assert both.open(blob, context) == plain
    assert key_id(blob) == "cle-2"
    assert not plain or len(plain) < 4 or plain not in blob


@given(st.integers(0, 200), st.integers(1, 255))
def test_one_changed_byte_is_refused(place, flip):
    blob = bytearray(both.seal(b"NIR 1850575123456", "t.c"))
    blob[place % len(blob)] ^= flip

    with pytest.raises(KeyringError):
        both.open(bytes(blob), "t.c")


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_refused(blob):
    with pytest.raises(KeyringError):
        both.open(blob, "t.c")


def test_a_truncated_value_is_refused():
    blob = both.seal(b"secret", "t.c")

    for length in range(len(blob)):
        with pytest.raises(KeyringError):
            both.open(blob[:length], "t.c")


def test_another_column_does_not_open_it():
    with pytest.raises(KeyringError):
        both.open(both.seal(b"secret", "t.c"), "t.d")


def test_an_older_key_still_opens_and_a_missing_one_does_not():
    sealed = old.seal(b"secret", "t.c")

    assert both.open(sealed, "t.c") == b"secret"
    with pytest.raises(KeyringError, match="cle-1"):
        new.open(sealed, "t.c")


def test_two_ciphertexts_of_one_value_differ():
    assert old.seal(b"x", "t.c") != old.seal(b"x", "t.c")


def test_a_blind_index_is_stable_whatever_encryption_keys_come_and_go():
    index = old.blind_index("0612345678", "personne.phone")

    assert both.blind_index("0612345678", "personne.phone") == index
    assert new.blind_index("0612345678", "personne.phone") == index


def test_a_blind_index_is_tied_to_its_context_and_to_its_key():
    index = old.blind_index("0612345678", "personne.phone")

    assert old.blind_index("0612345678", "personne.mail") != index
    other = Keyring.parse(OLD, bytes(32))
    assert other.blind_index("0612345678", "personne.phone") != index


@pytest.mark.parametrize(
    "text",
    ["", ",", "cle", "cle:", "cle:zz", f"{OLD},{OLD}", ":" + OLD.split(":")[1], "x" * 40 + OLD[5:]],
)
def test_a_malformed_keyring_is_refused_without_quoting_a_key(text):
    with pytest.raises(KeyringError) as refusal:
        Keyring.parse(text, INDEX)

    assert OLD.split(":")[1] not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "zz", "é", OLD, "k2:" + OLD[6:], OLD[6:] + "QUJD"])
def test_a_malformed_key_is_refused_without_being_quoted(text):
    with pytest.raises(KeyringError) as refusal:
        read_key(text)

    assert not text or text not in str(refusal.value)


def test_a_keyring_never_shows_its_keys():
    assert "ABCDEF" not in repr(old)
    assert "x02" not in repr(old)


class TestInTheTable:
    @pytest.fixture
    def runtime(self, service_runtime):
        return service_runtime("compteur")

    @pytest.fixture(autouse=True)
    def _restore_keys(self, runtime):
        yield
        use_keyring(runtime.keyring)

    def store(self, runtime, secret="Durand 1850575123456"):
        counter = Compteur(id=new_id(), label=str(new_id()), secret=secret)
        runtime.transaction(lambda uow: uow.session.add(counter))
        return counter.id

    def raw(self, runtime, counter_id):
        column = sa.type_coerce(compteur.c.secret, sa.LargeBinary)
        with runtime.engine.connect() as connection:
            return bytes(connection.scalar(sa.select(column).where(compteur.c.id == counter_id)))

    def test_the_table_holds_no_plain_text(self, runtime):
        raw = self.raw(runtime, self.store(runtime))

        assert b"Durand" not in raw
        assert b"185057" not in raw

    def test_rotation_reseals_old_values_and_drops_the_need_for_the_old_key(self, runtime):
        use_keyring(old)
        first, second = self.store(runtime), self.store(runtime)
        use_keyring(both)
        self.store(runtime)

        with runtime.engine.begin() as connection:
            done = rotate(connection, metadata, both)

        assert done["compteur.secret"] == 2
        use_keyring(new)
        with runtime.unit_of_work() as uow:
            found = [uow.session.get(Compteur, key).secret for key in (first, second)]
        assert found == ["Durand 1850575123456"] * 2
        with runtime.engine.begin() as connection:
            assert rotate(connection, metadata, both)["compteur.secret"] == 0

    def test_rotation_passes_over_what_was_discarded(self, runtime):
        parked = runtime.tables.parked
        with runtime.engine.begin() as connection:
            park(
                connection.connection,
                b"unreadable",
                exchange="x",
                routing_key="y",
                reason="ValueError",
                keyring=old,
            )
            connection.execute(sa.update(parked).values(state="discarded", body=b""))

        with runtime.engine.begin() as connection:
            done = rotate(connection, metadata, both)

        assert done["parked.body"] == 0
        with runtime.engine.connect() as connection:
            assert bytes(connection.scalar(sa.select(parked.c.body))) == b""

    def test_rotation_reaches_parked_messages_and_stored_answers(self, runtime):
        with runtime.engine.begin() as connection:
            park(
                connection.connection,
                b"unreadable",
                exchange="x",
                routing_key="y",
                reason="ValueError",
                keyring=old,
            )
            connection.execute(
                sa.insert(runtime.tables.idempotency).values(
                    caller="a",
                    key="k",
                    fingerprint="f",
                    status=201,
                    headers={},
                    body=old.seal(b"{}", "idempotency.body"),
                )
            )

        with runtime.engine.begin() as connection:
            done = rotate(connection, metadata, both)

        assert done["parked.body"] == done["idempotency.body"] == 1
        with runtime.engine.connect() as connection:
            parked = connection.scalar(sa.select(runtime.tables.parked.c.body))
            answer = connection.scalar(sa.select(runtime.tables.idempotency.c.body))
        assert new.open(bytes(parked), "parked.body") == b"unreadable"
        assert new.open(bytes(answer), "idempotency.body") == b"{}"
