"""A plan → the files that the machine reads: event.json, guide.json, the bundle and the user data."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from pophub.core.contract import EVENT_FILE, GUIDE_FILE, SETTINGS_FOLDER, WATCH_SETTINGS_FILE, for_bash
from pophub.core.errors import PophubError
from pophub.organizer.deploy import hub_secrets
from pophub.organizer.deploy.watch_settings import roster_for_hub, watch_settings
from pophub.organizer.guide.guide_pages import as_json
from pophub.organizer.paths import CLOUD_INIT, HUB_CONFIG, ROOT
from pophub.organizer.plan.plan import Plan

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
USER_DATA_LIMIT_BYTES = 16 * 1024
PACKED_FROM_BYTES = 1024
# the files that the machine needs before it has its bundle, and their paths on the machine
BEFORE_THE_BUNDLE = {
    "cloud-init/apt.sh": "/usr/local/lib/pophub/apt.sh",
    "cloud-init/early/Caddyfile": f"{SETTINGS_FOLDER}/Caddyfile",
    "cloud-init/fetch-bundle.sh": "/usr/local/sbin/pophub-fetch-bundle",
    "cloud-init/systemd/caddy.conf": "/etc/systemd/system/caddy.service.d/pophub.conf",
    "cloud-init/systemd/pophub-install.service": "/etc/systemd/system/pophub-install.service",
    "pophub/hub/install/aws.py": "/usr/local/lib/pophub/pophub/hub/install/aws.py",
    "pophub/hub/install/clock.py": "/usr/local/lib/pophub/pophub/hub/install/clock.py",
    "pophub/hub/install/fetch_bundle.py": "/usr/local/lib/pophub/pophub/hub/install/fetch_bundle.py",
}
# copied as whole folders
SHIPPED = ("hub-config", "cloud-init", "pophub/core", "pophub/hub", "pophub/aws")
# files for the organizer, beside the hub's own settings
NOT_FOR_THE_HUB = tuple(
    f"hub-config/{name}"
    for name in ("events/", "event.schema.json", "example-event.yaml", "workers-example.yaml", "account.yaml")
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of a hub in one archive; equal inputs give equal bytes."""

    content: bytes

    @property
    def sha256(self) -> str:
        """The archive's checksum, in hex; part of its name in the account bucket."""
        return hashlib.sha256(self.content).hexdigest()


def hub_settings(plan: Plan) -> dict[str, Any]:
    """The content of event.json: the keys of the event file, numbers as numbers, without any secret.

    `workers` is what was worked out of the event file's key; an event with one machine has none. `people` are those of the
    roster, without their mail addresses.
    """
    event, workers = plan.event, plan.workers
    derived: dict[str, Any] = {
        "url": event.url,
        "server_limit": plan.server_limit,
        "secrets": hub_secrets.names_in_hub(event),
    }
    if workers is not None:
        names = ("slots", "count", "most", "spot", "reserve_gib")
        derived["workers"] = {name: getattr(workers, name) for name in names}
    if event.people:
        derived["people"] = roster_for_hub(event)
    settings = event.model_dump(by_alias=True, exclude_none=True) | derived
    return dict(json.loads(json.dumps(settings, default=_plain)))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def build_bundle(plan: Plan, *, root: Path = ROOT) -> Bundle:
    """The hub's programs, as whole folders of the checkout `root`, and the plan's data for them."""
    files = [root / "pophub" / "__init__.py", *(file for folder in SHIPPED for file in (root / folder).rglob("*"))]
    # it has mail addresses, and an organizer may keep it among the hub's files
    roster = Path(plan.event.roster or "").name
    members = {
        name: (file.read_bytes(), file.stat().st_mode & 0o111)
        for file in files
        if file.is_file() and file.name != roster and _belongs(name := file.relative_to(root).as_posix())
    }
    settings = {EVENT_FILE: hub_settings(plan), GUIDE_FILE: as_json(plan), WATCH_SETTINGS_FILE: watch_settings(plan)}
    for name, content in settings.items():
        text = json.dumps(content, indent=2, sort_keys=True) + "\n"
        members[f"{HUB_CONFIG.name}/{name}"] = (text.encode(), 0)
    if plan.event.logo:
        members[f"{HUB_CONFIG.name}/logo{plan.event.logo.suffix}"] = (plan.event.logo.content, 0)
    members[f"{CLOUD_INIT.name}/contract.env"] = (for_bash().encode(), 0)
    return Bundle(_archive(members))


def unpack(content: bytes, folder: Path) -> None:
    """Unpack a bundle's content, which has nothing but files, into a folder."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        # Debian 12's Python 3.11.2 has no filters: https://docs.python.org/3.11/library/tarfile.html#extraction-filters
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        archive.extractall(folder)  # noqa: S202


def _belongs(name: str) -> bool:
    return not name.startswith(NOT_FOR_THE_HUB) and not any(
        part.startswith((".", "__pycache__")) for part in name.split("/")
    )


def _archive(members: dict[str, tuple[bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=buffer, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name in sorted(members):
            content, executable = members[name]
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if executable else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _written(file: Path) -> dict[str, str]:
    """A file as the user data holds it: as text, or compressed if it is long.

    https://docs.cloud-init.io/en/latest/reference/modules.html#write-files
    """
    content = file.read_bytes()
    if len(content) < PACKED_FROM_BYTES:
        return {"content": LiteralScalarString(content.decode())}
    return {"encoding": "gz+b64", "content": base64.b64encode(gzip.compress(content, mtime=0)).decode()}


def user_data(root: Path = ROOT) -> str:
    """The user-data.yaml of the checkout `root`, with the files of `BEFORE_THE_BUNDLE` written into it.

    It does not contain the event's name: the machine reads that from its own metadata. So a change of the event file
    never changes the user data.
    """
    yaml = YAML()
    yaml.width = 4096
    config = yaml.load((root / CLOUD_INIT.name / "user-data.yaml").read_text())
    for name, place in BEFORE_THE_BUNDLE.items():
        file = root / name
        permissions = "0755" if file.stat().st_mode & 0o111 else "0644"
        config["write_files"].append({"path": place, "permissions": permissions, **_written(file)})
    text = io.StringIO()
    yaml.dump(config, text)
    size = len(text.getvalue().encode())
    if size > USER_DATA_LIMIT_BYTES:
        raise PophubError(
            f"the user data is {size} bytes, EC2 takes {USER_DATA_LIMIT_BYTES}",
            hint="move what is long from cloud-init/user-data.yaml into install-hub.sh, which travels in the bundle",
        )
    return text.getvalue()
