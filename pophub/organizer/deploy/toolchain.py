"""The programs that a deployment needs: where they are, which are missing, and their environment. It installs nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from pophub.core.errors import PophubError
from pophub.organizer.paths import NODE_BIN

# 1.11 is the first with write-only arguments:
# https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
OLDEST_TERRAFORM = (1, 11)
# what jsii supports: https://github.com/aws/jsii#supported-node-versions
OLDEST_NODE = 20
# enough for a first start on a slow disk with a virus scanner
LONGEST_SECONDS = 30
# https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
CACHE, CACHE_FOR_A_NEW_STACK = "TF_PLUGIN_CACHE_DIR", "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"
PROVIDER = Path("registry.terraform.io/hashicorp/aws/5.100.0")


def check_terraform() -> str:
    """Terraform's version.

    Raises:
        PophubError: Terraform is missing, does not run, or is too old.
    """
    found = shutil.which("terraform")
    hint = "install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install"
    if found is None:
        raise PophubError("Terraform is not installed (no `terraform` on the PATH)", hint=hint)
    return _terraform_version(found, hint)


@cache
def _terraform_version(program: str, hint: str) -> str:
    """Cached: one deploy needs the version several times, and Terraform takes up to a second to print it."""
    output = _ask("Terraform", [program, "version", "-json"], hint)
    try:
        version = str(json.loads(output)["terraform_version"])
        parts = tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".")[:2])
    except (ValueError, KeyError, TypeError):
        raise _does_not_run("Terraform", program, f"it answers {_first_words(output)!r}", hint) from None
    if parts < OLDEST_TERRAFORM:
        raise PophubError(f"Terraform {version} is too old", hint=hint)
    return version


def check_node() -> str:
    """Node.js's version; the cdktf library runs in Node.js.

    Raises:
        PophubError: Node.js is missing, does not run, or is too old.
    """
    found = shutil.which("node")
    hint = f"install Node.js {OLDEST_NODE} or newer: https://nodejs.org/en/download"
    if found is None:
        raise PophubError("Node.js is not installed (no `node` on the PATH)", hint=hint)
    output = _ask("Node.js", [found, "--version"], hint)
    try:
        version = output.strip().removeprefix("v")
        major = int(version.partition(".")[0])
    except ValueError:
        raise _does_not_run("Node.js", found, f"it answers {_first_words(output)!r}", hint) from None
    if major < OLDEST_NODE:
        raise PophubError(f"Node.js {version} is too old", hint=hint)
    return version


def _ask(name: str, command: Sequence[str], hint: str) -> str:
    # https://developer.hashicorp.com/terraform/cli/commands#disable_checkpoint
    environ = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    try:
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, errors="replace", timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _does_not_run(name, command[0], f"no answer within {LONGEST_SECONDS} seconds", hint) from None
    except OSError as error:
        raise _does_not_run(name, command[0], str(error.strerror), hint) from error
    if done.returncode:
        message = _first_words(done.stderr or done.stdout) or f"exit code {done.returncode}"
        raise _does_not_run(name, command[0], message, hint)
    return done.stdout


def _does_not_run(name: str, program: str, message: str, hint: str) -> PophubError:
    return PophubError(f"{name} does not run: {message} ({program})", hint=hint)


def _first_words(output: str) -> str:
    return next(iter(output.strip().splitlines()), "")[:80]


def check() -> None:
    """Check both programs that a deployment needs; raises the errors of `check_terraform` and `check_node`."""
    check_terraform()
    check_node()


def find_provider_mirror(folders: Iterable[Path] | None = None) -> Path | None:
    """A folder with our version of the AWS provider, in a filesystem mirror's layout; None means: use the registry.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    home = Path.home()
    implied = [
        home / ".terraform.d/plugins",
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
    ]
    optional = Path("/opt").glob("*/")
    return next((folder for folder in folders or (*implied, *optional) if _holds_provider(folder)), None)


def _holds_provider(folder: Path) -> bool:
    # `terraform providers mirror` writes zip files
    packed = f"terraform-provider-{PROVIDER.parent.name}_{PROVIDER.name}_*.zip"
    return (folder / PROVIDER).is_dir() or any((folder / PROVIDER.parent).glob(packed))


def cli_config(mirror: Path) -> str:
    """A Terraform CLI configuration that gets our provider from a mirror and all others from the registry."""
    include = "registry.terraform.io/hashicorp/aws"
    return (
        "provider_installation {\n"
        f'  filesystem_mirror {{\n    path    = {json.dumps(str(mirror))}\n    include = ["{include}"]\n  }}\n'
        f'  direct {{\n    exclude = ["{include}"]\n  }}\n'
        "}\n"
    )


def provider_cache(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables for a cache of downloaded providers that all stacks share; empty if a cache is already configured.

    The folder is cdktf-cli's:
    https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/cdktf-cli/src/bin/cdktf.ts
    A new stack has no lock file yet; without one, Terraform downloads a provider again even if it is in the cache:
    https://github.com/hashicorp/terraform/pull/32129
    """
    own = Path(environ.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    if environ.get(CACHE) or (own.is_file() and "plugin_cache_dir" in own.read_text(errors="replace")):
        return {}
    folder = Path.home() / ".terraform.d" / "plugin-cache"
    try:
        # Terraform does not create this folder, and fails without it
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return {}
    return {CACHE: str(folder), CACHE_FOR_A_NEW_STACK: "1"} if os.access(folder, os.W_OK) else {}


def environment(folder: Path, mirrors: Iterable[Path] | None = None) -> dict[str, str]:
    """The environment of the stacks' app and of Terraform; a mirror's configuration is written into `folder`.

    A TF_CLI_CONFIG_FILE that is set and exists is kept.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), str(NODE_BIN), os.environ.get("PATH", "")])
    result = {
        **os.environ,
        "PATH": path,
        # turns Terraform's version check off
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        # people read the output in a log, and pophub.aws.refusals parses it
        "NO_COLOR": "1",
        "FORCE_COLOR": "0",
        "TF_CLI_ARGS": "-no-color",
        # the AWS provider's schema takes hundreds of megabytes;
        # with fewer garbage collections a plan needs 25 % less CPU time
        "GOGC": os.environ.get("GOGC", "400"),
    }
    mirror = find_provider_mirror(mirrors)
    if mirror is not None and not Path(os.environ.get("TF_CLI_CONFIG_FILE", "/nowhere")).is_file():
        file = folder / "terraform.rc"
        file.write_text(cli_config(mirror))
        result["TF_CLI_CONFIG_FILE"] = str(file)
    return result | (provider_cache(result) if mirror is None else {})
