"""A CDKTF app in a folder: synthesize, show, deploy, destroy. It decides nothing and asks no question.

It replaces cdktf-cli and uses the same folders and the same state: `cdktf deploy` and `cdktf destroy` can continue what
it began, and it can continue what they began.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pophub.organizer.deploy import toolchain
from pophub.organizer.deploy.deployment import Deployment, read_deployment
from pophub.organizer.deploy.terraform.attempt import Attempt, Talk, attempt
from pophub.organizer.deploy.terraform.changes import Changes
from pophub.organizer.deploy.terraform.logs import open_log
from pophub.organizer.deploy.terraform.process import FLAG, Terraform, start
from pophub.organizer.deploy.terraform.progress import Progress
from pophub.organizer.deploy.terraform.stack import Stack
from pophub.organizer.deploy.terraform_state import restore_state

OUT = "cdktf.out"
# the variables that cdktf-cli 0.21 sets for the app, except the one that lets it continue after an error:
# https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/@cdktf/cli-core/src/lib/synth-stack.ts
CDKTF = {"CDKTF_OUTDIR": OUT, "CDKTF_CONTEXT_JSON": '{"cdktfRelativeModules":[]}', "SYNTH_HCL_OUTPUT": "false"}
# cdktf-cli uses this file name too, and .gitignore contains it
PLAN = "plan"


class TerraformApp:
    """`folder` holds cdktf.json and, without a backend, the state; each command's output goes to a log in `folder`.

    Raises:
        PophubError: Terraform or Node.js is missing or too old.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str] | None = None, talk: Talk = lambda line: None
    ) -> None:
        self.folder = folder
        self.logs = folder / ".pophub" / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        toolchain.check()
        self._environment = {**toolchain.environment(self.logs), **(environment or {})}
        self._talk = talk

    @property
    def stacks_dir(self) -> Path:
        """The folder that holds each synthesized stack as a folder of its own, which plain Terraform can use."""
        return self.folder / OUT / "stacks"

    def deployment(self, event: str) -> Deployment:
        """The outputs of a deployed event."""
        return read_deployment(event, self.stacks_dir)

    def synth(self) -> None:
        """Write every stack's JSON, without a request to AWS."""
        with self._attempt("synth") as this:
            self._synth(this)

    def deploy(self, stack: str) -> None:
        """Create or change the stack's resources; after an interruption it continues where it stopped."""
        with self._attempt(f"deploy {stack}") as this:
            self._run(this, self._prepared(this, stack), "apply", auto_approve=FLAG)

    def destroy(self, stack: str) -> None:
        """Remove the stack's resources; it does nothing if there are none."""
        with self._attempt(f"destroy {stack}") as this:
            self._run(this, self._prepared(this, stack), "apply", auto_approve=FLAG, destroy=FLAG)

    def preview_deploy(self, stack: str) -> Changes:
        """What a deploy would do; the log has the whole plan."""
        return self._preview(f"preview of deploy {stack}", stack)

    def preview_destroy(self, stack: str) -> Changes:
        """What a destroy would do; the log has the whole plan."""
        return self._preview(f"preview of destroy {stack}", stack, destroy=FLAG)

    def has_drifted(self, stack: str) -> bool:
        """Whether the resources in AWS differ from what was last deployed from here."""
        with self._attempt(f"plan {stack}") as this:
            found = self._stack(this, stack)
            # https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
            return self._run(this, found, "plan", detailed_exitcode=FLAG, lock=False) == 2

    def _attempt(self, what: str) -> AbstractContextManager[Attempt]:
        return attempt(what, open_log(self.logs, what), self._talk)

    def _preview(self, what: str, name: str, **options: Any) -> Changes:
        with self._attempt(what) as this:
            stack = self._prepared(this, name)
            self._run(this, stack, "plan", out=PLAN, lock=False, **options)
            shown: dict[str, str] = {}
            for form in ({"no_color": FLAG}, {"json": FLAG}):
                process = self._terraform(stack).start("show", PLAN, **form)
                code, output = this.follow_text(process, noted="json" not in form)
                if code != 0:
                    raise this.failure(output)
                shown |= dict.fromkeys(form, output)
            return Changes(json.loads(shown["json"]), stack.path, this.log)

    def _prepared(self, this: Attempt, name: str) -> Stack:
        self._synth(this)
        stack = self._stack(this, name)
        if restore_state(name, self.folder):
            this.say("the last run was killed while it wrote Terraform's state: the state before that run is used")
        this.say("getting Terraform's AWS provider ready: some seconds; minutes if it has to be downloaded")
        self._run(this, stack, "init", **({"upgrade": FLAG} if stack.wants_another_provider() else {}))
        return stack

    def _stack(self, this: Attempt, name: str) -> Stack:
        try:
            stacks = json.loads((self.folder / OUT / "manifest.json").read_text())["stacks"]
        except (OSError, ValueError, KeyError):
            stacks = {}
        if name not in stacks:
            raise this.failure("Stack not found")
        return Stack(self.stacks_dir / name)

    def _synth(self, this: Attempt) -> None:
        this.say("working out the stacks: about 15 seconds")
        app = json.loads((self.folder / "cdktf.json").read_text())["app"]
        # only Terraform needs the secrets
        environment = {name: value for name, value in self._environment.items() if not name.startswith("TF_VAR_")}
        code, output = this.follow_text(start(app, self.folder, environment | CDKTF))
        if code != 0:
            raise this.failure(f"Command output on stderr:\n\n{output}")

    def _terraform(self, stack: Stack) -> Terraform:
        return Terraform(stack.folder, self._environment)

    def _run(self, this: Attempt, stack: Stack, command: str, **options: Any) -> int:
        process = self._terraform(stack).start(command, json=FLAG, input=False, **options)
        code, errors = this.follow_messages(process, Progress(stack.references()), quiet=command == "init")
        if code not in ((0, 2) if "detailed_exitcode" in options else (0,)):
            raise this.failure(errors)
        return code
