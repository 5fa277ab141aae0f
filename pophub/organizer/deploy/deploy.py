"""Deploy and destroy for people: the checks before it, the summary to show before it, and the text to show after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pophub.aws.client import Aws
from pophub.aws.cost_tag import activate_cost_tag, read_cost_tag
from pophub.core.contract import EVENT_TAG, bucket_name
from pophub.core.errors import PophubError
from pophub.organizer.cost.estimate import snapshot_usd_a_month
from pophub.organizer.cost.estimate_forms import summary
from pophub.organizer.deploy import hub_secrets, toolchain
from pophub.organizer.deploy.given_secrets import given_secrets, variable
from pophub.organizer.deploy.parameters import MADE_UP, UNCHANGED, with_version
from pophub.organizer.deploy.pinned import plan_with_pin, require_certificate, require_pin
from pophub.organizer.deploy.terraform.app import OUT, TerraformApp
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.deploy.terraform_state import require_region
from pophub.organizer.event.account import load_account
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import blamed_on, load_event, stack_file
from pophub.organizer.event_context import has_accounts
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import ACCOUNT_FILE, ROOT, event_file
from pophub.organizer.plan.plan import Plan

# the stack that each AWS account has once
ACCOUNT = "account"
# the key is `dry_run`
HOW_LONG = {True: "the stacks and a plan: about a minute", False: "1 to 3 minutes; progress is shown"}


@dataclass(frozen=True, slots=True)
class StackOperation:
    """A deploy or destroy of one stack in its region: the rows to show before it starts, and the secrets that it needs."""

    stack: str
    region: str
    title: str
    rows: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    # None unless an event is to be deployed
    plan: Plan | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def plan_deploy(
    name: str,
    aws: Aws,
    *,
    now: datetime,
    environ: Mapping[str, str],
    dry_run: bool,
    require_tools: Callable[[], object] = toolchain.check,
) -> StackOperation:
    """What a deploy will create and cost. A dry run needs no secrets, because it writes none.

    Raises:
        PophubError: the event file has problems, the event has ended, a secret is missing, AWS does not say what is
            deployed, or browsers could not open it any more.
    """
    if name == ACCOUNT:
        require_means(aws, require_tools)
        return _plan_account(environ)
    path = stack_file(name)
    with blamed_on(path):
        event = load_event(path, now=now)
        keys, made = hub_secrets.names(event), dict.fromkeys(hub_secrets.made_names(event), MADE_UP)
        given = {} if dry_run else given_secrets(event, keys, environ, then="deploy again") | made
        secrets = {variable(name): given.get(name, UNCHANGED) for name in (*keys, *made)}
        require_means(aws, require_tools)
        plan = require_certificate(require_pin(plan_with_pin(aws, event, now=now, at_once=True)))
    rows = (
        ("into", _aws(environ, event.region)),
        ("machine", _machine(plan)),
        ("homes", f"{event.disk_gib} GiB, encrypted; a destroy keeps a snapshot of them"),
        ("address", f"{event.url}, in the zone {event.zone}"),
        ("sign-in", plan.login),
        *_mail(event),
        *summary(plan),
    )
    title, warnings = f"{event.name}: {event.title}", (*plan.warnings, *_early(plan, now))
    return StackOperation(event.name, event.region, title, rows, warnings, plan, secrets)


def plan_destroy(name: str, *, environ: Mapping[str, str], archives: bool = True) -> StackOperation:
    """What a destroy will remove and what stays. The event may have ended, and may already be destroyed.

    Raises:
        PophubError: the event has no valid file, so there is no stack; or `name` is the account's stack.
    """
    if name == ACCOUNT:
        raise PophubError(
            "the account bucket is protected, because it holds what every event left",
            hint="leave it: it costs cents; docs/end.md, 'When you stop using pophub', says how it goes",
        )
    path = stack_file(name)
    try:
        event = load_event(path)
    except PophubError as error:
        hint = f"{error.hint}{_cleanup_without_event_file(path.stem)}"
        raise PophubError(error.problem, hint=hint, problems=error.problems) from error
    month = snapshot_usd_a_month(event.region, event.disk_gib)
    first = f"the hub closes, and every home goes into the bucket and is read back; kept {event.archive_days} days"
    own = ", and homes of accounts on the machine's own disk are deleted" if has_accounts(event) else ""
    rows = (
        ("in", _aws(environ, event.region)),
        ("first", first if archives else f"nothing is archived: people's work stays only in the snapshot{own}"),
        ("goes", f"the machine and the servers on it, {event.url}, schedule, budget, alarms, secrets"),
        ("stays", f"a snapshot of the homes, at most {month:.2f} USD a month; with an archive you are asked for it"),
        ("stays", "the bucket and what other events have in it"),
    )
    return StackOperation(event.name, event.region, f"{event.name}: {event.title}, until {event.ends}", rows)


def preview_deploy(app: TerraformApp, operation: StackOperation) -> Outcome:
    """Show what a deploy would change."""
    return _preview(app, app.preview_deploy, operation)


def preview_destroy(app: TerraformApp, operation: StackOperation) -> Outcome:
    """Show what a destroy would remove."""
    outcome, name = _preview(app, app.preview_destroy, operation), operation.stack
    nothing = Outcome(outcome.facts, f"{name} is not deployed: there is nothing to destroy")
    return outcome if outcome.facts["changes"] else nothing


def variables_of(operation: StackOperation, aws: Aws, environ: Mapping[str, str]) -> dict[str, str]:
    """Terraform's variables for the secrets; it writes them if they differ from those that the hub has."""
    return with_version(operation.secrets, aws, operation.region, operation.stack, environ)


