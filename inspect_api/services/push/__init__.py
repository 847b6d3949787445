"""A push: planned in memory, written set-wise, so that its SQL statements do not grow with the batch."""

from inspect_api.services.push.forms import check_forms
from inspect_api.services.push.run import execute, keep, push, quarantine, raise_refusal

__all__ = ["check_forms", "execute", "keep", "push", "quarantine", "raise_refusal"]
