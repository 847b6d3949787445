"""What offices send to have a plan checked, published or withdrawn."""

from marshmallow import fields, validate

from inspect_api.schemas.fields import Strict, one_of, text

_MOST = 2_000_000  # characters of a plan; the longest that we know has 200,000


class PlansQuery(Strict):
    """Which plans: those in force, those that were withdrawn, or all."""

    state = one_of(("in_force", "withdrawn", "all"), load_default="in_force")


class PlanText(Strict):
    """A plan's YAML, and the name of its file, which mistakes are told with."""

    name = text(200, low=1, load_default="plan.yaml")
    text = text(_MOST, required=True)


class PlanPublish(PlanText):
    """A text as it was checked: `digest` is what the check answered."""

    digest = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应为检查时得到的 digest"))
    note = text(500, load_default="")


class PlanWithdraw(Strict):
    """Why a plan is taken out of force."""

    reason = text(500, required=True)


class DiffQuery(Strict):
    """Compared with which version: default the one before; 0 is nothing."""

    since = fields.Integer(validate=validate.Range(0, 1_000_000, error="应为不小于 0 的整数"), data_key="from")
