"""What went wrong in a deployment, in the organizer's words: known messages of cdktf, Terraform and AWS → a remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pophub.errors import ExitCode, PophubError

# (what the output says, what it means, what to do); the first that fits wins
KNOWN: Sequence[tuple[str, str, str]] = (
    (
        r"The secret is missing: export (TF_VAR_\w+)",
        "not set: {1}",
        "export it (for GitHub, `make deploy` also takes GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET) and deploy again",
    ),
    (
        r"No valid credential sources found|Unable to locate credentials|NoCredentialProviders",
        "there are no AWS credentials",
        "`aws configure` or `aws sso login`, or export AWS_PROFILE; then the same command again",
    ),
    (
        r"ExpiredToken|token has expired|RequestExpired",
        "the AWS credentials have expired",
        "sign in again (`aws sso login`); the same command goes on where it stopped",
    ),
    (
        r"InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch",
        "AWS does not accept the credentials",
        "check AWS_PROFILE and the keys with `aws sts get-caller-identity`",
    ),
    (
        r"Error acquiring the state lock[\s\S]*?Lock Info:\s+ID:\s+(\S+)[\s\S]*?Who:\s+(\S+)",
        "another deployment of this event is under way, or one was killed: {2}",
        "wait for it; if there is none: terraform -chdir=cdktf.out/stacks/<event> force-unlock {1}",
    ),
    (
        r"no matching Route ?53 ?Hosted ?Zone|no matching hosted zone",
        "the event's `zone` is no public Route 53 zone of this AWS account",
        "make the zone in Route 53 (README, 'An event in five steps'), or correct `zone`",
    ),
    (
        r"Command output on stderr:\s+(\S*account\.yaml:[\s\S]+?)\n\s*hint:",
        "the account file has problems\n{1}",
        "correct it; its comments say what may stand there",
    ),
    (
        r"No module named '([\w.]+)'",
        "the Python that runs main.py has no {1}",
        "`make setup`, and use the checkout's own Python: `source .venv/bin/activate`, or `make deploy`",
    ),
    (
        r"Backend configuration changed",
        "Terraform's state lies elsewhere than hub-config/account.yaml says now",
        "move it, once for each stack: `cdktf deploy STACK --migrate-state`; or set `state` and `shelf` back",
    ),
    (
        r"Failed to get existing workspaces: S3 bucket",
        "the shelf that is to hold Terraform's state is not there",
        "`state: local` in hub-config/account.yaml and `cdktf deploy account` make it; then `state: shelf` again",
    ),
    (
        r"NoSuchBucket",
        "the shelf is not there",
        "`cdktf deploy account` once per AWS account, then this again",
    ),
    (
        r"Tag ?keys? ?not ?found",
        "AWS billing has not seen the tag pophub:event yet, which takes up to a day after the first deploy",
        "go on; run `cdktf deploy account` again tomorrow to have the cost report by tag",
    ),
    (
        r"doesn't have access to cost allocation tags",
        "this account may not activate cost-allocation tags, only the one that pays may",
        "set `activate_cost_tag: false` in hub-config/account.yaml and ask the payer to activate pophub:event",
    ),
    (
        r"VcpuLimitExceeded",
        "this AWS account may not run so large a machine",
        "ask for more in Service Quotas (EC2, Running On-Demand Standard instances), or lower memory_gib",
    ),
    (
        r"AddressLimitExceeded",
        "all Elastic IPs of this region are in use",
        "release one, or ask for more in Service Quotas",
    ),
    (
        r"New size cannot be smaller than existing size",
        "a disk can grow and not shrink, and the homes' disk is larger than the event file says now",
        "set `host.disk_gib` to the size it has, or raise `participants` or `home_gib` again",
    ),
    (
        r"VolumeModificationRateExceeded|maximum modification rate per volume",
        "the homes' disk was changed within the last hours, and AWS makes a disk wait after each change",
        "the same command again in six hours; the hub goes on meanwhile",
    ),
    (r"InsufficientInstanceCapacity", "AWS has no machine of this type free", "set another host.instance_type"),
    (
        r"Failed to query available provider packages|Failed to install provider|could not connect to registry",
        "Terraform could not get the AWS provider",
        "is the network up? Without one, put hashicorp/aws 5.100.0 into a filesystem mirror (~/.terraform.d/plugins)",
    ),
    (
        r"(?:dial tcp|connection refused|no such host|request send failed)",
        "AWS could not be reached",
        "is the network up? The same command goes on where it stopped",
    ),
    (
        r"Instance cannot be destroyed|prevent_destroy",
        "the account's shelf is protected, because it holds every event's archive",
        "leave it; README, 'When you stop using pophub', says how it goes",
    ),
    (
        r"Can't find given stack|Stack not found|No stack found|could not find stack",
        "there is no such stack",
        "the stacks are `account` and one for each valid file of hub-config/events; check_event says what is wrong with a file",
    ),
)


def diagnose(what: str, output: str, log: str) -> PophubError:
    """The error to raise for a command that failed with this output; `log` is where all of it stands."""
    if meaning := _meaning(output):
        problem, hint, found = meaning
        return _failure(f"{what}: {_filled(problem, found)}", _filled(hint, found), log)
    errors = re.findall(r"Error: +(.+)", output)[:1] or output.strip().splitlines()[-3:] or ["it said nothing"]
    return _failure(f"{what} failed: {' / '.join(map(str.strip, errors))}", "", log)


def is_known(output: str) -> bool:
    """Whether an organizer is told what this means, and what to do."""
    return _meaning(output) is not None


def _meaning(output: str) -> tuple[str, str, list[re.Match[str]]] | None:
    """What it means, what to do, and where it says so."""
    for pattern, problem, hint in KNOWN:
        if found := list(re.finditer(pattern, output, re.IGNORECASE)):
            return problem, hint, found
    return None


def _filled(text: str, found: list[re.Match[str]]) -> str:
    """With what was found in place of {1} and {2}, each once."""
    for number in range(1, found[0].re.groups + 1):
        details = dict.fromkeys(re.sub(r"\n\s+", "\n", match[number]) for match in found)
        text = text.replace(f"{{{number}}}", " and ".join(details))
    return text


def _failure(problem: str, hint: str, log: str) -> PophubError:
    return PophubError(problem, hint=f"{hint}\nall that was said: {log}".strip(), code=ExitCode.REFUSED)
