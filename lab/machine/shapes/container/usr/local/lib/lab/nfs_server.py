"""Answer everybody who connects with what is exported."""

import configparser
import socketserver
from pathlib import Path

NFS_PORT = 2049


class Exports(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Send the files of /etc/exports.d."""
        for file in Path("/etc/exports.d").glob("*.exports"):
            self.request.sendall(file.read_bytes())


settings = configparser.ConfigParser()
settings.read(Path("/etc/nfs.conf.d").glob("*.conf"))
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer((settings["nfsd"]["host"], NFS_PORT), Exports).serve_forever()
