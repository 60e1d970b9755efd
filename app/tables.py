"""Every table of the service: importing this module fills the metadata that migrations compare with."""

import app.assignments.models
import app.caseworkers.models
import app.city.models
import app.help_requests.models
import app.identity.models
import app.kit.audit
import app.kit.events
import app.kit.idempotency
import app.policy.models
import app.rounds.models  # noqa: F401 (imported for its tables)
from app.kit.db import Base

metadata = Base.metadata

__all__ = ["metadata"]
