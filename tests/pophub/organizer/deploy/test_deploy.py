"""What an organizer is told before and after a deploy and a destroy, and when there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.deploy.deploy import (
    StackOperation,
    deploy,
    destroy_stack,
    plan_deploy,
    plan_destroy,
    preview_deploy,
    preview_destroy,
    require_means,
)
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.parameters import MADE_UP, UNCHANGED
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.paths import EXAMPLE_EVENT

NOW = datetime(2027, 2, 28, 12, tzinfo=UTC)
SECRETS = {"GITHUB_CLIENT_ID": "Iv1.id", "GITHUB_CLIENT_SECRET": "the-secret"}
PLANNED = {"address": "aws_vpc.v", "type": "aws_vpc", "mode": "managed", "change": {"actions": ["create"]}}


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def geo_hackweek(events: Path) -> Path:
    path = events / "geo-hackweek.yaml"
    path.write_text(EXAMPLE_EVENT.read_text())
    return path


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _plan(name: str = "geo-hackweek", **changes: Any) -> StackOperation:
    return plan_deploy(
        name,
        **{
            "aws": NeverDeployed(),
            "now": NOW,
            "environ": SECRETS,
            "dry_run": False,
            "require_tools": lambda: None,
            **changes,
        },
    )


class NeverDeployed(Aws):
    """An AWS that has nothing of the event."""

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        return {"Account": "123456789012", "Parameters": []}


def _told(plan: StackOperation) -> str:
    return "\n".join([plan.title, *(f"{name}: {what}" for name, what in plan.rows), *plan.warnings])


class NoBilling(Aws):
    """An AWS whose Billing has not seen the tag."""

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        return {"CostAllocationTags": []}


class FakeApp:
    """Notes what was asked of it; raises what it is given."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.asked: list[str] = []
        self.folder = Path("/nowhere")
        self._error = error

    def deployment(self, event: str) -> Deployment:
        return Deployment.model_construct(
            event=event, hub_url="https://hub.example.org", instance_id="i-1", public_ip="192.0.2.1", region="eu"
        )

    def _do(self, what: str) -> Changes:
        self.asked.append(what)
        if self._error:
            raise self._error
        return Changes({"resource_changes": [PLANNED]}, str, Path("a.log"))

    def deploy(self, stack: str) -> None:
        self._do(f"deploy {stack}")

    def destroy(self, stack: str) -> None:
        self._do(f"destroy {stack}")

    def preview_deploy(self, stack: str) -> Changes:
        return self._do(f"preview deploy {stack}")

    def preview_destroy(self, stack: str) -> Changes:
        return self._do(f"preview destroy {stack}")


def test_before_a_deploy_it_is_told_what_it_makes_and_costs() -> None:
    told = _told(_plan())

    for part in (
        "geo-hackweek: Geo Hackweek 2027",
        "into: AWS, your default credentials, us-west-2",
        "r6i.8xlarge, 32 vCPU, 256 GiB, for 60 people at once",
        "https://hub.geohackweek.example.org",
        "hourly: 2.09 USD while the machine runs, 0.08 while it is stopped",
        "cost: 150 USD expected, 123 to 415, if deployed on 2027-02-28; the machine runs",
        "budget: the budget of 400 USD covers the expected case, not the high one",
        "list prices of 2026-10-01",
    ):
        assert part in told


def test_workers_are_told_before_a_deploy(geo_hackweek: Path) -> None:
    _change(geo_hackweek, "workers: null", "workers: {type: r7i.2xlarge}")

    told = _told(_plan())

    assert "c7i.xlarge, 4 vCPU, 8 GiB, and 4 workers r7i.2xlarge, for 60 people at once" in told
    assert "hourly: 2.41 USD while the machine runs with all workers, 0.08 while it is stopped" in told


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"AWS_PROFILE": "hackweeks"}, "AWS, profile hackweeks, us-west-2"),
        ({"AWS_PROFILE": "hackweeks", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "the AWS at http://127.0.0.1:1, us-west-2"),
    ],
)  # fmt: skip
def test_it_is_told_into_which_aws(environ: dict[str, str], told: str) -> None:
    assert dict(_plan(environ=SECRETS | environ).rows)["into"] == told
    assert dict(plan_destroy("geo-hackweek", environ=environ).rows)["in"] == told


