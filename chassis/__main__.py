"""`python -m chassis`: the operator's command line."""

from chassis.cli import application

application(prog_name="python -m chassis")
