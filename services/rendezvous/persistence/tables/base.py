"""What every table of rendezvous shares."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis.tables import new_metadata

metadata = new_metadata()
UUIDS = pg.ARRAY(pg.UUID)
TEXTS = pg.ARRAY(sa.Text)
