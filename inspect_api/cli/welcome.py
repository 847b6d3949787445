"""What somebody who has just started the server needs: where to look, and whom to log in as."""

from rich.console import RenderableType

from inspect_api.cli.console import table
from inspect_api.demo.load import PASSWORD
from inspect_api.demo.world import world

ADDRESSES = "首页      {url}/\n手机端    {url}/field/\n办公端    {url}/office/\n接口文档  {url}/api/docs/\n错误代码  {url}/docs/problems"
ROLES = {"admin": "管理员", "county": "县（区）、市级", "reviewer": "乡镇（街道）审核", "supervisor": "网格员"}
FEW = 2  # accounts shown of the roles that have dozens


def accounts(everyone: bool = False) -> RenderableType:
    """The demo accounts as a table; `everyone`: every single one."""
    made = world()
    names = {region.code: region.name for region in made.regions}
    rows = table("用户名", "姓名", "角色", "辖区", title=f"演示账户，密码都是 {PASSWORD}（人员、主体均为虚构，区划为真实名称）")
    for role, title in ROLES.items():
        users = [user for user in made.users if user.role == role]
        shown = users if everyone or role in ("admin", "county") else users[:FEW]
        for user in shown:
            where = "、".join(f"{names[code[:6]] if len(code) > 6 else ''}{names[code]}" for code in user.regions) or "全部"
            rows.add_row(user.login, user.name, title, where)
        if len(shown) < len(users):
            rows.add_row("…", "", title, f"共 {len(users)} 个，flask demo accounts --all")
    return rows
