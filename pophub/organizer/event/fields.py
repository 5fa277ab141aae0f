"""The types of value in our YAML files, each with the error texts for a wrong value. It does not know the event model."""

from __future__ import annotations

import difflib
import re
from datetime import date, time
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from pophub.organizer.event.checks import Checked, JsonSchema, formed, text_of, wrong

# an event's name becomes part of AWS names, which are short and without capitals
NAME = r"[a-z][a-z0-9-]{1,30}"
# arguments that connect a server to its hub; JupyterHub sets them
OF_THE_HUB = (
    r"--(ServerApp|NotebookApp|IdentityProvider|PasswordIdentityProvider|LabApp)\.(port|ip|sock|base_url|token|password"
    r"|hashed_password|identity_provider_class|authorizer_class|allow_unauthenticated_access|root_dir)\b|--(port|ip)\b"
)
# the path of a page on GitHub or GitLab that shows a folder or a file of a branch
PAGE = "/(?:-/)?(?:tree|blob)/(.*)"
# a part of a path that consists only of dots
DOTS = r"(^|/)\.{1,2}(/|$)"
# the last year in a cron expression of EventBridge Scheduler is 2199; nobody planned an event with pophub before 2020
YEARS = range(2020, 2200)
DAY = "(20[2-9][0-9]|21[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise wrong("not a number")


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise wrong("not a date of the calendar, YYYY-MM-DD")
    if day.year not in YEARS:
        raise wrong(f"not a year between {YEARS[0]} and {YEARS[-1]}")
    return day


def _clock(value: object) -> object:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(CLOCK, value):
        return time.fromisoformat(value)
    raise wrong("not a time of day, HH:MM from 00:00 to 23:59")


def _zone(value: str) -> str:
    """Accept only names that EventBridge and the hub's Debian know too; Debian no longer has `US/Eastern`, for example."""
    if value in time_zones():
        return value
    near = _old_names().get(value) or next(iter(difflib.get_close_matches(value[:60], sorted(time_zones()), n=1)), "")
    raise wrong("not a time zone of the IANA list, Area/City", f"did you mean `{near}`?" if near else "")


def _schema_of_zones(inner: JsonSchema) -> JsonSchema:
    return inner | {"enum": sorted(time_zones()), "errorMessage": "not a time zone of the IANA list, Area/City"}


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA list's places, and of Etc.

    Debian's tzdata has these; older names are in tzdata-legacy: https://packages.debian.org/trixie/tzdata-legacy
    """
    etc = (name for name in available_timezones() if re.fullmatch(r"UTC|Etc/[A-Za-z0-9_+-]+", name))
    return frozenset({*places(), *etc})


@cache
def places() -> dict[str, tuple[float, float]]:
    """Latitude and longitude, in degrees, of the city that a time zone is named after.

    The table writes them as ±DDMM±DDDMM, or with seconds (ISO 6709).
    """
    rows = (line.split("\t") for line in _of_the_list("zone.tab") if not line.startswith("#"))
    found = {row[2]: re.fullmatch(r"([+-]\d\d)(\d\d)(?:\d\d)?([+-]\d{3})(\d\d)(?:\d\d)?", row[1]) for row in rows}
    return {name: (_degrees(at[1], at[2]), _degrees(at[3], at[4])) for name, at in found.items() if at}


def _degrees(degrees: str, minutes: str) -> float:
    return int(degrees) + int(f"{degrees[0]}{minutes}") / 60


@cache
def _old_names() -> dict[str, str]:
    """Old names of time zones, and today's name of each."""
    rows = (line.split() for line in _of_the_list("tzdata.zi") if line.startswith("L "))
    return {old: now for _, now, old in rows if now in time_zones()}


def _of_the_list(name: str) -> list[str]:
    return resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()


def _pinned(value: str) -> str:
    name, _, digest = value.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if digest or (tag and tag != "latest"):
        return value
    raise wrong(
        "the image is not pinned, so two participants could get two images",
        "add a tag other than `latest`, or a digest",
    )


def _repository(value: str) -> str:
    page = re.search(PAGE, value)
    if page is None:
        return value
    branch = page[1].split("/")[0] or "main"
    raise wrong(
        "this is a page of a repository, not the repository",
        f"`content: {value[: page.start()]}`, and `content_branch: {branch}` if that is not its default branch",
    )


def _folder(value: str) -> str:
    if re.search(DOTS, value):
        raise wrong("a folder below the home needs no `.` and no `..`")
    return value


def _argument(value: str) -> str:
    if re.match(OF_THE_HUB, value):
        raise wrong("JupyterHub sets this itself; without it nobody gets in, or everybody", "leave it out")
    return value


_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])"
_ANY_HOST = _HOST.replace("a-z", "A-Za-z")

