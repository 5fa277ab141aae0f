"""The accounts of the lab's Google, and to whom each belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pophub.organizer.event.event import Event


@dataclass(frozen=True, slots=True)
class Account:
    """`hd` is the Workspace domain that created the account; None if a person created it for themselves."""

    email: str
    hd: str | None = None
    verified: bool = True

    @property
    def described(self) -> str:
        """To whom the account belongs, in words for the page on which people choose."""
        owner = f"account of {self.hd}" if self.hd else "private account"
        return owner if self.verified else f"{owner}, address not verified"

    def as_json(self) -> dict[str, Any]:
        """The account as a map of text and booleans."""
        return asdict(self)


def accounts_for(event: Event) -> Sequence[Account]:
    """One account of each kind that an event meets."""
    google = event.login.google
    domains = google.hosted_domain if google else ()
    first = domains[0] if domains else "uni.example"
    helpers = [name if "@" in name else f"{name}@{first}" for name in event.login.admins]
    return (
        *(Account(f"ada@{domain}", domain) for domain in domains),
        *(Account(address, address.partition("@")[2]) for address in helpers),
        Account(f"unproven@{first}", first, verified=False),
        # a private account may have any address that its owner has confirmed
        Account(f"private@{first}"),
        Account("mallory@elsewhere.example", "elsewhere.example"),
        Account("carol@gmail.com"),
    )
