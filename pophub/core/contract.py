"""What two programs must agree on, written down once: folders, files, addresses, bucket prefixes, tags, names of secrets.

Python imports this module. Bash sources contract.env, which the bundle contains. Unit files, the Dockerfile and the
user data can do neither: tests/pophub/core/test_contract.py compares them with this module.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

# tags of AWS resources; the machine reads EVENT_TAG from its instance metadata
EVENT_TAG = "pophub:event"
ENDS_TAG = "pophub:ends"
# which of an event's machines an instance is
ROLE_TAG = "pophub:role"
HUB_ROLE, WORKER_ROLE = "hub", "worker"
# a tag on each object of an archive; the account bucket has one lifecycle rule for each of these numbers of days
KEEP_TAG = "pophub:keep-days"
KEEP_DAYS = (7, 14, 30, 60, 90, 120, 180, 270, 365, 730, 1825, 3650)
# where the home volume is attached; the machine sees it as an NVMe disk whose serial number is the volume's id
HOME_DEVICE = "/dev/sdf"
# AWS's name of an architecture → Debian's, which is also Docker's:
# https://github.com/opencontainers/image-spec/blob/main/image-index.md
ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
# the AWS account of Debian's images: https://wiki.debian.org/Cloud/AmazonEC2Image/Trixie
DEBIAN_ACCOUNT = "136693071363"

# the first part of a key in the account bucket; the second part is the event's name
ARCHIVE, BUNDLES, CERTIFICATES, REPORTS, TERRAFORM_STATE = "archive", "bundles", "certificates", "reports", "state"
# days after which S3 deletes an object, by the first part of its key; an archive's tag usually sets an earlier date
BUCKET_DAYS = {ARCHIVE: 3650, REPORTS: 730, CERTIFICATES: 365}
# days after which S3 deletes an old version of an object, counted from when it was replaced or deleted
OLD_VERSION_DAYS = {BUNDLES: 30, CERTIFICATES: 30, REPORTS: 365, ARCHIVE: 30, TERRAFORM_STATE: 365}
CERTIFICATE_FILE = "caddy.tar.gz"
# in an event's reports, written by the hub
METER_FILE = "meter.jsonl"
WATCH_REPORT_FILE = "watch-report.json"
WATCH_SETTINGS_FILE = "watch-settings.json"
ANSWER_FILE = "answer.json"
# in an event's reports, written by the organizer's computer
KEEP_FILE = "keep.json"
STARTED_FILE = "started.json"
# below an event's reports, written by the off page's function: one object for each start, WAKES/DAY/NUMBER
WAKES = "wakes"
# the set identifier of the DNS record that leads to the off page; the name's other record leads to the machine
OFF_PAGE_RECORD = "off-page"
REQUEST_FILE = "request.json"
# in an event's reports, written by the hub: how far a rehearsal is, and below REHEARSALS the result of each
REHEARSAL_PROGRESS_FILE, REHEARSALS = "rehearsal-progress.json", "rehearsals"
# beside a disk's archive, once that archive is the final one
FINAL_FILE = "final.json"

# folders on the machine; BUNDLE_FOLDER is a link
BUNDLE_FOLDER = "/opt/pophub/bundle"
HUB_ENVIRONMENT = "/opt/pophub/hub"
WORKERS_ENVIRONMENT = "/opt/pophub/workers"
SETTINGS_FOLDER = "/etc/pophub"
STATE_FOLDER = "/var/lib/pophub"
RUN_FOLDER = "/run/pophub"
# folders on the home volume
HOMES_FOLDER = "/srv/home"
SHARED_FOLDER = "/srv/data"
HUB_FOLDER = "/srv/pophub"
# POINTER_FILE is in BUNDLE_FOLDER; the others and WATCH_SETTINGS_FILE are in its hub-config
POINTER_FILE = ".pointer.json"
EVENT_FILE = "event.json"
GUIDE_FILE = "guide.json"
# in SETTINGS_FOLDER; systemd units read them. The last three files hold one variable each
SECRETS_FILE = "secrets.env"
PROXY_TOKEN_FILE, PROXY_TOKEN = "proxy.env", "CONFIGPROXY_AUTH_TOKEN"
WATCH_TOKEN_FILE, WATCH_TOKEN = "watch.env", "COST_WATCH_TOKEN"
COSTS_TOKEN_FILE, COSTS_TOKEN = "costs.env", "COSTS_TOKEN"
HELPERS_TOKEN_FILE, HELPERS_TOKEN = "helpers.env", "HELPERS_TOKEN"
REHEARSAL_TOKEN_FILE, REHEARSAL_TOKEN = "rehearsal.env", "POPHUB_REHEARSAL_TOKEN"
# in RUN_FOLDER, with WATCH_REPORT_FILE, KEEP_FILE and STARTED_FILE
STATUS_FILE = "status.json"
CLOSED_FILE = "closed"
WATCH_STATE_FILE = "watch-state.json"
TERMS_FILE = "terms.json"
BANNER_FILE = "banner.json"
MESSAGE_FILE = "message.json"
# in HUB_FOLDER, with METER_FILE
ASKED_FILE = "asked.json"
# exists while pretended people or their homes may be left, and says until when a rehearsal keeps the hub on
REHEARSAL_FILE = "rehearsal.json"

# how the names of a rehearsal's people begin, and the group that the hub puts them into. No account has a tilde:
# https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
# https://support.google.com/a/answer/9193374; hub-config/sections/people.py lets nobody sign in with such a name
PRETENDED, PRETENDED_GROUP = "~rehearsal-", "rehearsal"

# the group of people of the roster who have not signed in yet, and whose server was started ahead for a session; as long as
# they do not sign in, the meter counts the server by this name, as nobody's
EXPECTED_GROUP, AHEAD = "expected", "ahead"

# the proxy and its API listen on the machine itself
PROXY_PORT = 8000
PROXY_API_PORT = 8001
PROXY_URL = f"http://127.0.0.1:{PROXY_PORT}"
# the services behind the hub's login, each a unit of its own: /services/costs/ and /services/helpers/. A participant's
# program cannot take a port below 1024
COSTS, COSTS_PORT = "costs", 902
HELPERS, HELPERS_PORT = "helpers", 903
# what the helpers' page may do with a helper's token; the helper's own role limits it further
HELPERS_SCOPES = ("admin:users", "servers", "read:servers")
# JupyterHub's scope of people who see everybody's costs, not only their own hours
COSTS_SCOPE = "custom:costs:read"
# the hub listens on the Docker network of the servers
SERVER_NETWORK = "pophub"
SERVER_BRIDGE = "pophub0"
SERVER_SUBNET = "172.29.0.0/16"
HUB_ADDRESS = "172.29.0.1"
HUB_PORT = 8081

# the event's own network, and the hub's address in it, which workers know
VPC_CIDR = "10.20.0.0/24"
HUB_PRIVATE_ADDRESS = "10.20.0.10"

# what workers reach at HUB_PRIVATE_ADDRESS, beside HUB_PORT: the swarm's manager, the homes, the servers' image
SWARM_PORT, NFS_PORT, IMAGE_PORT = 2377, 2049, 5000
# the ports at which a worker's servers answer the hub: Docker takes them from the kernel's ephemeral ports,
# https://docs.docker.com/reference/cli/docker/service/create/#publish-service-ports-externally-to-the-swarm--p---publish
WORKER_PORTS = (32768, 60999)
# on the home volume: one file for each worker, which the worker writes
WORKERS_FOLDER = "/srv/workers"
# in RUN_FOLDER: what the hub knows of its workers
WORKERS_FILE = "workers.json"
# on the home volume: the parts of hub-config that servers read, in a folder for each version of them
SERVED_FOLDER = "/srv/served"
# what the hub gives to workers at IMAGE_PORT: IMAGE_FILE names the image's file and its id
IMAGE_FOLDER, IMAGE_FILE = "/var/lib/pophub/image", "image.json"
# the swarm's network is made on each worker from the worker's own LOCAL_NETWORK:
# https://docs.docker.com/reference/cli/docker/network/create/#run-with-a-config-only-network
SWARM_NETWORK, LOCAL_NETWORK = "pophub-swarm", "pophub-local"
# without a registry's name, each start would first ask Docker Hub, for 22 s; this one refuses at once
SWARM_IMAGE = "localhost:1/pophub-server:event"
# the labels of a server's service: whose server it is, and its name
USER_LABEL, SERVER_LABEL = "pophub.user", "pophub.server"

# the image that the machine builds from the event's image; home, user and group are those of the Jupyter Docker Stacks
SERVER_IMAGE = "pophub-server:event"
SERVER_HOME = "/home/jovyan"
SERVER_UID, SERVER_GID = 1000, 100
# the size of a server for people who do not choose one
STANDARD_SIZE = "standard"
# the host user that a container's root is mapped to, its first id and the number of ids. They must not change: a home
# volume is used by several machines, one after the other
CONTAINER_USER, FIRST_ID, IDS = "dockremap", 1_000_000, 65536
# the first Unix account of a person: https://www.debian.org/doc/debian-policy/ch-opersys.html#uid-and-gid-classes
FIRST_PERSON = 1000

# the address of a PostgreSQL database, which contains the database's password
DATABASE_SECRET = "database_url"  # noqa: S105 - the name
# the key of the cookies by which the off page knows people; pophub makes it up at the first deploy
WAKE_SECRET = "wake_key"  # noqa: S105 - the name
# the organizer's own certificate; Caddy reads it, the hub does not
CERTIFICATE_SECRETS = ("tls_certificate", "tls_key")


def is_pretended(user: str) -> bool:
    """Whether a user is one of a rehearsal's."""
    return user.startswith(PRETENDED)


