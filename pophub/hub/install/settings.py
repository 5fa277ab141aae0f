"""Values of event.json for shell scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pophub.core import contract
from pophub.core.errors import PophubError

# the bundle that contains this file
BUNDLE = Path(__file__).parents[3]
EVENT = BUNDLE / "hub-config" / contract.EVENT_FILE
# the limit of files and folders for each GiB of a home, because empty files take space too
FILES_PER_GIB = 100_000
KIB_PER_GIB = 1024 * 1024
# the keys that every hub needs; check_settings checks them before a bundle is used
NEEDED = ("title", "url", "domain", "tls.mode", "server.image")
# the keys that the steps of cloud-init/ read
ASKED = ("url", "domain", "tls.mode", "tls.certificate", "tls.key", "server.image")

# what the waiting page shows of the event, and what it is without
SHOWN: Mapping[str, Any] = {"title": "", "contact": []}


def load_settings(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text()))


def setting(settings: Mapping[str, Any], name: str) -> Any:
    """The value of a key such as `tls.mode`; None if it is missing."""
    value: Any = settings
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def asked_by_steps(settings: Mapping[str, Any]) -> dict[str, str]:
    """The values that the steps of cloud-init/ need; a missing key has none. `yes` or nothing answers a question.

    What a page shows is JSON.
    """
    keys = {name: setting(settings, name) for name in ASKED}
    return {
        **{name: str(value) for name, value in keys.items() if value is not None},
        **{name: json.dumps(settings.get(name) or nothing) for name, nothing in SHOWN.items()},
        "has-workers": "yes" if "workers" in settings else "",
        "uses-accounts": "yes" if uses_accounts(settings) else "",
    }


def check_settings(file: Path) -> None:
    """Raise PophubError if event.json lacks what every hub needs."""
    try:
        settings = load_settings(file)
        whole = all(isinstance(setting(settings, name), str) for name in NEEDED) and len(settings["login"]) > 0
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise PophubError(f"{contract.EVENT_FILE} lacks what every hub needs")


def home_limits(settings: Mapping[str, Any]) -> str:
    """The limits of one home, as xfs_quota takes them."""
    gib = setting(settings, "server.home_gib")
    return f"bhard={int(gib * KIB_PER_GIB)}k ihard={int(gib * FILES_PER_GIB)}"


def uses_accounts(settings: Mapping[str, Any]) -> bool:
    """Whether the hub's users are Unix accounts of this machine."""
    return any(login == "system" or keys.get("create_users") is True for login, keys in settings["login"].items())


def caddy_environment(settings: Mapping[str, Any], mode: str, page: str, when: str = "") -> str:
    """The variables of cloud-init/Caddyfile, with the certificate settings of tls/MODE.caddy.

    `when` is `later` if Caddy is to listen on port 443 and ask for no certificate yet.
    """
    contact = next(iter(settings.get("contact") or ()), "")
    variables = {
        "DOMAIN": settings["domain"],
        # a whole line of the Caddyfile, because without a contact the line must be missing
        "EMAIL": contact and f"email {contact}",
        "AUTO_HTTPS": "auto_https disable_certs" if when == "later" else "",
        "TLS": f"tls/{mode}",
        "RUN": contract.RUN_FOLDER,
        "STATUS": contract.STATUS_FILE,
        "PAGE": page,
        "STORAGE": f"{contract.HUB_FOLDER}/caddy",
        "PROXY": f"127.0.0.1:{contract.PROXY_PORT}",
        "HUB": f"{contract.HUB_PRIVATE_ADDRESS if 'workers' in settings else contract.HUB_ADDRESS}:{contract.HUB_PORT}",
        "CERTIFICATE": setting(settings, "tls.certificate") or "",
        "KEY": setting(settings, "tls.key") or "",
    }
    return "".join(f"POPHUB_{name}={value}\n" for name, value in variables.items())
