"""A worker's permissions in AWS: read its bundle and its token, and end itself. Participants' code runs there."""

from __future__ import annotations

from pophub.core.contract import BUNDLES, bundle_parameter, worker_parameter
from pophub.organizer.deploy import iam
from pophub.organizer.deploy.hub_role import END_A_WORKER, group_arn


def permissions(event: str, *, region: str, account_id: str, bucket: str) -> str:
    """The policy of a worker's machine."""
    parameters = [
        f"arn:aws:ssm:{region}:{account_id}:parameter{name}"
        for name in (bundle_parameter(event), worker_parameter(event))
    ]
    return iam.document(
        iam.statement(["ssm:GetParameter", "ssm:GetParameters"], parameters),
        iam.statement(["s3:GetObject"], [f"arn:aws:s3:::{bucket}/{BUNDLES}/{event}/*"]),
        iam.statement([END_A_WORKER], [group_arn(event, region, account_id)]),
    )
