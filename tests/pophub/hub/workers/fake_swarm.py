"""The calls of docker.APIClient that the hub's daemon makes, on a swarm in memory.

The answers have the form of https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Node and its neighbours.
"""

from __future__ import annotations

from typing import Any

from docker.errors import APIError, DockerException

from pophub.core.contract import SERVER_LABEL, USER_LABEL

GIB = 2**30


class FakeSwarm:
    """Nodes, services and tasks; `silent` is an engine that does not answer."""

    def __init__(self) -> None:
        self.silent = False
        self._nodes: dict[str, dict[str, Any]] = {}
        self._tasks: dict[str, dict[str, Any]] = {}
        self._services: dict[str, dict[str, str]] = {}

    def join(self, worker: str, *, state: str = "ready", availability: str = "active") -> str:
        node = f"node-{len(self._nodes)}-{worker}"
        self._nodes[node] = {
            "ID": node,
            "Version": {"Index": 7},
            "Spec": {"Labels": {}, "Role": "worker", "Availability": availability},
            "Description": {"Hostname": f"{worker}.us-west-2.compute.internal", "Resources": {"MemoryBytes": 16 * GIB}},
            "Status": {"State": state, "Addr": "10.20.0.31"},
        }
        return node

    def begin_join(self) -> str:
        """A node that has its certificate alone: https://github.com/moby/swarmkit/blob/master/ca/server.go."""
        node = f"node-{len(self._nodes)}-begun"
        self._nodes[node] = {
            "ID": node,
            "Version": {"Index": 7},
            "Spec": {"Labels": {}, "Role": "worker", "Availability": "active"},
            "Description": {"Platform": {}, "Resources": {}, "Engine": {}, "TLSInfo": {}},
            "Status": {"State": "unknown"},
        }
        return node

    def serve(self, user: str, node: str = "", *, gib: int = 4, state: str = "", desired: str = "running") -> None:
        """A server of a person on a node, or waiting for one."""
        service = f"service-{user}"
        self._services[service] = {USER_LABEL: user, SERVER_LABEL: ""}
        self._tasks[user] = {
            "ID": f"task-{user}",
            "ServiceID": service,
            "Spec": {"Resources": {"Reservations": {"MemoryBytes": gib * GIB}}},
            "Status": {"State": state or ("running" if node else "pending")},
            "DesiredState": desired,
            **({"NodeID": node} if node else {}),
        }

    def lose(self, node: str) -> None:
        """The node no longer answers: https://github.com/moby/swarmkit/blob/master/manager/dispatcher/dispatcher.go."""
        self._nodes[node]["Status"]["State"] = "down"
        for task in self._tasks.values():
            if task.get("NodeID") == node:
                task["DesiredState"] = "shutdown"

    def nodes(self, filters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        assert filters == {"role": "worker"}
        self._answer()
        return list(self._nodes.values())

    def tasks(self) -> list[dict[str, Any]]:
        """The container of a removed service ends before the next call."""
        self._answer()
        found = list(self._tasks.values())
        self._tasks = {user: it for user, it in self._tasks.items() if it["DesiredState"] != "remove"}
        return found

    def services(self) -> list[dict[str, Any]]:
        self._answer()
        return [{"ID": it, "Spec": {"Labels": labels}} for it, labels in self._services.items()]

    def update_node(self, node_id: str, version: int, node_spec: dict[str, Any]) -> None:
        assert version == self._nodes[node_id]["Version"]["Index"], "update out of sequence"
        # an update replaces the whole of it
        assert {"Role", "Availability", "Labels"} <= set(node_spec)
        self._nodes[node_id]["Spec"] = node_spec

    def remove_node(self, node_id: str, force: bool = False) -> None:
        if self._nodes[node_id]["Status"]["State"] != "down" and not force:
            raise APIError(f"node {node_id} is not down and can't be removed")
        del self._nodes[node_id]

    def remove_service(self, service: str) -> None:
        """A task without a node is gone at once; a container has time to end, and its task stays until then."""
        del self._services[service]
        for user, task in list(self._tasks.items()):
            if task["ServiceID"] == service:
                task["DesiredState"] = "remove"
                if "NodeID" not in task:
                    del self._tasks[user]

    def _answer(self) -> None:
        if self.silent:
            raise DockerException("read timed out")
