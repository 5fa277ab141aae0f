"""Route 53 for the lab's machine: the event's name leads to it while its port 443 answers, and else to the off page.

Route 53 looks each 30 seconds, this one at each question: the time between is the caller's, by `hold`.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html (active-passive failover)
"""

from __future__ import annotations

from contextlib import closing

from lab.dns import Found, LabDns
from lab.machine.namespaces import Namespace, inside, socket_in
from lab.running import Running

# a public address that the lab answers, beside vpc.WORLD: https://www.rfc-editor.org/rfc/rfc5737
ADDRESS = "203.0.113.53"
# the zone's server, in the world outside of the zone
NAME = "ns-1.awsdns.lab"
CHECK_SECONDS = 1.0


class NameServer(Running):
    """It has the zone of one hub. `here` is the machine's address, `otherwise` that of the off page."""

    def __init__(self, router: Namespace, domain: str, zone: str, *, here: str, otherwise: str) -> None:
        self._router, self._here, self._otherwise = router, here, otherwise
        # as long as the health check has not looked since port 443 has been opened
        self.hold = False
        records: dict[str, Found] = {domain: {"A": self._addresses}}
        records[zone] = {**records.get(zone, {}), "NS": [f"{NAME}."]}
        with inside(router.path):
            self._dns = LabDns(records, at=(ADDRESS, 53))

    def _addresses(self) -> list[str]:
        return [self._here if not self.hold and self.is_healthy() else self._otherwise]

    def is_healthy(self) -> bool:
        """Whether port 443 of the machine is open; a health check of Route 53 for TCP asks no more.

        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
        """
        with closing(socket_in(self._router.path)) as connection:
            connection.settimeout(CHECK_SECONDS)
            return connection.connect_ex((self._here, 443)) == 0

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._dns.stop()
