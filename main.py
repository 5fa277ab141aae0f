"""The cdktf app: each hub-config/events/*.yaml becomes a stack with that name, beside the stack `account`.

A past event is still synthesized, with a warning, so that an organizer can always destroy it. An invalid event file is
left out and its problems are printed, so that one mistake does not block the other events.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.cli.terminal import organizer_errors
from pophub.organizer.deploy.pinned import Pins
from pophub.organizer.deploy.terraform_state import require_region
from pophub.organizer.event.account import load_account
from pophub.organizer.event.event_file import blamed_on, load_event, with_files
from pophub.organizer.paths import DOT_POPHUB, LAZY_BINDINGS, account_file, events_dir
from pophub.organizer.plan.pin import Unread
from pophub.organizer.plan.plan import UNREAD, make_plan
from pophub.organizer.plan.prices import region_prices

# jsii unpacks itself into HOME and fails if it cannot write there
if not os.access(Path("~").expanduser(), os.W_OK):
    os.environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(DOT_POPHUB / "jsii"))
# of the AWS bindings only what is used; double quotes are Node.js's own: https://nodejs.org/api/cli.html#node_optionsoptions
os.environ["NODE_OPTIONS"] = " ".join(
    (os.environ.get("NODE_OPTIONS", ""), "--require", json.dumps(str(LAZY_BINDINGS), ensure_ascii=False))
)
# otherwise jsii prints a notice about Node's age before every output
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,22")

from cdktf import App

from stacks.account_stack import AccountStack
from stacks.event_stack import EventStack


def main() -> None:
    app, now, pins = App(), datetime.now(UTC), Pins(Aws())
    with organizer_errors(), tempfile.TemporaryDirectory() as scratch:
        account = load_account(account_file())
        AccountStack(app, "account", account=account)
        for file in sorted(events_dir().glob("*.yaml")):
            try:
                with blamed_on(file):
                    event = load_event(file)
                    # check here too, for people who run cdktf themselves, as far as it works without asking AWS
                    require_region(event.name, event.region, Path.cwd(), aws=None)
                    # a past event is only destroyed, so neither its pin nor its roster is needed
                    is_past = event.ends < now.date()
                    pin, event = (None, event) if is_past else (pins.read(event), with_files(file, event))
                    plan = make_plan(event, region_prices(event.region), now=now, pin=pin)
                    EventStack(app, event.name, plan=plan, account=account, scratch=Path(scratch), now=now)
                if isinstance(pin, Unread):
                    print(f"warning: {file}: {UNREAD.format(reason=pin.reason)}", file=sys.stderr)
                if is_past:
                    print(f"warning: {file}: the event is past; only destroy it", file=sys.stderr)
            except PophubError as error:
                print(f"warning: left out, no stack is made of it:\n{error}", file=sys.stderr)
        app.synth()


if __name__ == "__main__":
    main()
