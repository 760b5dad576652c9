"""Memory and processor of every process, sampled while they live; restarts add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """One process by its role: seconds of processor, and the most memory it held (PSS, MiB)."""

    name: str
    cpu_seconds: float
    memory_mib: float


class Meter:
    """Keeps, by role, the processor time of all its lives and its largest memory."""

    def __init__(self) -> None:
        self._cpu: dict[tuple[str, int], float] = {}
        self._memory: defaultdict[str, float] = defaultdict(float)
        #: The most memory held by all processes together, in MiB.
        self.total_memory_mib = 0.0

    def sample(self, processes: Mapping[str, Sequence[int]]) -> None:
        """Look at each role's processes now."""
        total = 0.0
        for name, pids in processes.items():
            held = sum(self._look(name, pid) for pid in pids)
            self._memory[name] = max(self._memory[name], held)
            total += held
        self.total_memory_mib = max(self.total_memory_mib, total)

    def usages(self) -> list[Usage]:
        """One line per role."""
        cpu: defaultdict[str, float] = defaultdict(float)
        for (name, _), seconds in self._cpu.items():
            cpu[name] += seconds
        return [Usage(name, cpu[name], held) for name, held in sorted(self._memory.items())]

    def _look(self, name: str, pid: int) -> float:
        try:
            process = psutil.Process(pid)
            times = process.cpu_times()
            self._cpu[name, pid] = times.user + times.system
            return _memory(process) / _MEBIBYTE
        except psutil.Error:
            return 0.0


def _memory(process: psutil.Process) -> float:
    """PSS where the system tells it (shared pages divided by their users), RSS elsewhere."""
    try:
        return float(process.memory_full_info().pss)
    except (AttributeError, psutil.AccessDenied):
        return float(process.memory_info().rss)
