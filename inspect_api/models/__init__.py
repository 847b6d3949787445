"""One group of tables a file. Importing this package registers all of them with the metadata.

Ids are text (UUIDs in canonical form); instants are integers, milliseconds since 1970 UTC, so that both
databases store and compare them alike; days are dates of the local calendar.
"""

from inspect_api.models.campaigns import Campaign
from inspect_api.models.offices import Document, Record, ReportEntry
from inspect_api.models.people import Device, Session, User
from inspect_api.models.photos import Photo, PhotoUse
from inspect_api.models.plans import Checklist, InForce, Plan, PlanVersion
from inspect_api.models.rectification import Notice, NoticeCounter, RectificationStep
from inspect_api.models.regions import Population, Region
from inspect_api.models.review import CountyRules, SavedView
from inspect_api.models.rollup import Contribution, RememberedDay, Tally, TallyDay
from inspect_api.models.sites import Site
from inspect_api.models.snapshots import Snapshot, SnapshotRows
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

__all__ = ["Audit", "Campaign", "Change", "Checklist", "Clock", "Conflict", "Contribution", "CountyRules", "Device", "Document", "Finding", "Floor", "History",
           "InForce", "Notice", "NoticeCounter", "Operation", "Photo", "PhotoUse", "Plan", "PlanVersion", "Population", "Quarantine", "Record", "RectificationStep", "RememberedDay", "Region", "ReportEntry", "SavedView", "Session", "Site",
           "Snapshot", "SnapshotRows", "Stamp", "Tally", "TallyDay", "Task", "User", "Visit"]
