"""Event → what the machine reads: event.json, guide.json, the bundle, the user data. It reads only our own two folders."""

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

from pophub.errors import PophubError
from pophub.event import Event
from pophub.guide_pages import as_json
from pophub.paths import CLOUD_INIT, HUB_CONFIG, ROOT
from pophub.plan.places import places
from pophub.refusals.catalogue import CHAPTERS, CLASSES, POLICIES
from pophub.watch.from_event import watch_settings

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
USER_DATA_LIMIT_BYTES = 16 * 1024
PACKED_FROM_BYTES = 1024
# what the machine needs before it has its bundle, out of cloud-init/, and where it goes there
BEFORE_THE_BUNDLE = {
    "apt.sh": "/usr/local/lib/pophub/apt.sh",
    "aws.sh": "/usr/local/lib/pophub/aws.sh",
    "clock.sh": "/usr/local/lib/pophub/clock.sh",
    "early/Caddyfile": "/etc/pophub/Caddyfile",
    "fetch-bundle.sh": "/usr/local/sbin/pophub-fetch-bundle",
    "systemd/caddy.conf": "/etc/systemd/system/caddy.service.d/pophub.conf",
    "systemd/pophub-install.service": "/etc/systemd/system/pophub-install.service",
}
# what an organizer keeps beside the hub's settings and no hub needs
NOT_FOR_THE_HUB = ("events/", "example-event.yaml", "account.yaml")


# what of pophub the hub's own watch is made of; all of it needs nothing but Python
FOR_THE_WATCH = (
    *("pophub/__init__.py", "pophub/errors.py", "pophub/plan/__init__.py", "pophub/plan/calendar.py"),
    "pophub/plan/figures.py",
    *(
        f"pophub/cost/{name}.py"
        for name in (
            *(
                "__init__",
                "basis",
                "boots",
                "collector",
                "ledger",
                "meter",
                "money",
                "records",
                "spent",
                "steps",
                "tariff",
                "timeline",
            ),
        )
    ),
    *(f"pophub/outside/{name}.py" for name in ("__init__", "hub_api", "this_machine")),
    *(
        f"pophub/watch/{name}.py"
        for name in (
            *("__init__", "__main__", "act", "announce", "collect", "decide", "decision", "facts", "metered"),
            *("policy", "processes", "said", "state", "terms", "work"),
        )
    ),
)

# what of it the archive is made of, beside those; its two libraries are in hub-config/requirements-archive.txt
FOR_THE_ARCHIVE = (
    "pophub/naming.py",
    *(f"pophub/outside/{name}.py" for name in ("aws", "shelf")),
    *(
        f"pophub/refusals/{name}.py"
        for name in ("__init__", "catalogue", "denied", "diagnosis", "explain", "explanation", "log")
    ),
    "pophub/refusals/message.py",
    *(f"pophub/refusals/catalogue/{name}.toml" for name in (*CHAPTERS, CLASSES, POLICIES)),
    *(
        f"pophub/teardown/{name}.py"
        for name in (
            *(
                "__init__",
                "accounts",
                "archive",
                "at_work",
                "content",
                "happened",
                "homes",
                "journal",
                "manifest",
                "noted",
                "on_hub",
                "pack",
                "read_back",
            ),
            *("receipt", "stay_on", "tar_header", "walk", "zstd_stream"),
        )
    ),
)
# and what the page of costs is made of, in the hub's own environment
FOR_THE_COSTS_PAGE = (
    *(f"pophub/cost/{name}.py" for name in ("billed", "forecast", "own", "reconcile", "report", "rows", "spans")),
    *(
        f"pophub/cost/forms/{name}.py"
        for name in ("__init__", "as_json", "charts", "own_page", "page", "svg", "tables")
    ),
    "pophub/cost/forms/page.css",
    *(f"pophub/costs_page/{name}.py" for name in ("__init__", "__main__", "kept")),
    "pophub/outside/hub_service.py",
)


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
    scheme = "http" if event.tls.mode == "none" else "https"
    derived = {"url": f"{scheme}://{event.domain}", "places": places(event)}
    settings = event.model_dump(by_alias=True, exclude_none=True) | derived
    return dict(json.loads(json.dumps(settings, default=_plain)))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def bundle(event: Event) -> Bundle:
    """hub-config/ and cloud-init/ as they stand, our programs for it, and what the event's file says to each."""
    members = {
        path.relative_to(root.parent).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o111)
        for root in (HUB_CONFIG, CLOUD_INIT)
        for path in sorted(root.rglob("*"))
        if path.is_file() and _belongs(path.relative_to(root))
    }
    ours = (*FOR_THE_WATCH, *FOR_THE_ARCHIVE, *FOR_THE_COSTS_PAGE)
    members |= {name: ((ROOT / name).read_bytes(), 0) for name in ours}
    told = {"event.json": hub_settings(event), "guide.json": as_json(event), "watch.json": watch_settings(event)}
    for name, content in told.items():
        text = json.dumps(content, indent=2, sort_keys=True) + "\n"
        members[f"{HUB_CONFIG.name}/{name}"] = (text.encode(), 0)
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


def _written(file: Path) -> dict[str, str]:
    """A file of the user data: as text, or packed if it is long.

    https://docs.cloud-init.io/en/latest/reference/modules.html#write-files
    """
    content = file.read_bytes()
    if len(content) < PACKED_FROM_BYTES:
        return {"content": LiteralScalarString(content.decode())}
    return {"encoding": "gz+b64", "content": base64.b64encode(gzip.compress(content, mtime=0)).decode()}


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