# only a YAML number: a number in quotes is text
number = BeforeValidator(_number)

Text = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=200),
    formed(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+", "one line of text"),
]
Count = Annotated[int, Field(strict=True)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=12), number]
# a Jupyter server needs about 0.11 GiB before it starts a kernel
MemoryGib = Annotated[Decimal, Field(ge=Decimal("0.25"), le=512, max_digits=12), number]
Cpus = Annotated[Decimal, Field(ge=Decimal("0.1"), le=128, max_digits=12), number]
Day = Annotated[date, Checked(BeforeValidator(_day), lambda _: text_of(DAY, "a date, YYYY-MM-DD"))]
Clock = Annotated[time, Checked(BeforeValidator(_clock), lambda _: text_of(CLOCK, "a time of day in quotes, HH:MM"))]
TimeZone = Annotated[
    str,
    Field(strict=True),
    Checked(AfterValidator(_zone), _schema_of_zones),
]
Region = Annotated[str, Field(strict=True), formed(r"[a-z]{2}(-[a-z]+)+-[0-9]", "the code of an AWS region")]
# a Local Zone (us-west-2-lax-1a) or a Wavelength Zone does not match: the region's addresses do not work there
# https://docs.aws.amazon.com/local-zones/latest/ug/how-local-zones-work.html
AvailabilityZone = Annotated[
    str,
    Field(strict=True),
    formed(r"[a-z]{2}(-[a-z]+)+-[0-9][a-z]", "the name of an availability zone, as us-west-2b"),
]
Hostname = Annotated[str, Field(strict=True, max_length=253), formed(_HOST, "a host name in small letters")]
Mail = Annotated[
    str,
    Field(strict=True, max_length=254),
    formed(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_ANY_HOST}", "a mail address"),
]
InstanceTypeName = Annotated[
    str,
    Field(strict=True, max_length=60),
    formed(r"[a-z][a-z0-9-]*[0-9][a-z0-9-]*\.[a-z0-9-]+", "the name of an EC2 instance type"),
]
Organization = Annotated[
    str,
    Field(strict=True),
    formed(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(:[A-Za-z0-9._-]{1,100})?", "an organization or organization:team"),
]
Username = Annotated[str, Field(strict=True), formed(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}", "a user name")]
Image = Annotated[
    str,
    # a digest, or a tag other than `latest`
    Field(strict=True, max_length=300, json_schema_extra={"allOf": [{"pattern": "@|:(?!latest$)[^:/]+$"}]}),
    formed(r"[a-z0-9][a-z0-9._:/-]*(:[A-Za-z0-9_.-]+)?(@sha256:[0-9a-f]{64})?", "the name of a container image"),
    AfterValidator(_pinned),
]
UrlPath = Annotated[str, Field(strict=True, max_length=300), formed(r"/[!-~]*", "a path that starts with /")]
RepositoryUrl = Annotated[
    str,
    Field(strict=True, max_length=500, json_schema_extra={"not": {"pattern": PAGE}}),
    formed(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)+/?", "the https:// address of a git repository"),
    AfterValidator(_repository),
]
CsvFile = Annotated[
    str,
    Field(strict=True, max_length=300),
    formed(r"[^\x00-\x1f\x7f]+\.[Cc][Ss][Vv]", "the name of a CSV file, as people.csv"),
]
LogoFile = Annotated[
    str,
    Field(strict=True, max_length=300),
    formed(r"[^\x00-\x1f\x7f]+\.([Ss][Vv][Gg]|[Pp][Nn][Gg])", "the name of an SVG or PNG file, as logo.svg"),
]
Colour = Annotated[str, Field(strict=True), formed(r"#[0-9A-Fa-f]{6}", 'a colour in quotes, as "#1f6aa5"')]
Branch = Annotated[
    str,
    Field(strict=True, max_length=200),
    formed(r"[A-Za-z0-9][A-Za-z0-9._/-]*", "the name of a branch"),
]
HomeFolder = Annotated[
    str,
    Field(strict=True, max_length=300, json_schema_extra={"not": {"pattern": DOTS}}),
    formed(r"[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]*", "a folder of the home, without a / in front"),
    AfterValidator(_folder),
]
Argument = Annotated[
    str,
    Field(strict=True, max_length=500, json_schema_extra={"not": {"pattern": f"^(?:{OF_THE_HUB})"}}),
    formed(r"--[A-Za-z][^\x00-\x1f\x7f]*", "one argument of jupyter-server, as in --Class.setting=value"),
    AfterValidator(_argument),
]
Variable = Annotated[str, formed(r"[A-Za-z_][A-Za-z0-9_]*", "the name of a variable: letters, digits and _")]
VariableValue = Annotated[str, Field(strict=True), formed(r"[^\x00]*", "text without NUL characters")]
