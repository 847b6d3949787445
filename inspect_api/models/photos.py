"""Photos, named by their SHA-256, and what names them. Their bytes lie in a media.Backend."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Photo(db.Model):
    """A photo of an organisation: named by something (`stored_at` is null), or stored and verified.

    The row is there from the first moment that either is known, so that a push that names a photo and an upload that
    brings it meet at one row, whichever comes first.
    """

    __tablename__ = "photo"
    org = sa.Column(sa.String(6), primary_key=True)
    sha256 = sa.Column(sa.String(64), primary_key=True)
    stored_at = sa.Column(sa.BigInteger)  # when its bytes were verified and durable
    size = sa.Column(sa.BigInteger)  # bytes
    facts = sa.Column(Json)  # what the file tells: media.images.Picture as an object
    fingerprint = sa.Column(sa.String(16))  # perceptual hash; "" for a picture without structure, null: not looked at yet
    backend = sa.Column(sa.String(10))  # which media.Backend holds it
    user_id = sa.Column(sa.String(36))  # who sent it
    device_id = sa.Column(sa.String(64))

    __table_args__ = (
        sa.Index("ix_photo_org_user_id_stored_at", "org", "user_id", "stored_at"),
        sa.Index("ix_photo_awaited", "org", "sha256", postgresql_where=sa.text("stored_at IS NULL"), sqlite_where=sa.text("stored_at IS NULL")),
    )


class PhotoUse(db.Model):
    """A row that names a photo: a visit, a site, or an operation in quarantine. It decides who may see the photo."""

    __tablename__ = "photo_use"
    type = sa.Column(sa.String(12), primary_key=True)  # visit | site | quarantine
    row_id = sa.Column(sa.String(64), primary_key=True)
    sha256 = sa.Column(sa.String(64), primary_key=True)
    org = sa.Column(sa.String(6), nullable=False)  # where it was named; a site that moves to another county leaves it there
    device_id = sa.Column(sa.String(64))  # of a site: the device that named it there; visits and operations in quarantine know theirs

    __table_args__ = (sa.Index("ix_photo_use_org_sha256", "org", "sha256"),)
