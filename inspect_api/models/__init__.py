"""One group of tables a file. Importing this package registers all of them with the metadata.

Ids are text (UUIDs in canonical form); instants are integers, milliseconds since 1970 UTC, so that both
databases store and compare them alike; days are dates of the local calendar.
"""

from inspect_api.models.offices import Record, ReportEntry
from inspect_api.models.people import Device, Session, User
from inspect_api.models.photos import Photo, PhotoUse
from inspect_api.models.plans import Checklist, InForce, Plan
from inspect_api.models.regions import Population, Region
from inspect_api.models.rollup import Contribution, Tally
from inspect_api.models.sites import Site
from inspect_api.models.syncing import (
    Audit,
    Change,
    Clock,
    Conflict,
    Floor,
    History,
    Operation,
    Quarantine,
    Stamp,
)
from inspect_api.models.tasks import Task
from inspect_api.models.visits import Finding, Visit

__all__ = ["Audit", "Change", "Checklist", "Clock", "Conflict", "Contribution", "Device", "Finding", "Floor", "History",
           "InForce", "Operation", "Photo", "PhotoUse", "Plan", "Population", "Quarantine", "Record", "Region", "ReportEntry", "Session", "Site",
           "Stamp", "Tally", "Task", "User", "Visit"]
