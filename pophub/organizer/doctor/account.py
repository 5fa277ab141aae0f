"""Questions about the AWS account: the owner of the credentials, the region, and the account bucket."""

from __future__ import annotations

from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import bucket_name
from pophub.core.errors import PophubError
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Colour, Verdict, green, red, unknown, yellow

# the region in which AWS's account-wide services answer
HOME_REGION = "us-east-1"


def identity(case: Case) -> dict[str, Any]:
    """The account and the caller; every other question about AWS needs it. The event's own region may be disabled."""
    return case.facts.once("identity", lambda: case.aws.call("sts", HOME_REGION, "get_caller_identity"))


def signed_in(case: Case) -> dict[str, Any]:
    """As `identity`, for questions that need the caller but are not about it.

    Raises:
        PophubError: AWS does not accept the credentials.
    """
    try:
        return identity(case)
    except PophubError as error:
        raise PophubError("not asked, because AWS does not know who asks (see credentials)") from error


def who(case: Case) -> Verdict:
    """The user or role that the credentials belong to."""
    try:
        found = identity(case)
    except PophubError as error:
        return red(error.problem, error.hint)
    return judge_who(str(found["Account"]), str(found["Arn"]))


def judge_who(account: str, arn: str) -> Verdict:
    """`arn` is the caller's, for example arn:aws:iam::123456789012:user/ada."""
    if arn.endswith(":root"):
        return yellow(
            f"the root user of account {account}",
            "make a user of your own, and keep root's keys away: docs/organizer-policy.json says which rights it needs",
        )
    return green(f"{arn.rpartition(':')[2]} of account {account}")


def region(case: Case) -> Verdict:
    """Whether the event's region is enabled."""
    return judge_region(case.region, regions(case))


def regions(case: Case) -> dict[str, str]:
    """Every region of AWS with its opt-in status."""
    signed_in(case)

    def ask() -> dict[str, str]:
        found = case.aws.call("ec2", HOME_REGION, "describe_regions", AllRegions=True)["Regions"]
        return {each["RegionName"]: each.get("OptInStatus", "") for each in found}

    return case.facts.once("regions", ask)


def require_region(case: Case, name: str = "") -> None:
    """For questions that need an enabled region: `name`, or the event's own without a name.

    It does nothing if the caller may not list regions; then the question's own call finds out.

    Raises:
        PophubError: AWS does not accept the credentials, or the region is not enabled.
    """
    signed_in(case)
    wanted = name or case.region
    try:
        found = regions(case)
    except PophubError:
        return
    if judge_region(wanted, found).colour is Colour.RED:
        raise PophubError(f"not asked, because the region {wanted} is not switched on (see region)")


def judge_region(name: str, regions: dict[str, str]) -> Verdict:
    """`regions` has every region of AWS with its opt-in status.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html
    """
    if name not in regions:
        return red(f"AWS has no region {name}", f"set `region` to one of {', '.join(sorted(regions))}")
    if regions[name] == "not-opted-in":
        return red(
            f"{name} is switched off in this account",
            f"switch it on (console → Account → AWS Regions → {name} → Enable; it takes some minutes), or take another `region`",
        )
    return green(f"{name} is on")


def bucket(case: Case) -> Verdict:
    """Whether the account bucket exists, which an event needs."""
    name = case.account.bucket or bucket_name(signed_in(case)["Account"])
    require_region(case, case.account.region)
    try:
        case.aws.call("s3", case.account.region, "head_bucket", Bucket=name)
    except AwsRefusal as refusal:
        return judge_bucket(name, refusal.aws_code, refusal.problem, refusal.hint)
    return judge_bucket(name)


def judge_bucket(name: str, code: str = "", problem: str = "", hint: str = "") -> Verdict:
    """`code` is S3's error, empty if there is none; S3 answers HEAD without a body, so the code may be the HTTP status.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    if not code:
        return green(f"{name} is there")
    if code in ("404", "NoSuchBucket"):
        return red(f"{name} is not there: the account is not deployed", "`pophub deploy account`, once for all events")
    if code in ("403", "AccessDenied"):
        return red(
            f"{name} is not open to these credentials, or belongs to another account",
            "ask for the rights of docs/organizer-policy.json, or name another bucket as `bucket` in hub-config/account.yaml",
        )
    return unknown(problem, hint)
