"""Run by Alembic: migrate over the connection that `chassis.migrations.migrate` opened."""

from alembic import context

from chassis.catalogue import load

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=load(context.config.attributes["service"]).metadata,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