def deploy(app: TerraformApp, operation: StackOperation, aws: Aws, *, now: datetime) -> Outcome:
    """Deploy, activate the cost allocation tag, and describe the result and the next steps."""
    _carry_out(app, app.deploy, operation)
    tag = (activate_cost_tag if load_account(ACCOUNT_FILE).activate_cost_tag else read_cost_tag)(aws, now=now)
    if operation.stack == ACCOUNT:
        text = f"the bucket is made\n{tag.sentence('EVENT')}\nnext: `pophub deploy EVENT` for each event"
        return Outcome({"stack": ACCOUNT, "cost_tag": tag.facts}, text)
    name, made = operation.stack, app.deployment(operation.stack)
    text = (
        f"{name} is deployed: {made.hub_url} is {made.instance_id} at {made.public_ip} in {made.region}\n"
        f"{tag.sentence(name)}\n"
        "next: sign in and run a notebook, before the participants do\n"
        f"      after a change of {event_file(name)}: pophub deploy {name}\n"
        f"      when the event is over: pophub destroy {name}"
    )
    return Outcome({**made.model_dump(), "cost_tag": tag.facts}, text)


def require_means(aws: Aws, require_tools: Callable[[], object] = toolchain.check) -> None:
    """Check within seconds, before the organizer is asked, that a deploy or destroy can start.

    Raises:
        PophubError: Terraform, Node.js or usable AWS credentials are missing.
    """
    require_tools()
    aws.account_id()


def destroy_stack(app: TerraformApp, operation: StackOperation) -> None:
    """Destroy the stack, and nothing else. It is not an error if nothing is deployed."""
    _carry_out(app, app.destroy, operation)


def _preview(app: TerraformApp, preview: Callable[[str], Changes], operation: StackOperation) -> Outcome:
    require_region(operation.stack, operation.region, app.folder)
    changes = preview(operation.stack)
    return Outcome({"stack": operation.stack, **changes.facts}, changes.text)


def _carry_out(app: TerraformApp, step: Callable[[str], object], operation: StackOperation) -> None:
    require_region(operation.stack, operation.region, app.folder)
    try:
        step(operation.stack)
    except KeyboardInterrupt as interrupt:
        raise PophubError(
            "interrupted; what was made or taken away until then is written in the state",
            hint="the same command goes on where it stopped",
        ) from interrupt


def _plan_account(environ: Mapping[str, str]) -> StackOperation:
    account = load_account(ACCOUNT_FILE)
    tag = f"{EVENT_TAG}, so that AWS budgets count" if account.activate_cost_tag else "left to the account that pays"
    rows = (
        ("into", _aws(environ, account.region)),
        ("bucket", f"the bucket {account.bucket or bucket_name('<AWS account id>')}, protected from a destroy"),
        ("tag", tag),
        ("cost", "what lies in the bucket: cents a month, until archives lie there"),
    )
    return StackOperation(ACCOUNT, account.region, "account: what all events of this AWS account share, once", rows)


def _cleanup_without_event_file(stack: str) -> str:
    """How to clean up if the event's file is missing or broken; empty if the stack was never created from this checkout."""
    folder = f"{OUT}/stacks/{stack}"
    text = f"\nor without the file: `pophub leftovers {stack} --region REGION` lists what the event still has; then "
    text += f"`terraform -chdir={folder} destroy` removes it and archives nothing: only the snapshot keeps the homes"
    return text if (ROOT / folder).is_dir() else ""


def _mail(event: Event) -> tuple[tuple[str, str], ...]:
    """Each address must confirm: https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html."""
    if not event.contact:
        return ()
    text = f"{', '.join(event.contact)}: AWS asks each address to confirm. Before that it gets budget mails only, none "
    return (("mail", f"{text}about a hub that does not start"),)


def _aws(environ: Mapping[str, str], region: str) -> str:
    profile = environ.get("AWS_PROFILE")
    account = f"AWS, {f'profile {profile}' if profile else 'your default credentials'}"
    if endpoint := environ.get("AWS_ENDPOINT_URL"):
        account = f"the AWS at {endpoint}"
    return f"{account}, {region}"


def _machine(plan: Plan) -> str:
    machine = plan.sizing.machine
    details = f", {machine.vcpus} vCPU, {machine.memory_gib} GiB" if machine else ""
    people = f"for {plan.event.participants} people at once"
    workers = plan.workers
    beside = f", and {workers.count} workers {workers.machine.name}" if workers else ""
    return f"{plan.instance_type}{details}{beside}, {people}{', as deployed' if plan.is_pinned else ''}"


def _early(plan: Plan, now: datetime) -> tuple[str, ...]:
    """Warn if the high case exceeds the budget: until somebody uses the hub, only the schedule stops the machine."""
    cost = plan.today
    if cost is None or cost.high.usd <= plan.event.budget_usd:
        return ()
    if cost.too_small_a_budget:
        return (cost.too_small_a_budget,)
    first = next(instant for instant in plan.timetable.firings("stop") if instant > now)
    return (
        f"the high case is more than the budget: the machine may run from now to its first stop, "
        f"{first:%Y-%m-%d %H:%M} UTC; deploy nearer to the event, or stop the machine by hand once you have tried it",
    )
