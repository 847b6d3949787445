"""What offices did about findings, step by step, and the notices they served. Raw records: the fold reads them, and never writes them."""

import sqlalchemy as sa

from inspect_api.db import Json, db

KINDS: dict[str, str] = {  # of a step
    "deadline": "改变整改期限",
    "notice": "发出责令改正通知书",
    "evidence": "收到整改材料",
    "supervise": "挂账督办",
    "unsupervise": "解除挂账督办",
    "escalate": "上报县（区）",
    "sign_off": "销号",
    "reopen": "重新打开",
}
STAGES: dict[str, str] = {
    "open": "待整改",
    "notified": "已发通知书",
    "evidence": "已报整改材料，待复查",
    "to_sign": "复查通过，待销号",
    "closed": "已销号",
    "withdrawn": "撤销",
}
STATES = ("open", "overdue", "due_soon", "evidence", "to_sign", "supervised", "escalated", "closed", "withdrawn")  # of lists


class RectificationStep(db.Model):
    """One step of an office about a finding. It is kept by what does not change when visits are judged anew, amended or rejected:
    the item and the first version of the visit that found it, from which `finding_id` (a finding's `case_id`) is made.
    """

    __tablename__ = "rectification_step"
    id = sa.Column(sa.String(36), primary_key=True)
    finding_id = sa.Column(sa.String(36), nullable=False)
    n = sa.Column(sa.Integer, nullable=False)  # 1, 2, 3 of this finding
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), nullable=False, index=True)
    visit_id = sa.Column(sa.String(36), nullable=False)
    link_id = sa.Column(sa.String(64), nullable=False)
    grid = sa.Column(sa.String(14), nullable=False)  # where the site lay then
    kind = sa.Column(sa.String(12), nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)
    by = sa.Column(sa.String(36), nullable=False)
    data = sa.Column(Json, nullable=False)

    __table_args__ = (sa.UniqueConstraint("finding_id", "n", name="uq_rectification_step_finding_id_n"),)


class Notice(db.Model):
    """A 责令改正通知书 as it was served: all that is printed on it stands in `content` and never changes."""

    __tablename__ = "notice"
    id = sa.Column(sa.String(36), primary_key=True)
    org = sa.Column(sa.String(6), nullable=False)
    year = sa.Column(sa.Integer, nullable=False)
    number = sa.Column(sa.Integer, nullable=False)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), nullable=False, index=True)
    made_by = sa.Column(sa.String(36), nullable=False)
    made_at = sa.Column(sa.BigInteger, nullable=False)
    content = sa.Column(Json, nullable=False)

    __table_args__ = (sa.UniqueConstraint("org", "year", "number", name="uq_notice_org_year_number"),)


class NoticeCounter(db.Model):
    """The last number that a county gave in a year. Its row is locked by who takes the next one, so that there is no gap."""

    __tablename__ = "notice_counter"
    org = sa.Column(sa.String(6), primary_key=True)
    year = sa.Column(sa.Integer, primary_key=True)
    last = sa.Column(sa.Integer, nullable=False)
