"""What offices report: sampling records that feed every counted indicator, numbers with their document, and the documents themselves."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Record(db.Model):
    """Batches of one kind, method and task level on one day. Rapid tests are kept apart and never in a total."""

    __tablename__ = "record"
    id = sa.Column(sa.String(36), primary_key=True)
    region = sa.Column(sa.String(14), nullable=False)
    kind = sa.Column(sa.String(20), nullable=False)
    on = sa.Column(sa.Date, nullable=False)
    method = sa.Column(sa.String(12), nullable=False)  # laboratory | rapid
    task_level = sa.Column(sa.String(12), nullable=False)  # national provincial municipal county township
    residue = sa.Column(sa.Boolean, nullable=False, default=False)
    count = sa.Column(sa.Integer, nullable=False)
    document = sa.Column(sa.String(200), nullable=False, default="")
    documents = sa.Column(Json, nullable=False, default=list, server_default="[]")  # SHA-256 of each attached file
    note = sa.Column(sa.String(500), nullable=False, default="")
    created_by = sa.Column(sa.String(36), nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)
    withdrawn_at = sa.Column(sa.BigInteger)
    __table_args__ = (sa.Index("ix_record_kind_region_on", "kind", "region", "on"), sa.Index("ix_record_on_id", "on", "id"))


class ReportEntry(db.Model):
    """Numerator and denominator of a `reported` indicator in one window; a later entry replaces, the old one stays."""

    __tablename__ = "report_entry"
    id = sa.Column(sa.String(36), primary_key=True)
    plan = sa.Column(sa.String(64), nullable=False)
    indicator = sa.Column(sa.String(64), nullable=False)
    window = sa.Column(sa.String(40), nullable=False)
    region = sa.Column(sa.String(14), nullable=False)
    numerator = sa.Column(sa.Float, nullable=False)
    denominator = sa.Column(sa.Float)
    document = sa.Column(sa.String(200), nullable=False, default="")
    documents = sa.Column(Json, nullable=False, default=list, server_default="[]")  # SHA-256 of each attached file
    note = sa.Column(sa.String(500), nullable=False, default="")
    extra = sa.Column(Json)
    created_by = sa.Column(sa.String(36), nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)
    replaced_at = sa.Column(sa.BigInteger)
    __table_args__ = (sa.Index("ix_report_entry_plan_indicator_region", "plan", "indicator", "region"),)


class Document(db.Model):
    """A file that an office keeps as evidence, where it was handed in. Its bytes lie in a media.Backend, once for a county."""

    __tablename__ = "document"
    sha256 = sa.Column(sa.String(64), primary_key=True)
    region = sa.Column(sa.String(14), primary_key=True)  # who answers for it may read it
    name = sa.Column(sa.String(200), nullable=False)  # as it was called when it was handed in
    mime = sa.Column(sa.String(100), nullable=False)
    size = sa.Column(sa.BigInteger, nullable=False)  # bytes
    backend = sa.Column(sa.String(10), nullable=False)
    user_id = sa.Column(sa.String(36), nullable=False)
    stored_at = sa.Column(sa.BigInteger, nullable=False)
