"""Event → what the machine reads: event.json, the bundle, the user data. It reads only our own two folders."""

from __future__ import annotations

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

from pophub.errors import PophubError
from pophub.event import Event
from pophub.paths import CLOUD_INIT, HUB_CONFIG

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
USER_DATA_LIMIT_BYTES = 16 * 1024
# what the machine needs before it has its bundle, out of cloud-init/, and where it goes there
BEFORE_THE_BUNDLE = {
    "aws.sh": "/usr/local/lib/pophub/aws.sh",
    "fetch-bundle.sh": "/usr/local/sbin/pophub-fetch-bundle",
    "systemd/pophub-install.service": "/etc/systemd/system/pophub-install.service",
}
# what an organizer keeps beside the hub's settings and no hub needs
NOT_FOR_THE_HUB = ("events/", "example-event.yaml", "account.yaml")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a hub is made of, as one archive; equal inputs give equal bytes."""

    content: bytes

    @property
    def sha256(self) -> str:
        """The archive's checksum, in hex; part of its name on the shelf."""
        return hashlib.sha256(self.content).hexdigest()


def hub_settings(event: Event) -> dict[str, Any]:
    """What event.json says: the event's own keys, numbers as numbers, nothing secret."""
    settings = event.model_dump(by_alias=True, exclude_none=True) | {"url": f"https://{event.domain}"}
    return dict(json.loads(json.dumps(settings, default=_plain)))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def bundle(event: Event) -> Bundle:
    """hub-config/ and cloud-init/ as they stand, and the event's event.json."""
    members = {
        path.relative_to(root.parent).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o111)
        for root in (HUB_CONFIG, CLOUD_INIT)
        for path in sorted(root.rglob("*"))
        if path.is_file() and _belongs(path.relative_to(root))
    }
    event_json = json.dumps(hub_settings(event), indent=2, sort_keys=True) + "\n"
    members[f"{HUB_CONFIG.name}/event.json"] = (event_json.encode(), 0)
    return Bundle(_archive(members))


def _belongs(path: Path) -> bool:
    return not path.as_posix().startswith(NOT_FOR_THE_HUB) and not any(
        part.startswith((".", "__pycache__")) for part in path.parts
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


def user_data() -> str:
    """cloud-init/user-data.yaml with what comes before the bundle written into it.

    It names no event: the machine asks its own metadata who it is, so that an edit of the event file
    never changes the user data.
    """
    yaml = YAML()
    yaml.width = 4096
    config = yaml.load((CLOUD_INIT / "user-data.yaml").read_text())
    for name, place in BEFORE_THE_BUNDLE.items():
        file = CLOUD_INIT / name
        permissions = "0755" if file.stat().st_mode & 0o111 else "0644"
        config["write_files"].append(
            {"path": place, "permissions": permissions, "content": LiteralScalarString(file.read_text())}
        )
    text = io.StringIO()
    yaml.dump(config, text)
    size = len(text.getvalue().encode())
    if size > USER_DATA_LIMIT_BYTES:
        raise PophubError(
            f"the user data is {size} bytes, EC2 takes {USER_DATA_LIMIT_BYTES}",
            hint="move what is long from cloud-init/user-data.yaml into install-hub.sh, which travels in the bundle",
        )
    return text.getvalue()
