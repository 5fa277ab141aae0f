"""What each server on a machine uses, by its control group."""

from __future__ import annotations

from pathlib import Path

from pophub.hub.server_memory import memory_of_servers

SERVER = b"/opt/pophub/server/bin/python\0-s\0/opt/bundle/hub-config/server\0"


def process(proc: Path, pid: int, user: str, cgroup: str) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "cmdline").write_bytes(SERVER)
    (folder / "environ").write_bytes(b"HOME=/home/jovyan\0JUPYTERHUB_USER=" + user.encode() + b"\0")
    (folder / "cgroup").write_text(cgroup)


def group(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def test_memory_is_the_control_groups_without_what_the_kernel_can_drop(tmp_path: Path) -> None:
    proc, cgroups = tmp_path / "proc", tmp_path / "cgroups"
    proc.mkdir()
    process(proc, 10, "ada", "0::/docker/a\n")
    process(proc, 11, "bob", "9:cpu,cpuacct:/x\n8:memory:/docker/b\n0::/x\n")
    process(proc, 12, "gone", "0::/docker/c\n")
    group(cgroups / "docker" / "a", {"memory.current": "1000\n", "memory.stat": "anon 7\ninactive_file 400\n"})
    group(
        cgroups / "memory" / "docker" / "b",
        {"memory.usage_in_bytes": "900\n", "memory.stat": "cache 5\ntotal_inactive_file 100\n"},
    )

    assert memory_of_servers(proc, cgroups) == {"ada": 600, "bob": 800}