def test_a_deploy_long_before_the_event_is_warned_of(geo_hackweek: Path) -> None:
    _change(geo_hackweek, "budget_usd: 400", "budget_usd: 450")
    new_year, early = _plan(now=datetime(2026, 11, 20, tzinfo=UTC)).warnings

    assert new_year.startswith("from the deployment on 2026-11-20 to `ends` on 2027-03-12 the year changes")
    assert early.startswith(
        "the high case is more than the budget: the machine may run from now to its first stop, 2026-12-31"
    )
    assert not [told for told in _plan().warnings if "budget" in told]


def test_a_deploy_tells_the_planned_cost_and_why_one_today_costs_more() -> None:
    rows = [what for name, what in _plan(now=datetime(2026, 11, 30, tzinfo=UTC)).rows if name in ("cost", "")]

    assert rows[0].startswith("150 USD expected, 123 to 415, if deployed on 2027-02-28")
    assert "if deployed now: disks and address cost 90 days more" in rows[1]


def test_a_budget_below_the_expected_cost_is_warned_of(geo_hackweek: Path) -> None:
    _change(geo_hackweek, "budget_usd: 400", "budget_usd: 30")

    assert "less than the 151 USD that this event is expected to cost" in _told(_plan())


def test_a_machine_of_unknown_price_is_deployed_without_a_cost(geo_hackweek: Path) -> None:
    _change(geo_hackweek, "instance_type: null", "instance_type: m9i.large")

    assert dict(_plan().rows)["cost"] == "not known; the budget is 400 USD"


def test_secrets_come_from_either_kind_of_variable_and_are_not_printed() -> None:
    environ = {"TF_VAR_github_client_id": "Iv1.id", "GITHUB_CLIENT_SECRET": "the-secret\n"}
    plan = _plan(environ=environ)

    assert plan.secrets == {
        "TF_VAR_github_client_id": "Iv1.id",
        "TF_VAR_github_client_secret": "the-secret",
        "TF_VAR_wake_key": MADE_UP,
    }
    assert "the-secret" not in repr(plan)


@pytest.mark.parametrize("unset", [{}, {"GITHUB_CLIENT_SECRET": ""}, {"TF_VAR_github_client_secret": "unset"}])
def test_a_missing_secret_is_told_with_where_it_comes_from(unset: dict[str, str]) -> None:
    with pytest.raises(PophubError) as refused:
        _plan(environ={"GITHUB_CLIENT_ID": "Iv1.id", **unset})

    assert refused.value.problem == "GITHUB_CLIENT_SECRET is not set"
    assert "https://hub.geohackweek.example.org/hub/oauth_callback" in refused.value.hint
    assert "OAuth Apps" in refused.value.hint


@pytest.mark.parametrize(
    ("way", "names", "source"),
    [
        ("google: {hosted_domain: [uni.example]}", "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET", "Google Cloud console"),
        ("shared_password: {admins: [ada]}", "SHARED_PASSWORD and ADMIN_PASSWORD", "two long passwords"),
    ],
)
def test_each_way_to_sign_in_has_its_own_secrets(geo_hackweek: Path, way: str, names: str, source: str) -> None:
    text = geo_hackweek.read_text()
    start, end = text.index("  github:"), text.index("server:\n")
    geo_hackweek.write_text(f"{text[:start]}  {way}\n{text[end:]}")
    with pytest.raises(PophubError) as refused:
        _plan(environ={})

    assert refused.value.problem == f"{names} are not set"
    assert source in refused.value.hint


def test_a_hub_without_secrets_needs_none(geo_hackweek: Path) -> None:
    text = geo_hackweek.read_text()
    start, end = text.index("  github:"), text.index("server:\n")
    geo_hackweek.write_text(f"{text[:start]}  system: {{create_users: true, admins: [ada]}}\n{text[end:]}")

    assert _plan(environ={}).secrets == {"TF_VAR_wake_key": MADE_UP}


@pytest.mark.parametrize(("old", "new"), [("tls: {mode: acme}", "tls: {mode: none}"), ("wake: {", "wake: false #")])
def test_an_event_that_nobody_wakes_needs_no_key_for_it(geo_hackweek: Path, old: str, new: str) -> None:
    _change(geo_hackweek, old, new)

    assert "TF_VAR_wake_key" not in _plan(environ={}, dry_run=True).secrets


def test_a_dry_run_goes_without_secrets() -> None:
    plan = _plan(environ={}, dry_run=True)

    assert plan.secrets == dict.fromkeys(
        ("TF_VAR_github_client_id", "TF_VAR_github_client_secret", "TF_VAR_wake_key"), UNCHANGED
    )


