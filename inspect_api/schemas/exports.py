"""Filters of exports: those of the lists, without pages."""

from marshmallow import fields

from checklists.measures import DOCUMENTS, METHODS, RECORD_KINDS, TASK_LEVELS
from inspect_api.models.rectification import STATES
from inspect_api.schemas.asked import STATES as TASK_STATES
from inspect_api.schemas.fields import Strict, one_of, region_code, site_type, text, uuid

_DAY = {"error_messages": {"invalid": "日期应如 2022-09-30"}}


class Export(Strict):
    """Rows of a region and all below it."""

    region = region_code(required=True)


class _Spanned(Export):
    """From a day to a day, both included."""

    from_ = fields.Date(data_key="from", **_DAY)
    to = fields.Date(**_DAY)


class VisitsExport(_Spanned):
    """Which visits."""

    review = one_of(("received", "returned", "approved", "rejected"))
    site_type = site_type()
    document_type = one_of(DOCUMENTS)


class RectificationsExport(_Spanned):
    """Which findings; days are those on which they were opened."""

    state = one_of(state for state in STATES if state != "withdrawn")
    site_type = site_type()
    site = uuid()
    text = text(100)
    key = fields.Boolean()


class TasksExport(Export):
    """Which tasks."""

    state = one_of(TASK_STATES)
    campaign = uuid()
    site = uuid()
    person = text(36)
    overdue = fields.Boolean()


class RecordsExport(_Spanned):
    """Which batches."""

    kind = one_of(RECORD_KINDS)
    method = one_of(METHODS)
    level = one_of(TASK_LEVELS)
