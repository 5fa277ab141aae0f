"""A CDKTF app in a folder: synthesize, show, deploy, destroy. It decides nothing and asks nobody."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pophub import toolchain
from pophub.diagnosis import diagnose
from pophub.errors import PophubError

# how long Terraform may take to leave orderly, with its state written
INTERRUPT_SECONDS = 180

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

    def deploy(self, stack: str) -> None:
        """Make or change what the stack says; running it again goes on where it stopped."""
        self._run(f"cdktf deploy {stack}", [self._cdktf, "deploy", "--auto-approve", *self._lock_flag(), stack])

    def destroy(self, stack: str) -> None:
        """Take away what the stack says; a second time there is nothing to do."""
        self._run(f"cdktf destroy {stack}", [self._cdktf, "destroy", "--auto-approve", *self._lock_flag(), stack])

    def diff(self, stack: str) -> str:
        """What a deploy would do, as Terraform's plan."""
        return self._run(f"cdktf diff {stack}", [self._cdktf, "diff", *self._lock_flag(), stack])

    def has_drifted(self, stack: str) -> bool:
        """Whether the cloud differs from what was last deployed from here."""
        directory = f"-chdir={self.stacks_dir / stack}"
        command = ["terraform", directory, "plan", "-detailed-exitcode", "-no-color", "-input=false", "-lock=false"]
        # https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
        return self._exit_code(f"terraform plan {stack}", command, fine=(0, 2))[0] == 2

    def _lock_flag(self) -> Sequence[str]:
        # the dependency lock file asks the registry about every platform, which a mirror cannot answer
        return ["--skip-provider-lock"] if "TF_CLI_CONFIG_FILE" in self._environment else []

    def _run(self, what: str, command: Sequence[str]) -> str:
        return self._exit_code(what, command, fine=(0,))[1]

    def _exit_code(self, what: str, command: Sequence[str], fine: tuple[int, ...]) -> tuple[int, str]:
        log = self.logs / f"{what.replace(' ', '-')}.log"
        lines: list[str] = []
        with (
            log.open("w") as sink,
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
                    sink.write(line)
                    lines.append(line)
                    self._talk(line.strip())
            except BaseException:
                _leave(process)
                raise
        if process.returncode not in fine:
            raise diagnose(what, "".join(lines), str(log))
        return process.returncode, "".join(lines)


def _plain(line: str) -> str:
    """Without the colours and cursor moves that cdktf's own display writes."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)


def _leave(process: subprocess.Popen[str]) -> None:
    """Have cdktf and Terraform end orderly, so that the state says what there is; kill what does not."""
    # an impatient second Ctrl-C must not cost the state
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=INTERRUPT_SECONDS)
    except ProcessLookupError:
        return
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        raise PophubError(
            f"Terraform did not end within {INTERRUPT_SECONDS} s and was killed",
            hint="the same command again: Terraform refreshes its state first",
        ) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.default_int_handler)