def test_a_past_event_is_not_deployed_but_can_be_destroyed() -> None:
    with pytest.raises(PophubError, match="the event is past"):
        _plan(now=datetime(2028, 1, 1, tzinfo=UTC))

    assert plan_destroy("geo-hackweek", environ={}).stack == "geo-hackweek"


def test_all_problems_of_a_file_are_told_before_anything_is_done(geo_hackweek: Path) -> None:
    _change(geo_hackweek, "participants: 60", "participants: 0")
    _change(geo_hackweek, "budget_usd: 400", "budget_usd: -1")
    with pytest.raises(PophubError) as refused:
        _plan(environ={})

    assert [problem.field for problem in refused.value.problems] == ["participants", "budget_usd"]


def test_a_problem_of_the_plan_is_told_with_its_line(geo_hackweek: Path) -> None:
    _change(geo_hackweek, "instance_type: null", "instance_type: m7g.large")
    with pytest.raises(PophubError) as refused:
        _plan()

    assert [problem.field for problem in refused.value.problems] == ["host.instance_type"]


def test_a_file_elsewhere_is_no_stack() -> None:
    with pytest.raises(PophubError, match="only files there are deployed") as refused:
        _plan(str(EXAMPLE_EVENT))

    assert refused.value.hint.startswith(f"cp {EXAMPLE_EVENT} ")
    assert refused.value.hint.endswith(f"/{EXAMPLE_EVENT.stem}.yaml")


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc"])
def test_what_is_no_event_file_is_not_to_be_copied_among_them(path: str) -> None:
    with pytest.raises(PophubError, match=f"{path}.*: file: ") as refused:
        _plan(path)

    assert "cp " not in f"{refused.value} {refused.value.hint}"


def test_a_file_of_the_folder_can_be_given_by_its_path(geo_hackweek: Path) -> None:
    assert _plan(str(geo_hackweek)).stack == "geo-hackweek"


def test_an_event_that_cannot_be_read_can_still_be_destroyed_with_terraform_alone(
    geo_hackweek: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pophub.organizer.deploy.deploy.ROOT", tmp_path)
    (tmp_path / "cdktf.out" / "stacks" / "geo-hackweek").mkdir(parents=True)
    geo_hackweek.unlink()
    with pytest.raises(PophubError, match="cannot be read") as refused:
        plan_destroy("geo-hackweek", environ={})

    first, _, then = refused.value.hint.partition("terraform -chdir=cdktf.out/stacks/geo-hackweek destroy")
    assert "pophub leftovers geo-hackweek" in first
    assert "archives nothing" in then


def test_a_mistyped_event_is_not_to_be_destroyed_with_terraform(
    geo_hackweek: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pophub.organizer.deploy.deploy.ROOT", tmp_path)
    with pytest.raises(PophubError, match="did you mean `geo-hackweek`") as refused:
        plan_destroy("geo-hackwek", environ={})

    assert "terraform" not in refused.value.hint


def test_before_a_destroy_it_is_told_what_goes_and_what_stays() -> None:
    told = _told(plan_destroy("geo-hackweek", environ={}))

    assert "goes: the machine and the servers on it, https://hub.geohackweek.example.org" in told
    assert "stays: a snapshot of the homes, at most 30.20 USD a month" in told
    assert "stays: the bucket" in told


def test_the_account_is_deployed_like_an_event_and_never_destroyed() -> None:
    told = _told(_plan("account", environ={}))

    assert "pophub-<AWS account id>, protected from a destroy" in told
    with pytest.raises(PophubError, match="bucket is protected"):
        plan_destroy("account", environ={})


def test_after_a_deploy_it_is_told_where_the_hub_is_and_what_comes_next() -> None:
    app = FakeApp()
    outcome = deploy(app, _plan(), NoBilling(), now=NOW)

    assert app.asked == ["deploy geo-hackweek"]
    assert outcome.text.startswith(
        "geo-hackweek is deployed: https://hub.example.org is i-1 at 192.0.2.1 in eu\n"
        "AWS budget: it does not see this event's costs, because the tag pophub:event has not reached AWS Billing yet"
    )
    assert "pophub destroy geo-hackweek" in outcome.text
    assert outcome.facts["instance_id"] == "i-1"


def test_after_the_account_come_the_events() -> None:
    outcome = deploy(FakeApp(), _plan("account"), NoBilling(), now=NOW)

    assert outcome.facts["cost_tag"]["state"] == "unseen"
    assert (outcome.facts["stack"], outcome.text.splitlines()[-1]) == (
        "account",
        "next: `pophub deploy EVENT` for each event",
    )


def test_only_the_stack_is_taken_away() -> None:
    app = FakeApp()
    destroy_stack(app, plan_destroy("geo-hackweek", environ={}))

    assert app.asked == ["destroy geo-hackweek"]


def test_a_destroy_without_an_archive_is_told_as_such() -> None:
    told = [dict(plan_destroy("geo-hackweek", environ={}, archives=it).rows)["first"] for it in (True, False)]

    assert told == [
        "the hub closes, and every home goes into the bucket and is read back; kept 90 days",
        "nothing is archived: people's work stays only in the snapshot",
    ]


@pytest.mark.parametrize(
    ("preview", "asked"),
    [(preview_deploy, "preview deploy geo-hackweek"), (preview_destroy, "preview destroy geo-hackweek")],
)
def test_a_preview_changes_nothing(preview: Callable[..., Any], asked: str) -> None:
    app = FakeApp()
    outcome = preview(app, plan_destroy("geo-hackweek", environ={}))

    assert (app.asked, outcome.facts["changes"], outcome.facts["stack"]) == ([asked], [PLANNED], "geo-hackweek")
    assert outcome.text.splitlines()[0] == "1 made, 0 changed, 0 replaced, 0 destroyed"


@pytest.mark.parametrize("do", [lambda app, plan: deploy(app, plan, NoBilling(), now=NOW), destroy_stack])
def test_an_interrupt_is_told_with_what_it_means(do: Callable[..., Any]) -> None:
    with pytest.raises(PophubError, match="interrupted; what was made or taken away") as refused:
        do(FakeApp(KeyboardInterrupt()), plan_destroy("geo-hackweek", environ={}))

    assert refused.value.hint == "the same command goes on where it stopped"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"SHARED_PASSWORD": "seven77", "ADMIN_PASSWORD": "a" * 32}, "SHARED_PASSWORD is too short"),
        ({"SHARED_PASSWORD": "eight888", "ADMIN_PASSWORD": "a" * 31}, "ADMIN_PASSWORD is too short: the hub takes 32"),
    ],
)
def test_a_password_that_the_hub_would_refuse_is_refused_before(
    geo_hackweek: Path, given: dict[str, str], problem: str
) -> None:
    text = geo_hackweek.read_text()
    start, end = text.index("  github:"), text.index("server:\n")
    geo_hackweek.write_text(f"{text[:start]}  shared_password: {{admins: [ada]}}\n{text[end:]}")
    with pytest.raises(PophubError, match=problem) as refused:
        _plan(environ=given)

    assert "think of a longer one" in refused.value.hint
    assert not [value for value in given.values() if value in str(refused.value)]


