"""Visits with their answers, and the findings that follow from them.

Answers are one document in the visit's row, not a row each: they are written once, read whole and judged
whole, and a row each costs 25 index entries per visit for no query that anybody makes.
"""

import sqlalchemy as sa

from inspect_api.db import Json, db

QUEUES = ("new", "again", "second", "returned")  # what a visit waits for: services/queue.py

# What a reviewer should know of a visit before opening it, in the order in which it is shown. Facts: none of them accuses.
FLAGS: dict[str, str] = {
    "key": "重点项不合格",
    "failed": "有不合格项",
    "far": "检查地点距主体较远",
    "no_place": "未记录检查地点",
    "clock": "手机时间与服务器相差超过 1 小时",
    "late": "检查后较晚送达",
    "unsigned": "经营者拒绝签字",
    "mock": "位置由软件提供",
}


def _only(where: str) -> dict[str, sa.TextClause]:
    """A partial index, on both databases."""
    return {"postgresql_where": sa.text(where), "sqlite_where": sa.text(where)}


class Visit(db.Model):
    """One inspection of a site, pinned to the checklist version that it was begun with."""

    __tablename__ = "visit"
    id = sa.Column(sa.String(36), primary_key=True)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), nullable=False)
    grid = sa.Column(sa.String(14), nullable=False)  # the site's grid when the visit arrived
    document_type = sa.Column(sa.String(12), nullable=False)  # patrol 巡查 | inspection 监督检查
    checklist = sa.Column(sa.String(64), sa.ForeignKey("checklist.version"), nullable=False)
    inspector_id = sa.Column(sa.String(36), sa.ForeignKey("app_user.id"), nullable=False)
    device_id = sa.Column(sa.String(64), nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)  # corrected time of the visit
    phone_at = sa.Column(sa.BigInteger, nullable=False)  # the phone's own time
    offset_ms = sa.Column(sa.BigInteger, nullable=False)  # server clock minus phone clock
    received_at = sa.Column(sa.BigInteger, nullable=False)
    status = sa.Column(sa.String(8), nullable=False)  # draft | signed
    signed_at = sa.Column(sa.BigInteger)  # when the signed visit reached the server
    review = sa.Column(sa.String(10), nullable=False)  # received returned approved rejected
    reviewed_by = sa.Column(sa.String(36))
    reviewed_at = sa.Column(sa.BigInteger)
    review_note = sa.Column(Json)  # {reason, items: {link_id: reason}}
    verdict = sa.Column(sa.String(16), nullable=False)
    answers = sa.Column(Json, nullable=False)
    details = sa.Column(Json, nullable=False)  # place, officers, signature, operator's word, corrective actions
    replaces = sa.Column(sa.String(36))  # an amendment names what it replaces
    replaced_by = sa.Column(sa.String(36))
    rev = sa.Column(sa.Integer, nullable=False, default=1)
    field_rev = sa.Column(Json)  # of a draft: {field: revision at which it last changed}
    queue = sa.Column(sa.String(8), nullable=False, default="", server_default="")  # one of QUEUES, or nothing
    queued_at = sa.Column(sa.BigInteger)  # since when it waits in that queue
    approved_first_by = sa.Column(sa.String(36))  # where a county wants two: the first, while the second is awaited, and after
    approved_first_at = sa.Column(sa.BigInteger)
    flags = sa.Column(Json, nullable=False, default=list, server_default="[]")  # of a signed visit: keys of FLAGS
    flagged = sa.Column(sa.Boolean, nullable=False, default=False, server_default=sa.false())  # whether there are any
    late = sa.Column(sa.Boolean, nullable=False, default=False, server_default=sa.false())  # signed, it arrived late
    failed_key = sa.Column(sa.SmallInteger, nullable=False, default=0, server_default="0")  # items with a finding: key ones,
    failed_general = sa.Column(sa.SmallInteger, nullable=False, default=0, server_default="0")  # and the others

    # Those with a condition hold few of many rows. A query uses them when it says just these words: `Visit.late`, IN_QUEUE.
    __table_args__ = (
        sa.Index("ix_visit_site_at", "site_id", "at"),
        sa.Index("ix_visit_grid_id", "grid", "id"),
        sa.Index("ix_visit_queue", "grid", "queue", "queued_at", "flagged", "at", "site_id", "id", **_only("queue <> ''")),
        sa.Index("ix_visit_queued", "queued_at", "id", "grid", "queue", "flagged", **_only("queue <> ''")),
        sa.Index("ix_visit_late", "grid", "at", "site_id", "id", postgresql_where=sa.text("late"), sqlite_where=sa.text("late = 1")),
        sa.Index("ix_visit_replaces", "grid", "at", "site_id", "id", **_only("replaces IS NOT NULL")),
        sa.Index("ix_visit_signed_at", "signed_at", "at", "grid"),  # what arrived since a report was frozen: services/stale.py
        sa.Index("ix_visit_late_signed_at", "signed_at", "at", "grid", postgresql_where=sa.text("late"), sqlite_where=sa.text("late = 1")),
    )


IN_QUEUE = Visit.queue != sa.literal_column("''")  # not a parameter: the database must see that the partial index serves


class Finding(db.Model):
    """A failed item of a site, from the visit that found it until the visit that proves it mended (整改)."""

    __tablename__ = "finding"
    id = sa.Column(sa.String(36), primary_key=True)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), nullable=False, index=True)
    visit_id = sa.Column(sa.String(36), sa.ForeignKey("visit.id"), nullable=False, index=True)
    grid = sa.Column(sa.String(14), nullable=False, index=True)
    link_id = sa.Column(sa.String(64), nullable=False)
    key = sa.Column(sa.Boolean, nullable=False)
    action = sa.Column(sa.Text, nullable=False, default="")  # what mends it, in the words of the checklist
    opened_on = sa.Column(sa.Date, nullable=False)
    due_on = sa.Column(sa.Date, nullable=False)
    closed_on = sa.Column(sa.Date)
    closed_by = sa.Column(sa.String(36))
    # What offices did about it, from the steps of its case (models/rectification.py), for lists. Like all above written by the fold.
    case_id = sa.Column(sa.String(36), nullable=False, index=True)  # its own id, or that of the visit's first version: an amendment keeps it
    waits = sa.Column(sa.String(4), nullable=False)  # mend | sign, or nothing
    stage = sa.Column(sa.String(10), nullable=False)  # open | notified | evidence | to_sign | closed
    supervised = sa.Column(sa.Boolean, nullable=False, default=False)  # 挂账督办, and not closed
    escalated = sa.Column(sa.Boolean, nullable=False, default=False)  # to the county, and not closed
    notice_number = sa.Column(sa.String(60))
    repeats = sa.Column(sa.Integer, nullable=False, default=0)  # how often the item had failed at the site and been closed before
    repeat_of = sa.Column(sa.String(36))  # case_id of the newest of those

    __table_args__ = (
        sa.Index("ix_finding_waits_due_on", "waits", "due_on", "case_id"),
        sa.Index("ix_finding_waits_opened_on", "waits", "opened_on", "case_id"),
        sa.Index("ix_finding_waits_grid", "waits", "grid", "due_on"),
        sa.Index("ix_finding_supervised", "grid", postgresql_where=sa.text("supervised"), sqlite_where=sa.text("supervised = 1")),
        sa.Index("ix_finding_escalated", "grid", postgresql_where=sa.text("escalated"), sqlite_where=sa.text("escalated = 1")),
    )
