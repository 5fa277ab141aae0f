"""Whole days of an event, minute by minute: the schedules that the stacks make, a machine of the lab AWS, the hub's watch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lab.aws import ACCOUNT_ID, LabAws
from lab.event_day import EventDay, Switch, Visit
from lab.plans import plan_of
from pophub.organizer.deploy.watch_settings import watch_settings
from pophub.organizer.event.event_file import load_event
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth
PACIFIC, BERLIN = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/Berlin")
Days = Callable[[str, datetime], EventDay]


def put_role(aws: LabAws, stack: Stack, region: str, instance: str) -> str:
    """The schedule's role with the stack's own permissions; its ARN."""
    machine = f"arn:aws:ec2:{region}:{ACCOUNT_ID}:instance/{instance}"
    permissions = str(stack.at("schedule/permissions")["policy"]).replace(
        stack.reference("hub/instance", "arn"), machine
    )
    permissions = re.sub(
        r"\$\{aws_cloudwatch_\w+\.\w+\.arn\}", f"arn:aws:cloudwatch:{region}:{ACCOUNT_ID}:alarm:a", permissions
    )
    permissions = re.sub(r"\$\{[^}]+kms_key_id\}", f"arn:aws:kms:{region}:{ACCOUNT_ID}:key/a", permissions)
    name = f"schedule-{instance}"
    iam = aws.client("iam", region)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=str(stack.at("schedule/role")["assume_role_policy"]))
    iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=permissions)
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"


def put_schedules(aws: LabAws, stack: Stack, region: str, instance: str) -> str:
    """The stack's schedules, as Terraform would have AWS make them; the group's name."""
    role = put_role(aws, stack, region, instance)
    scheduler = aws.client("scheduler", region)
    group = str(stack.only("aws_scheduler_schedule_group")["name"])
    scheduler.create_schedule_group(Name=group)
    put_alarm(aws, stack, region, instance)
    alarm = stack.reference("starts/not_running", "alarm_name")
    values = {stack.reference("hub/instance", "id"): instance, alarm: stack.at("starts/not_running")["alarm_name"]}
    for it in stack.all("aws_scheduler_schedule"):
        target = it["target"]
        request = target["input"]
        for reference, value in values.items():
            request = request.replace(reference, value)
        scheduler.create_schedule(
            Name=it["name"],
            GroupName=group,
            ScheduleExpression=it["schedule_expression"],
            ScheduleExpressionTimezone=it["schedule_expression_timezone"],
            FlexibleTimeWindow={"Mode": it["flexible_time_window"]["mode"]},
            Target={
                "Arn": target["arn"],
                "RoleArn": role,
                "Input": request,
            },
        )
    return group


def put_alarm(aws: LabAws, stack: Stack, region: str, instance: str) -> None:
    """The alarm that a look sets."""
    alarm = stack.at("starts/not_running")
    aws.client("cloudwatch", region).put_metric_alarm(
        AlarmName=alarm["alarm_name"],
        ComparisonOperator=alarm["comparison_operator"],
        Dimensions=[{"Name": "InstanceId", "Value": instance}],
        EvaluationPeriods=alarm["evaluation_periods"],
        MetricName=alarm["metric_name"],
        Namespace=alarm["namespace"],
        Period=alarm["period"],
        Statistic=alarm["statistic"],
        Threshold=alarm["threshold"],
        TreatMissingData=alarm["treat_missing_data"],
    )


@pytest.fixture
def days(lab_aws: LabAws, synth: Synthesis, tmp_path: Path) -> Iterator[Days]:
    """An event of the stacks from a moment on, with a machine that is off."""
    made: list[tuple[EventDay, str, str, str]] = []

    def make(name: str, start: datetime) -> EventDay:
        event, stack = load_event(synth.folder / "events" / f"{name}.yaml"), synth.stacks[name]
        ec2 = lab_aws.client("ec2", event.region)
        machine = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        ec2.stop_instances(InstanceIds=[machine])
        group = put_schedules(lab_aws, stack, event.region, machine)
        # as JSON, which is how the hub has it
        settings = json.loads(json.dumps(watch_settings(plan_of(event))))
        day = EventDay(
            lab_aws, event.region, group, machine, settings=settings, folder=tmp_path / "machine", start=start
        )
        made.append((day, event.region, group, machine))
        return day

    yield make
    for day, region, group, machine in made:
        day.stop()
        lab_aws.client("ec2", region).terminate_instances(InstanceIds=[machine])
        scheduler = lab_aws.client("scheduler", region)
        for it in scheduler.list_schedules(GroupName=group)["Schedules"]:
            scheduler.delete_schedule(Name=it["Name"], GroupName=group)
        scheduler.delete_schedule_group(Name=group)


def monday(clock: str, day: int = 1) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2027, 3, day, hour, minute, tzinfo=PACIFIC)


def people(day: int, leave: str) -> list[Visit]:
    return [Visit(f"p{number}", monday("08:55", day), monday(leave, day)) for number in range(5)]


def warned(day: EventDay) -> list[str]:
    """When the watch warned, by the clocks of the event."""
    return [
        f"{datetime.fromisoformat(it['at']).astimezone(PACIFIC):%d %H:%M}"
        for it in day.decisions
        if it["action"] == "warn"
    ]


def test_a_day_begins_by_the_schedule_ends_by_the_watch_and_the_next_begins_by_the_schedule(days: Days) -> None:
    day = days("geo-hackweek", monday("06:00"))
    day.play(monday("08:55"), people(1, "18:10"))
    assert day.switches == [Switch(monday("08:45"), "on", "start-2027-03-0845")]

    day.play(monday("18:10"), people(1, "18:10"))
    assert (day.hub.servers, warned(day)) == (["p0", "p1", "p2", "p3", "p4"], [])
    assert day.decisions[-1]["action"] == "keep"

    # work until 18:09, and half an hour of it is enough: announced at ten and at two minutes
    day.play(monday("08:44", 2))
    assert warned(day) == ["01 18:29", "01 18:37"]
    assert day.switches[1:] == [Switch(monday("18:39"), "off", "watch")]
    assert day.hub.servers == []

    # the schedule's stop at 01:30 finds nothing to do; in the morning servers are there before anybody is
    day.play(monday("08:54", 2))
    assert day.switches[2:] == [Switch(monday("08:45", 2), "on", "start-2027-03-0845")]
    assert day.hub.servers == ["p0", "p1", "p2", "p3", "p4"]
    day.play(monday("09:30", 2), people(2, "09:30"))
    assert (len(day.switches), day.turned_away) == (3, set())


def test_a_watch_that_was_killed_leaves_the_machine_to_the_schedules_stop(days: Days) -> None:
    day = days("geo-hackweek", monday("08:00"))
    visits = people(1, "18:10")
    day.play(monday("12:00"), visits)
    day.kill_the_watch()
    day.play(monday("09:30", 2), visits)

    assert day.switches == [
        Switch(monday("08:45"), "on", "start-2027-03-0845"),
        Switch(monday("01:30", 2), "off", "stop-2027-03-0130"),
        Switch(monday("08:45", 2), "on", "start-2027-03-0845"),
    ]
    # and with the machine the watch is back
    assert day.decisions[-1]["at"] == (monday("09:29", 2)).astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds")


def test_a_machine_that_is_deployed_long_before_the_event_and_never_opens_is_off_in_the_night(days: Days) -> None:
    """Its installation has failed before there was a watch, and the first session is nine days away."""
    day = days("geo-hackweek", datetime(2027, 2, 20, 14, tzinfo=PACIFIC))
    day.start_by_hand()
    day.kill_the_watch()
    day.play(datetime(2027, 2, 22, 5, tzinfo=PACIFIC))

    assert day.switches[1:] == [Switch(datetime(2027, 2, 21, 4, tzinfo=PACIFIC), "off", "night-2027-02-0400")]


def test_a_machine_starts_by_its_own_clocks_in_the_night_in_which_they_change(days: Days) -> None:
    """Berlin, 28 March 2027: the hour from two to three does not exist; the morning comes an hour earlier in UTC."""
    ten = datetime(2027, 3, 27, 10, tzinfo=BERLIN), datetime(2027, 3, 28, 10, tzinfo=BERLIN)
    day = days("winter-school", ten[0] - timedelta(hours=1))
    day.play(ten[0] + timedelta(minutes=5), [Visit("ada", ten[0], ten[1])])
    day.kill_the_watch()
    day.play(datetime(2027, 3, 28, 18, tzinfo=BERLIN), [Visit("ada", ten[1], ten[1] + timedelta(minutes=5))])

    assert [f"{it.at:%d %H:%M} {it.state} {it.by}" for it in _in_utc(day)] == [
        "27 08:45 on start-2027-03-0945",
        "27 23:00 off stop-2027-03-0000",
        "28 07:45 on start-2027-03-0945",
        "28 14:10 off watch",
    ]
    assert day.turned_away == set()


def test_the_last_stop_ends_an_event_that_somebody_started_once_more(days: Days, lab_aws: LabAws) -> None:
    """By hand on the last evening, and the watch is dead."""
    day = days("geo-hackweek", monday("22:00", 12))
    day.start_by_hand()
    day.kill_the_watch()
    day.play(monday("02:00", 13), [Visit("ada", monday("22:05", 12), monday("02:00", 13))])

    assert day.switches[1:] == [Switch(monday("23:59", 12), "off", "last-stop")]


def _in_utc(day: EventDay) -> list[Switch]:
    return [Switch(it.at.astimezone(ZoneInfo("UTC")), it.state, it.by) for it in day.switches]
