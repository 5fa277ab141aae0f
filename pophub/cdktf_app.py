"""A CDKTF app in a folder: synthesize, show, deploy, destroy. It decides nothing and asks nobody."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pophub import toolchain
from pophub.interrupt import deaf, end_in_order
from pophub.refusals import diagnose, is_known

# what cdktf repeats several times a second: a spinner, and how many stacks it is at
DISPLAY = re.compile(r"\s*[\u2800-\u28ff]  \w+$|\d+ Stacks? (deploying|destroying) .*$|waiting$")

# from Terraform's first such line on, there is something to lose
BEGUN = re.compile(r": (Creating|Modifying|Destroying)\.\.\.")

Talk = Callable[[str], None]


class CdktfApp:
    """`folder` holds cdktf.json and, without a backend, the state; each command's output goes to a log there."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str] | None = None, talk: Talk = lambda line: None
    ) -> None:
        self.folder = folder
        self.logs = folder / ".lab" / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        toolchain.check_terraform()
        self._cdktf = toolchain.find_cdktf()
        self._environment = {**toolchain.environment(self.logs), **(environment or {})}
        self._talk = talk

    @property
    def stacks_dir(self) -> Path:
        """Where each synthesized stack is a folder that plain Terraform understands."""
        return self.folder / "cdktf.out" / "stacks"

    def synth(self) -> None:
        """Write every stack's JSON; no cloud is asked."""
        self._run("cdktf synth", [self._cdktf, "synth"])

    def deploy(self, stack: str) -> None:
        """Make or change what the stack says; running it again goes on where it stopped."""
        self._change("deploy", stack)

    def destroy(self, stack: str) -> None:
        """Take away what the stack says; a second time there is nothing to do."""
        self._change("destroy", stack, "-destroy")

    def diff(self, stack: str) -> str:
        """What a deploy would do, as Terraform's plan."""
        return self._run(f"cdktf diff {stack}", [self._cdktf, "diff", *self._lock_flag(), stack])

    def destroy_diff(self, stack: str) -> str:
        """What a destroy would do, as Terraform's plan."""
        self.synth()
        terraform = ["terraform", f"-chdir={self.stacks_dir / stack}"]
        if not (self.stacks_dir / stack).is_dir():
            raise diagnose(f"cdktf destroy {stack}", "Stack not found", str(self.logs))
        self._run(f"terraform init {stack}", [*terraform, "init", "-input=false"])
        return self._run(
            f"terraform plan -destroy {stack}", [*terraform, "plan", "-destroy", "-input=false", "-lock=false"]
        )

    def has_drifted(self, stack: str) -> bool:
        """Whether the cloud differs from what was last deployed from here."""
        what = f"terraform plan {stack}"
        # https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
        code, said = self._exit_code(what, self._plan(stack, "-detailed-exitcode"))
        if code not in (0, 2):
            raise diagnose(what, said, str(self._log(what)))
        return code == 2

    def _change(self, verb: str, stack: str, *plan_flags: str) -> None:
        what = f"cdktf {verb} {stack}"
        code, said = self._exit_code(what, [self._cdktf, verb, "--auto-approve", *self._lock_flag(), stack])
        if code == 0:
            return
        if not is_known(said) and (self.stacks_dir / stack / ".terraform").is_dir():
            # where no terminal listens, cdktf may lose Terraform's last words, also half of an error; a plan says them again
            again = self._exit_code(f"terraform plan {stack}", self._plan(stack, *plan_flags))[1]
            said += "".join(again.partition("Error:")[1:])
        raise diagnose(what, said, str(self._log(what)))

    def _plan(self, stack: str, *flags: str) -> Sequence[str]:
        directory = f"-chdir={self.stacks_dir / stack}"
        return ["terraform", directory, "plan", *flags, "-no-color", "-input=false", "-lock=false"]

    def _lock_flag(self) -> Sequence[str]:
        # the dependency lock file asks the registry about every platform, which a mirror cannot answer
        return ["--skip-provider-lock"] if "TF_CLI_CONFIG_FILE" in self._environment else []

    def _run(self, what: str, command: Sequence[str]) -> str:
        code, said = self._exit_code(what, command)
        if code != 0:
            raise diagnose(what, said, str(self._log(what)))
        return said

    def _log(self, what: str) -> Path:
        return self.logs / f"{what.replace(' ', '-')}.log"

    def _exit_code(self, what: str, command: Sequence[str]) -> tuple[int, str]:
        lines: list[str] = []
        with (
            self._log(what).open("w") as sink,
            subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                # an interrupt comes from us, once; a terminal would send every impatient one
                start_new_session=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None
                for line in map(_plain, process.stdout):
                    if DISPLAY.match(line) or not (line.strip() or (lines and lines[-1].strip())):
                        continue
                    sink.write(line)
                    lines.append(line)
                    if line.strip():
                        self._talk(line.strip())
            except BaseException:
                with deaf():
                    begun = any(map(BEGUN.search, lines))
                    self._talk("interrupted: " + ("finishing what has begun" if begun else "stopping"))
                    sink.write(_plain(end_in_order(process, begun=begun)))
                raise
        return process.returncode, "".join(lines)


def _plain(line: str) -> str:
    """Without the colours and cursor moves that cdktf's own display writes."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)
