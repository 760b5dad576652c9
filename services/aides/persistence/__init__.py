"""Tables, mapping and repositories of aides."""

from services.aides.persistence.tables import CONSTRAINTS, metadata
from services.aides.persistence.unit_of_work import UnitOfWork

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]
