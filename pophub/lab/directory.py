"""Who is who at the lab's GitHub: its people, their organizations and teams. It knows only what sign-in asks about."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from pophub.event import Event


@dataclass(frozen=True, slots=True)
class Organization:
    """Members and teams. Membership is private unless in `public`; a team's members are members, as at GitHub."""

    name: str
    members: tuple[str, ...] = ()
    teams: tuple[tuple[str, tuple[str, ...]], ...] = ()
    public: tuple[str, ...] = ()
    # whether an owner has let our OAuth app see the organization
    app_approved: bool = True

    def has(self, login: str, team: str | None = None) -> bool:
        """Whether somebody is a member of the organization, or of its team; as GitHub, whatever the case."""
        people = self.members if team is None else dict(self.teams).get(team, ())
        of_teams = (name for _, names in self.teams for name in names) if team is None else ()
        return login.lower() in {name.lower() for name in (*people, *of_teams)}


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody with an account."""

    people: tuple[str, ...]
    organizations: tuple[Organization, ...] = ()

    @classmethod
    def for_event(cls, event: Event) -> Self:
        """One person of each kind that an event meets; `heidi` waits in the organization but not in its team."""
        github = event.login.github
        allowed = github.allow if github else ()
        admins = github.admins if github else ()
        names = dict.fromkeys(entry.partition(":")[0] for entry in allowed)
        organizations = [
            Organization(
                name,
                members=("ada", "Carol-X") if name in allowed else ("heidi",),
                teams=tuple((entry.partition(":")[2], ("grace",)) for entry in allowed if entry.startswith(f"{name}:")),
            )
            for name in names
        ]
        people = dict.fromkeys(("ada", "grace", "Carol-X", "heidi", "mallory", *admins))
        return cls(tuple(people), (*organizations, Organization("elsewhere", ("mallory",), public=("mallory",))))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `as_json`."""
        organizations = (
            Organization(
                item["name"],
                tuple(item["members"]),
                tuple((team, tuple(people)) for team, people in item["teams"]),
                tuple(item["public"]),
                item["app_approved"],
            )
            for item in data["organizations"]
        )
        return cls(tuple(data["people"]), tuple(organizations))

    def as_json(self) -> dict[str, Any]:
        """Only lists, maps, text and truth."""
        return asdict(self)

    def organization(self, name: str) -> Organization:
        """An organization without members where there is none of this name."""
        known = {organization.name.lower(): organization for organization in self.organizations}
        return known.get(name.lower(), Organization(name))

    def describe(self, login: str) -> str:
        """Where somebody belongs, in words for the sign-in page."""
        places = [
            ", ".join([organization.name, *(f"team {team}" for team, names in organization.teams if login in names)])
            for organization in self.organizations
            if organization.has(login)
        ]
        return "member of " + "; ".join(places) if places else "in no organization"
