"""main.py, kept running for a site between its synths: of each synth, imports and the start of Node.js take four fifths.

What is kept is the process alone: each synth is a `main()` of main.py, which reads the event files and asks AWS anew.
Node.js knows only the folder and the environment that it was started with. So in another folder or environment, for example
that of cdktf-cli, a synth is done by main.py as a program of its own.
"""

from __future__ import annotations

import io
import json
import os
import runpy
import shlex
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from lab.child import Child, announce
from lab.running import Running

ASK = Path(__file__).with_name("ask_kept_app.py")
# Terraform's own variables say nothing to main.py
OF_TERRAFORM = "TF_"


class KeptApp(Running):
    """A context manager; `command` is the line of shell for a cdktf.json."""

    def __init__(self, main: Path, log: Path) -> None:
        self._child = Child("lab.kept_app", str(main), log=log)
        # without site-packages and their hooks it starts at once
        self.command = shlex.join([sys.executable, "-IS", str(ASK), str(self._child.port), str(main)])

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._child.stop()


class _App:
    """main.py's `main`, imported in the first folder and environment in which somebody asks for a synth."""

    def __init__(self, main: Path) -> None:
        self._file = main
        self._first: tuple[str, dict[str, str]] | None = None
        self._main: Callable[[], None] | None = None

    def answer(self, folder: str, environment: Mapping[str, str]) -> dict[str, Any]:
        """The exit code and the output; without a code if it is not for this process to do."""
        asked = folder, {name: value for name, value in environment.items() if not name.startswith(OF_TERRAFORM)}
        if self._first is None:
            self._first = asked
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(asked[1])
        if asked != self._first:
            return {"code": None}
        # with a `buffer`, into which jsii writes what Node.js says
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with redirect_stdout(said), redirect_stderr(said):
            code = self._run()
        return {"code": code, "output": said.buffer.getvalue().decode()}

    def _run(self) -> int:
        try:
            if self._main is None:
                sys.path.insert(0, str(self._file.parent))
                self._main = runpy.run_path(str(self._file))["main"]
            self._main()
        except SystemExit as end:
            return int(end.code or 0)
        except Exception:
            traceback.print_exc()
            return 1
        return 0


def serve(main: Path) -> None:
    """Serve until the parent process ends; one synth at a time."""
    app = _App(main)
    with socket.create_server(("127.0.0.1", 0)) as server:
        announce(server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            # who asked may be killed meanwhile
            with suppress(OSError), connection, connection.makefile("rw") as stream:
                stream.write(json.dumps(app.answer(**json.loads(stream.readline()))) + "\n")


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
