"""The off page's function: what is in its archive, and what its role may do."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from pophub.core.contract import REPORTS, STARTED_FILE, WAKE_SECRET, WAKES, WATCH_REPORT_FILE, parameter_path
from pophub.off_page.facts import FACTS_FILE, EventFacts, WakeLimits, as_json
from pophub.organizer.deploy import iam
from pophub.organizer.event.brand import brand_of
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import guide
from pophub.organizer.paths import ROOT
from pophub.organizer.plan.plan import Plan

# Python and boto3 are Lambda's own: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
SHIPPED = ("pophub/__init__.py", "pophub/core", "pophub/off_page")
HANDLER = "pophub.off_page.handler.handler"
# the earliest date of a zip file, for all its files, so that equal inputs give equal bytes
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def event_facts(plan: Plan) -> EventFacts:
    """The facts of the event that the page shows."""
    event, times, wake = plan.event, plan.timetable, plan.event.wake
    return EventFacts(
        name=event.name,
        title=event.title,
        contact=event.contact,
        timezone=event.timezone,
        sessions=times.windows,
        starts=times.firings("start"),
        over=times.firings("stop")[-1],
        budget_usd=event.budget_usd,
        wake=WakeLimits(wake.times_a_day, wake.opens, wake.closes) if wake else None,
        brand=brand_of(event),
        guide=tuple((it.title, tuple(each.text for each in it.sentences)) for it in guide(plan)),
    )


def archive(plan: Plan, *, root: Path = ROOT) -> bytes:
    """The function's zip file."""
    found = [file for name in SHIPPED for file in ([root / name] if name.endswith(".py") else (root / name).rglob("*"))]
    files = {
        file.relative_to(root).as_posix(): file for file in found if file.suffix in (".py", ".html", ".css", ".js")
    }
    members = {name: file.read_bytes() for name, file in files.items()}
    members[FACTS_FILE] = json.dumps(as_json(event_facts(plan)), indent=1, sort_keys=True).encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            # Lambda's own user must be able to read it: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, members[name])
    return content.getvalue()


def permissions(event: Event, *, bucket: str, key_arn: str, instance: str, disk_keys: list[str], log_group: str) -> str:
    """The policy of the function's role: one prefix and, if people can start the hub, one instance and one parameter.

    `disk_keys` are the KMS keys of the instance's disks: see stacks/scheduler.py.
    """
    prefix = f"{REPORTS}/{event.name}"
    objects = f"arn:aws:s3:::{bucket}/{prefix}"
    logging = (
        iam.statement(["s3:GetObject"], [f"{objects}/{WATCH_REPORT_FILE}"]),
        # without this, S3 answers a request for a missing report with 403 instead of 404
        iam.statement(["s3:ListBucket"], [f"arn:aws:s3:::{bucket}"], {"StringLike": {"s3:prefix": [f"{prefix}/*"]}}),
        iam.statement(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group}:*"]),
    )
    if not event.can_be_woken:
        return iam.document(*logging)
    return iam.document(
        *logging,
        iam.statement(["s3:PutObject"], [f"{objects}/{STARTED_FILE}", f"{objects}/{WAKES}/*"]),
        iam.statement(["s3:DeleteObject"], [f"{objects}/{WAKES}/*"]),
        iam.statement(["ssm:GetParameter"], [key_arn]),
        iam.statement(["ec2:StartInstances"], [instance]),
        iam.statement(["kms:CreateGrant"], disk_keys, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    )


def key_arn(event: str, region: str, account_id: str) -> str:
    """The ARN of the parameter with the cookies' key."""
    return f"arn:aws:ssm:{region}:{account_id}:parameter{parameter_path(event)}/{WAKE_SECRET}"
