"""A page's process needs no database; whoever imports it later gets the real one."""

from __future__ import annotations

import subprocess
import sys

from pophub.organizer.paths import ROOT

IMPORTED = """
import sys
from pophub.hub.hub_service import Service
print(sorted(name for name in sys.modules if name.split(".")[0] in ("sqlalchemy", "alembic")))
ask = Service("costs", "token", 1).sign_in()
print(ask.check_scopes({"access:services!service=costs"}, {"scopes": ["access:services", "read:users!user=ada"]}))
print(ask.check_scopes({"read:users!group=us"}, {"scopes": ["access:services", "read:users!user=ada"]}))
from jupyterhub import orm
print(orm.User.__table__.name)
"""


def test_a_page_checks_scopes_without_a_database_and_leaves_it_to_others() -> None:
    command = [sys.executable, "-W", "ignore", "-c", IMPORTED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "{'access:services!service=costs'}", "set()", "users"]
