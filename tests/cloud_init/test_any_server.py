"""The same script on a Debian server that knows nothing of AWS."""

from __future__ import annotations

import dataclasses
import io
import tarfile

import pytest

from pophub.errors import PophubError
from pophub.lab.instance import Instance
from pophub.lab.machine_lab import MachineLab
from pophub.lab.visitor import Visitor
from pophub.render import bundle
from tests.cloud_init.conftest import on_the_internet

pytestmark = pytest.mark.machine
INSTALL = "/opt/pophub/bundle/cloud-init/install-hub.sh"


def test_any_debian_server_becomes_a_hub(lab: MachineLab) -> None:
    bare = dataclasses.replace(Instance.of(lab.event), user_data="#cloud-config\n")
    with lab.machine(bare) as server:
        server.run("cloud-init", "status", "--wait", check=False)
        with tarfile.open(fileobj=io.BytesIO(bundle(lab.event).content)) as archive:
            archive.extractall(server.root / "opt/pophub/bundle", filter="data")
        with pytest.raises(PophubError, match=r"secrets\.env is missing: write NAME=value lines for GITHUB_CLIENT_ID "):
            server.run(INSTALL)
        lines = "".join(f"{name.upper()}={value}\n" for name, value in lab.secrets.items())
        (server.root / "etc/pophub/secrets.env").write_text(lines)
        server.run(INSTALL)
        assert server.is_open()
        ada = Visitor(server.url, "ada")
        with on_the_internet(server):
            ada.sign_in()
            ada.start_server()
            assert ada.execute("print(6 * 7)") == "42"
