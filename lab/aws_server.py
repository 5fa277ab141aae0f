"""The process of the lab AWS: moto's server with its gaps closed, on 127.0.0.1; its state ends with the process."""

from __future__ import annotations

import gc
import json
import os
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pophub.core.contract import ARCHITECTURES, DEBIAN_ACCOUNT

if TYPE_CHECKING:
    from lab.role_guard import Role

# the variable that names the file with the machine images
IMAGES = "MOTO_AMIS_PATH"
# Terraform makes ten calls at the same time, and other programs make theirs beside it
AT_ONCE, WAITING = 16, 128
# a connection without a call is closed after this time
IDLE_SECONDS = 300
IMAGE_IDS = {"x86_64": "ami-0deb1a13000000001", "arm64": "ami-0deb1a13000000002"}


def _image(architecture: str, debian_name: str) -> dict[str, Any]:
    return {
        "ami_id": IMAGE_IDS[architecture],
        "name": f"debian-13-{debian_name}-20261101-2000",
        "description": "Debian 13",
        "owner_id": DEBIAN_ACCOUNT,
        "image_location": "amazon/debian-13",
        "creation_date": "2026-11-01T00:00:00.000Z",
        "architecture": architecture,
        "root_device_name": "/dev/xvda",
        "root_device_type": "ebs",
        "virtualization_type": "hvm",
        "hypervisor": "xen",
        "image_type": "machine",
        "state": "available",
        "public": True,
        "platform": None,
        "sriov": "simple",
    }


def prepare() -> Callable[[], None]:
    """Import moto and close its gaps; what is returned serves until the parent process ends."""
    # moto's tables of machines are no garbage, and looking through them takes a third of the start
    gc.disable()
    # moto reads this file, and its other settings, when it is imported
    with tempfile.NamedTemporaryFile("w", suffix=".json") as images:
        json.dump([_image(*names) for names in ARCHITECTURES.items()], images)
        images.flush()
        os.environ[IMAGES] = images.name
        from moto.ec2.models import amis  # noqa: F401
    from lab import aws_rules
    from lab.moto_cache import remember
    from lab.moto_gaps import close_gaps

    close_gaps()
    aws_rules.enforce()
    remember()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
    return partial(_serve, os.environ[IMAGES])


def _serve(images: str) -> None:
    from cheroot.wsgi import Server
    from moto.moto_api._internal import mock_random
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from lab.account_kinds import this_account
    from lab.answers import Answers
    from lab.aws_rules import organization, zones
    from lab.child import announce
    from lab.free_tier import FreeTier
    from lab.role_guard import Guard
    from lab.wire.middleware import Middleware

    # a process that is forked has the environment of its own AWS, and would make up the same ids as its brother
    os.environ[IMAGES] = images
    mock_random.seed()
    zones.open_local_zones()
    guarded = Guard(DomainDispatcherApplication(create_backend_app), _role_of)
    application = Answers(Middleware(guarded, [organization.check]))
    server = Server(
        ("127.0.0.1", 0),
        _for_this_server(FreeTier(application, this_account())),
        numthreads=AT_ONCE,
        request_queue_size=WAITING,
        timeout=IDLE_SECONDS,
    )
    server.prepare()
    announce(server.bind_addr[1])
    server.serve()


def _for_this_server(application: Callable[..., Any]) -> Callable[..., Any]:
    """The application with the address as it was sent under the name that moto knows, and a page for its failures."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        environ["RAW_URI"] = environ["REQUEST_URI"]
        try:
            return application(environ, start_response)
        except Exception:  # whatever moto lacks
            traceback.print_exc()
            start_response("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"<!doctype html><title>500 Internal Server Error</title>"]

    return answer


def _role_of(access_key: str) -> Role | None:
    """The role that was assumed with this key."""
    from botocore.credentials import Credentials
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends

    from lab.policies import Grants
    from lab.role_guard import Role

    for account, partitions in sts_backends.items():
        for assumed in partitions["aws"].assumed_roles:
            if assumed.access_key_id == access_key:
                backend = iam_backends[account]["aws"]
                role = backend.get_role_by_arn(assumed.role_arn)
                attached = [_document(policy) for policy in role.managed_policies.values()]
                boundary = backend.managed_policies.get(role.permissions_boundary_arn or "")
                grants = Grants((*role.policies.values(), *attached), _document(boundary) if boundary else None)
                keys = Credentials(access_key, assumed.secret_access_key, assumed.session_token)
                return Role(keys, account, role.name, grants)
    return None


def _document(policy: Any) -> str:
    """The policy's default version."""
    return next(str(version.document) for version in policy.versions if version.is_default)


if __name__ == "__main__":
    prepare()()
