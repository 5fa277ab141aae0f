"""The instance's metadata, with Python's standard library alone.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import datetime

HOST = "169.254.169.254"
SECONDS = 2.0
# a token is valid for at most six hours; after that it is refused, and a new one is fetched
TOKEN_SECONDS = 21_600


class Unreadable(Exception):
    """The metadata did not answer, or with an error."""


@dataclass(slots=True)
class Metadata:
    """`host` and `port` are those of the metadata service."""

    host: str = HOST
    port: int = 80
    token: str = ""

    def instance_id(self) -> str:
        """The id of this instance.

        Raises:
            Unreadable: the metadata did not answer.
        """
        found = self._value("instance-id")
        if found is None:
            raise Unreadable("there is no instance-id")
        return found

    def notice(self) -> datetime | None:
        """When AWS takes this spot instance back; None if it has announced nothing.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html

        Raises:
            Unreadable: the metadata did not answer, or in another form.
        """
        found = self._value("spot/instance-action")
        if found is None:
            return None
        try:
            return datetime.fromisoformat(json.loads(found)["time"].replace("Z", "+00:00"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(f"spot/instance-action: {found[:200]}") from error

    def _value(self, name: str) -> str | None:
        """A value; None if there is none."""
        if not self.token:
            self.token = self._new_token()
        status, answer = self._ask("GET", f"meta-data/{name}", {"X-aws-ec2-metadata-token": self.token})
        if status == http.client.UNAUTHORIZED:
            self.token = ""
        if status not in (http.client.OK, http.client.NOT_FOUND):
            raise Unreadable(f"{name}: {status}")
        return answer if status == http.client.OK else None

    def _new_token(self) -> str:
        status, answer = self._ask("PUT", "api/token", {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)})
        if status != http.client.OK:
            raise Unreadable(f"api/token: {status}")
        return answer

    def _ask(self, method: str, place: str, headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        try:
            connection.request(method, f"/latest/{place}", headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(65536).decode()
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise Unreadable(f"{place}: {error}") from error
        finally:
            connection.close()