def test_a_missing_address_of_a_database_is_told_with_its_form(geo_hackweek: Path) -> None:
    geo_hackweek.write_text(geo_hackweek.read_text().replace("database: sqlite", "database: postgresql"))
    with pytest.raises(PophubError, match="DATABASE_URL is not set") as refused:
        _plan(environ={"GITHUB_CLIENT_ID": "Iv1.id", "GITHUB_CLIENT_SECRET": "the-secret"})

    assert "postgresql://USER:PASSWORD@HOST/DATABASE" in refused.value.hint


def test_an_event_whose_region_was_changed_after_its_deploy_is_left_as_it_is(
    tmp_path: Path,
) -> None:
    app = FakeApp()
    app.folder = tmp_path
    state = {"outputs": {"region": {"value": "eu-west-1"}}, "resources": [{}]}
    (tmp_path / "terraform.geo-hackweek.tfstate").write_text(json.dumps(state))
    goes, stays = plan_destroy("geo-hackweek", environ={}), _plan()

    for refused in (
        lambda: preview_deploy(app, stays),
        lambda: deploy(app, stays, NoBilling(), now=NOW),
        lambda: preview_destroy(app, goes),
        lambda: destroy_stack(app, goes),
    ):
        with pytest.raises(PophubError, match="is deployed in eu-west-1, and its event's file says us-west-2"):
            refused()
    assert app.asked == []


@pytest.mark.parametrize("missing", ["programs", "credentials"])
def test_what_every_deploy_needs_is_looked_for_first(missing: str) -> None:
    class NobodysAws(Aws):
        def account_id(self) -> str:
            raise PophubError("there are no AWS credentials")

    def check() -> None:
        if missing == "programs":
            raise PophubError("Terraform is not installed")

    with pytest.raises(PophubError, match="Terraform is not" if missing == "programs" else "no AWS credentials"):
        require_means(NobodysAws(), check)
