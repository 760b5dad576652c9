"""What a window holds, sorted for the slot arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.rendezvous import agenda
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import takes
from services.rendezvous.domain.window import Times

#: In ticks, in any order.
Spans = Sequence[tuple[int, int]]
_Found = list[tuple[int, int]]


class Post(NamedTuple):
    """What an agent is, from an instant on (ticks)."""

    since: int
    profession: str
    active: bool


class Loaded:
    """Times by what they are; openings for other motifs are left out."""

    def __init__(self, times: Sequence[Times], motif: Motif) -> None:
        #: Of each agent, by site.
        self._openings: dict[str, dict[str, _Found]] = {}
        #: By site; under None, of every site.
        self._closed: dict[str | None, _Found] = defaultdict(list)
        #: Of whom or what is taken.
        self.busy: dict[str, _Found] = defaultdict(list)
        #: Of each agent who is open, by time.
        self.posts: dict[str, list[Post]] = defaultdict(list)
        for one in times:
            self._read(one, motif)
        for posts in self.posts.values():
            posts.sort()

    def _read(self, one: Times, motif: Motif) -> None:
        if one.sort == "post":
            for agent_id, since in zip(one.ids, one.starts, strict=True):
                self.posts[agent_id].append(Post(since, one.profession or "", bool(one.active)))
        elif one.sort == "closure":
            self._closed[one.site].extend(zip(one.starts, one.ends, strict=True))
        elif one.sort == "busy":
            _add(self.busy, one)
        elif takes(one.kinds, one.motifs, motif):
            _add(self._openings.setdefault(one.site or "", defaultdict(list)), one)

    def busy_of(self, ids: Iterable[str]) -> Spans:
        """When any of these is taken."""
        return [span for one in ids for span in self.busy.get(one, ())]

    def open_sites(self) -> Iterator[tuple[str, Mapping[str, Spans]]]:
        """By site, the openings of each agent that closings leave."""
        for site, openings in self._openings.items():
            holes = [*self._closed.get(None, ()), *self._closed.get(site, ())]
            if holes:
                yield site, {one: agenda.cut(spans, holes) for one, spans in openings.items()}
            else:
                yield site, openings


def _add(to: dict[str, _Found], times: Times) -> None:
    for one, start, end in zip(times.ids, times.starts, times.ends, strict=True):
        to[one].append((start, end))