def is_expected(user: Mapping[str, Any]) -> bool:
    """Whether a user, as JupyterHub's API describes it, is a person of the roster who has not signed in yet."""
    return EXPECTED_GROUP in user.get("groups", ())


def resource_name(event: str, part: str = "") -> str:
    """The name of one of an event's AWS resources: `pophub-<event>` or `pophub-<event>-<part>`."""
    return "-".join(filter(None, ("pophub", event, part)))


def parameter_path(event: str) -> str:
    """The Parameter Store path of an event, without a slash at its end."""
    return f"/pophub/{event}"


def bundle_parameter(event: str) -> str:
    """The parameter that contains the location of the event's bundle."""
    return f"{parameter_path(event)}/bundle"


def worker_parameter(event: str) -> str:
    """The parameter with the token by which a worker joins the swarm; the hub writes it."""
    return f"{parameter_path(event)}/worker-token"


def workers_name(event: str) -> str:
    """The name of the event's Auto Scaling group and of its launch template."""
    return resource_name(event, "workers")


def off_page_name(event: str) -> str:
    """The name of the off page's function and of its API."""
    return resource_name(event, "off-page")


def off_page_log(event: str) -> str:
    """The log group of that function."""
    return f"/aws/lambda/{off_page_name(event)}"


def bucket_name(account_id: str) -> str:
    """The account bucket's name if the account file does not name another bucket."""
    return f"pophub-{account_id}"


def bundle_key(event: str, sha256: str) -> str:
    return f"{BUNDLES}/{event}/{sha256}.tar.gz"


def state_key(stack: str) -> str:
    """The key of a stack's Terraform state, for stacks that keep their state in the account bucket."""
    return f"{TERRAFORM_STATE}/{stack}.tfstate"


def keep_days(archive_days: int) -> int:
    """The days after which an archive is deleted: the smallest number in KEEP_DAYS that is at least `archive_days`."""
    return next(days for days in KEEP_DAYS if days >= archive_days)


def for_bash() -> str:
    """Every string and number above as a Bash variable, and the certificate's secrets as an array."""
    constants = {name: value for name, value in globals().items() if name.isupper()}
    lines = [f"{name}={shlex.quote(str(value))}" for name, value in constants.items() if isinstance(value, str | int)]
    return "\n".join([*lines, f"CERTIFICATE_SECRETS=({shlex.join(CERTIFICATE_SECRETS)})", ""])
