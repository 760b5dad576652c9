"""One replay from its options to its report: platform, driver, tables."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from chassis.clock import ClockDriver
from demo import activity_tables, reports, script, worked_days
from demo.client import Client
from demo.engine import Engine, Step
from demo.environment import clock_file, open_issuer
from demo.figures import PUBLISHED, load
from demo.plan.year import Plan, make_plan
from demo.platform import Platform
from demo.report import Report
from demo.settle import Settler
from demo.state import FILE, State
from demo.worked_days import Period
from demo.world import World
from services import SERVICES, roles

#: Requests sent side by side; measured on two cores, more only lengthens the queues.
WORKERS = 8

#: Raised when work folders change: one that an older driver left is not resumed.
_FOLDER_FORMAT = 3


@dataclass(frozen=True)
class Options:
    """What is replayed, and where."""

    period: Period
    seed: int = 2023
    scale: Fraction = Fraction(1)
    data: Path = PUBLISHED
    work_dir: Path | None = None
    workers: int = WORKERS

    @property
    def signature(self) -> str:
        """Tells one replay from another: figures, seed, scale, period, what a folder holds."""
        choices = f"{self.seed}/{self.scale}/{self.period.name}/{_FOLDER_FORMAT}"
        parts = (self.data.read_bytes(), choices.encode())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]

    @property
    def folder(self) -> Path:
        """Where the replay keeps its progress: resumed if it is there already."""
        return self.work_dir or Path(".demo") / f"{self.period.name}-{self.signature[:8]}"

    @property
    def starts_at(self) -> datetime:
        """When trade time begins: the last day worked before the period."""
        return worked_days.at(worked_days.eve(self.period.days[0]), script.INSTALLATION)


def plan_of(options: Options) -> Plan:
    """The plan of these options, cut to the period. Raises FiguresError or PlanError."""
    figures = load(options.data).at_scale(options.scale)
    return make_plan(figures, options.seed).within(options.period)


@dataclass
class Replay:
    """A plan, a running platform, and the driver between them."""

    options: Options
    platform: Platform
    plan: Plan
    on_steps: Callable[[list[Step]], None] = field(default=lambda _: None)
    on_step: Callable[[Step], None] = field(default=lambda _: None)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self) -> Report:
        """Drive every step that is left, then ask for the tables."""
        with ThreadPoolExecutor(self.options.workers, thread_name_prefix="pilote") as pool:
            world = self._world(pool)
            try:
                return self._drive(world, pool)
            finally:
                world.state.close()

    def _world(self, pool: ThreadPoolExecutor) -> World:
        folder = self.platform.folder
        return World(
            plan=self.plan,
            client=Client(self.platform.addresses.urls, self.options.workers + len(SERVICES)),
            state=State(folder / FILE, self.options.signature),
            issuer=open_issuer(folder),
            pool=pool,
        )

    def _drive(self, world: World, pool: ThreadPoolExecutor) -> Report:
        steps = script.steps(self.plan, self.options.period, world.agent_id)
        self.on_steps(steps)
        clock = ClockDriver(clock_file(self.platform.folder), self.options.starts_at)
        settler = Settler(world.client, pool, SERVICES, lambda: world.token_of(roles.SERVICE))
        engine = Engine(world, clock, settler, pool, on_step=self._timed(steps))
        self._started = time.monotonic()
        engine.run(steps)
        self.seconds["apaisement"] = settler.seconds
        self.seconds["échéances"] = engine.due_seconds
        self.seconds["requêtes"] = engine.act_seconds
        return self._report(world, settler)

    def _timed(self, steps: list[Step]) -> Callable[[Step], None]:
        def note(step: Step) -> None:
            if step.name == "reprise":
                self.seconds["préparation"] = time.monotonic() - self._started
            if step is steps[-1]:
                self.seconds["total"] = time.monotonic() - self._started
            self.on_step(step)

        return note

    def _report(self, world: World, settler: Settler) -> Report:
        period = self.options.period
        activity = reports.activity(world, period)
        self.platform.meter.sample(self.platform.processes)
        return Report(
            period=period.name,
            mode="sans broker" if self.platform.is_embedded else "RabbitMQ",
            seed=self.options.seed,
            scale=float(self.options.scale),
            tables=activity_tables.build(self.plan, period, activity),
            traffic=settler.traffic(),
            activity=activity,
            tally=dict(world.tally),
            seconds=self.seconds,
            requests=dict(world.client.requests),
            repeated=world.client.repeated,
            settling={"asked": settler.rounds, "deferred_most": settler.deferred_most},
            restarts=self.platform.restarts,
            usages=self.platform.meter.usages(),
            memory_mib=self.platform.meter.total_memory_mib,
        )
