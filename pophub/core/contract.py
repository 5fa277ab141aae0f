"""What two programs must agree on, once: folders, files, addresses, the bucket's prefixes, tags, names of secrets.

Python imports it. Bash sources it from the bundle's contract.env. What can do neither (unit files, a Dockerfile,
the user data) is held to it by tests/pophub/core/test_contract.py.
"""

from __future__ import annotations

import shlex

# tags of AWS resources; the machine reads the first of its own metadata
EVENT_TAG = "pophub:event"
ENDS_TAG = "pophub:ends"
# on each object of an archive; the shelf has a rule for each of these numbers of days
KEEP_TAG = "pophub:keep-days"
KEEP_DAYS = (7, 14, 30, 60, 90, 120, 180, 270, 365, 730, 1825, 3650)
# where the home volume is attached; what the machine sees is an NVMe disk with the volume's id as its serial number
HOME_DEVICE = "/dev/sdf"

# the first part of a key in the account bucket; the second is the event's name
ARCHIVE, BUNDLES, CERTIFICATES, REPORTS, TERRAFORM_STATE = "archive", "bundles", "certificates", "reports", "state"
# after so many days whatever is still there goes, by the first part of its key; an archive goes earlier, by its tag
SHELF_DAYS = {ARCHIVE: 3650, REPORTS: 730, CERTIFICATES: 365}
# and so many days later the last version of what went or was written over
OLD_VERSION_DAYS = {BUNDLES: 30, CERTIFICATES: 30, REPORTS: 365, ARCHIVE: 30, TERRAFORM_STATE: 365}
CERTIFICATE_FILE = "caddy.tar.gz"
# below an event's reports: what the hub puts there
METER_FILE = "meter.jsonl"
WATCH_REPORT_FILE = "watch-report.json"
WATCH_SETTINGS_FILE = "watch-settings.json"
ANSWER_FILE = "answer.json"
# and what the organizer's computer puts there
KEEP_FILE = "keep.json"
STARTED_FILE = "started.json"
REQUEST_FILE = "request.json"
# beside a disk's archive, once it is the final one
FINAL_FILE = "final.json"

# folders of the machine; BUNDLE_FOLDER is a link
BUNDLE_FOLDER = "/opt/pophub/bundle"
HUB_ENVIRONMENT = "/opt/pophub/hub"
SETTINGS_FOLDER = "/etc/pophub"
STATE_FOLDER = "/var/lib/pophub"
RUN_FOLDER = "/run/pophub"
# on the home volume
HOMES_FOLDER = "/srv/home"
SHARED_FOLDER = "/srv/data"
HUB_FOLDER = "/srv/pophub"
# in BUNDLE_FOLDER, and in its hub-config: the latter with WATCH_SETTINGS_FILE
POINTER_FILE = ".pointer.json"
EVENT_FILE = "event.json"
GUIDE_FILE = "guide.json"
# in SETTINGS_FOLDER, each read by units; the variables of the last two
SECRETS_FILE = "secrets.env"
PROXY_TOKEN_FILE, PROXY_TOKEN = "proxy.env", "CONFIGPROXY_AUTH_TOKEN"
WATCH_TOKEN_FILE, WATCH_TOKEN = "watch.env", "COST_WATCH_TOKEN"
# in RUN_FOLDER, with WATCH_REPORT_FILE, KEEP_FILE and STARTED_FILE
STATUS_FILE = "status.json"
CLOSED_FILE = "closed"
WATCH_STATE_FILE = "watch-state.json"
TERMS_FILE = "terms.json"
BANNER_FILE = "banner.json"
# in HUB_FOLDER, with METER_FILE
ASKED_FILE = "asked.json"

# the proxy and its API, on the machine itself
PROXY_PORT = 8000
PROXY_API_PORT = 8001
PROXY_URL = f"http://127.0.0.1:{PROXY_PORT}"
# the hub, on the Docker network of the servers
SERVER_NETWORK = "pophub"
SERVER_BRIDGE = "pophub0"
SERVER_SUBNET = "172.29.0.0/16"
HUB_ADDRESS = "172.29.0.1"
HUB_PORT = 8081

# the image that the machine makes of the event's; its home, user and group as in the Jupyter Docker Stacks
SERVER_IMAGE = "pophub-server:event"
SERVER_HOME = "/home/jovyan"
SERVER_UID, SERVER_GID = 1000, 100
# the size of a server for people who choose none
STANDARD_SIZE = "standard"
# the user that a container's root is on the machine, the first of its ids, and how many it has: homes outlive machines
CONTAINER_USER, FIRST_ID, IDS = "dockremap", 1_000_000, 65536
# the first Unix account that is a person's: https://www.debian.org/doc/debian-policy/ch-opersys.html#uid-and-gid-classes
FIRST_PERSON = 1000

# by the event's `login`: Parameter Store's last path element, Terraform's variable (TF_VAR_<name>), and in capitals
# the variable in SECRETS_FILE
LOGIN_SECRETS = {
    "github": ("github_client_id", "github_client_secret"),
    "google": ("google_client_id", "google_client_secret"),
    "shared_password": ("shared_password", "admin_password"),
    "system": (),
}
# the address of a PostgreSQL, which holds its password
DATABASE_SECRET = "database_url"  # noqa: S105 - the name
# the organizer's own certificate, which is Caddy's and not the hub's
CERTIFICATE_SECRETS = ("tls_certificate", "tls_key")


def resource_name(event: str, part: str = "") -> str:
    """The name of an event's thing in AWS: `pophub-<event>` or `pophub-<event>-<part>`."""
    return "-".join(filter(None, ("pophub", event, part)))


def parameter_path(event: str) -> str:
    """The Parameter Store path that is an event's own, with no slash at its end."""
    return f"/pophub/{event}"


def bundle_parameter(event: str) -> str:
    """The parameter that says where the event's bundle lies."""
    return f"{parameter_path(event)}/bundle"


def bucket_name(account_id: str) -> str:
    """The account bucket, where the account file names no other."""
    return f"pophub-shelf-{account_id}"


def bundle_key(event: str, sha256: str) -> str:
    """Where a bundle lies in the account bucket."""
    return f"{BUNDLES}/{event}/{sha256}.tar.gz"


def state_key(stack: str) -> str:
    """Where Terraform's state of a stack lies on the shelf, where it lies there."""
    return f"{TERRAFORM_STATE}/{stack}.tfstate"


def keep_days(archive_days: int) -> int:
    """The number of days after which the shelf lets an archive go: as many as wished, or the next more it knows."""
    return next(days for days in KEEP_DAYS if days >= archive_days)


def for_bash() -> str:
    """Every text and number above as a variable, lists of secrets as arrays."""
    constants = {name: value for name, value in globals().items() if name.isupper()}
    lines = [f"{name}={shlex.quote(str(value))}" for name, value in constants.items() if isinstance(value, str | int)]
    lines.append(f"CERTIFICATE_SECRETS=({shlex.join(CERTIFICATE_SECRETS)})")
    logins = (f"[{login}]={shlex.quote(' '.join(secrets))}" for login, secrets in LOGIN_SECRETS.items())
    return "\n".join([*lines, f"declare -gA LOGIN_SECRETS=({' '.join(logins)})", ""])
