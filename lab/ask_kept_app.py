"""A synth by the app that is kept (lab/kept_app.py), or, where it does not do it, by main.py itself; ends with its exit code.

A site's cdktf.json starts this file, so it imports nothing that takes time.
"""

from __future__ import annotations

import json
import os
import socket
import sys

if __name__ == "__main__":
    port, main = sys.argv[1:]
    with socket.create_connection(("127.0.0.1", int(port))) as connection, connection.makefile("rw") as stream:
        stream.write(json.dumps({"folder": os.getcwd(), "environment": dict(os.environ)}) + "\n")  # noqa: PTH109 - pathlib takes time
        stream.flush()
        answer = json.loads(stream.readline())
    if answer["code"] is None:
        os.execv(sys.executable, [sys.executable, main])  # noqa: S606 - the same Python
    sys.stdout.write(answer["output"])
    sys.exit(answer["code"])
