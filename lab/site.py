"""The folder from which the lab deploys: one event, a cdktf.json of its own, and a state of its own."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from lab.aws import LabAws
from lab.kept_app import KeptApp
from lab.kept_provider import VARIABLE
from pophub.core.errors import PophubError
from pophub.organizer.deploy.bundle import unpack
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.hub_secrets import made_names, make_secret
from pophub.organizer.deploy.terraform.app import OUT, TerraformApp
from pophub.organizer.deploy.terraform.attempt import Talk
from pophub.organizer.event.account import load_account
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import ACCOUNT_FILE, MAIN


class LabSite:
    """An event file in a folder, ready to be deployed into the lab AWS.

    Terraform uses the provider that `aws` keeps running. With `keeps_provider=False`, and for an event whose bucket is in
    another region, it starts its own. With `keeps_app`, a process is kept that does all synths, until `aws` ends.
    """

    def __init__(
        self,
        folder: Path,
        event_file: Path,
        aws: LabAws,
        secrets: Mapping[str, str],
        talk: Talk,
        *,
        keeps_provider: bool = True,
        keeps_app: bool = False,
    ) -> None:
        events = folder / "events"
        events.mkdir(parents=True, exist_ok=True)
        self.file = Path(shutil.copy(event_file, events))
        self.event: Event = load_event(self.file)
        # which are beside the event file
        for name in filter(None, (self.event.roster, self.event.branding.logo)):
            (events / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(event_file.parent / name, events / name)
        self._aws = aws
        # a shell command line
        main = shlex.join([sys.executable, str(MAIN)])
        app = aws.keep(KeptApp(MAIN, folder / "kept-app.log")).command if keeps_app else main
        settings = {"language": "python", "app": app, "projectId": "pophub-lab", "sendCrashReports": "false"}
        (folder / "cdktf.json").write_text(json.dumps(settings))
        aws.add_zone(self.event.zone)
        # with the organizer's bucket, and without what is only in their account: a state there, a boundary
        account = load_account(ACCOUNT_FILE)
        account_file = folder / "account.yaml"
        account_file.write_text(f"region: {account.region}\nbucket: {account.bucket or 'null'}\n")
        stack = folder / OUT / "stacks" / self.event.name
        made = {name: make_secret() for name in made_names(self.event)}
        environment = {
            **aws.environment,
            **(aws.kept_provider(stack) if keeps_provider and account.region == self.event.region else {}),
            "POPHUB_EVENTS": str(events),
            "POPHUB_ACCOUNT": str(account_file),
            **{f"TF_VAR_{name}": value for name, value in (made | dict(secrets)).items()},
        }
        self.app = TerraformApp(folder, environment, talk)

    @property
    def ordinary_environment(self) -> dict[str, str]:
        """The environment of `app`, but for the provider that is kept: Terraform starts its own."""
        return {name: value for name, value in self.app._environment.items() if name != VARIABLE}

    def deployment(self) -> Deployment:
        """The outputs of the event's stack."""
        return self.app.deployment(self.event.name)

    def fetch_bundle(self, target: Path) -> str:
        """Unpack the deployed bundle as the machine would; returns its sha256.

        Raises:
            PophubError: the object in the account bucket is not the deployed bundle.
        """
        pointer = json.loads(
            self._aws.client("ssm", self.event.region).get_parameter(Name=f"{self.deployment().parameter_path}/bundle")[
                "Parameter"
            ]["Value"]
        )
        stored = self._aws.client("s3", pointer["region"]).get_object(Bucket=pointer["bucket"], Key=pointer["key"])
        content = stored["Body"].read()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != pointer["sha256"]:
            raise PophubError(f"the bundle's sha256 is {sha256}, not {pointer['sha256']}", hint="deploy again")
        unpack(content, target)
        return sha256
