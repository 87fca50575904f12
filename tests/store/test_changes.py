from dataclasses import fields
from typing import get_args

from cc_connect.store.changes import Change
from cc_connect.store.inbox import Accepted
from cc_connect.store.statements import migrations, names_in, statements


def test_every_change_has_its_statements_and_every_statement_its_change() -> None:
    classes = {kind.__name__ for kind in (*get_args(Change), Accepted)}
    assert classes == set(statements("changes.sql"))


def test_every_parameter_is_an_attribute_and_every_field_is_written() -> None:
    known = statements("changes.sql")
    for kind in get_args(Change):
        wanted = {name for statement in known[kind.__name__] for name in statement.names}
        assert all(hasattr(kind, name) for name in wanted), kind
        plain = {field.name for field in fields(kind)} - {"key", "intent", "urgency"}
        assert plain <= wanted, kind


def test_migrations_have_no_gap() -> None:
    assert [migration.version for migration in migrations()] == list(
        range(1, len(migrations()) + 1)
    )


def test_names_are_not_looked_for_in_texts_and_notes() -> None:
    assert names_in("SELECT :a, ':b' -- :c\n, :a, :d_1") == ("a", "d_1")
