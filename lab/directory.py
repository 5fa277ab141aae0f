"""The people of the lab's GitHub with their organizations and teams: only what sign-in asks about."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from pophub.organizer.event.event import Event

# what the organization's policy on OAuth apps means for our app: it may see members; GitHub says why it may not;
# GitHub treats it as a stranger
AppAccess = Literal["approved", "refused", "hidden"]


@dataclass(frozen=True, slots=True)
class Organization:
    """Members and teams. Membership is private unless in `public`; members of a team are members, as on GitHub."""

    name: str
    members: tuple[str, ...] = ()
    teams: tuple[tuple[str, tuple[str, ...]], ...] = ()
    public: tuple[str, ...] = ()
    app: AppAccess = "approved"
    # members need a session at the organization's own sign-in
    saml: bool = False
    # people with an open invitation
    invited: tuple[str, ...] = ()
    # teams that only their own members can see
    secret_teams: tuple[str, ...] = ()

    def has(self, login: str, team: str | None = None) -> bool:
        """Whether a person is a member of the organization, or of its team; as on GitHub, case does not matter."""
        people = self.members if team is None else dict(self.teams).get(team, ())
        of_teams = (name for _, names in self.teams for name in names) if team is None else ()
        return login.lower() in {name.lower() for name in (*people, *of_teams)}

    def has_invited(self, login: str) -> bool:
        """Whether a person has an open invitation."""
        return login.lower() in {name.lower() for name in self.invited}

    def shows(self, team: str, login: str) -> bool:
        """Whether a member can see that a team exists."""
        return team in dict(self.teams) and (team not in self.secret_teams or self.has(login, team))


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody who has an account."""

    people: tuple[str, ...]
    organizations: tuple[Organization, ...] = ()

    @classmethod
    def for_event(cls, event: Event) -> Self:
        """One person of each kind that an event meets; `heidi` is a member of the organization but not of its team."""
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
        # as on GitHub, names differ by more than their case; a helper's is written as in the event file
        people = {name.lower(): name for name in ("ada", "grace", "Carol-X", "heidi", "mallory", *admins)}
        return cls(
            tuple(people.values()), (*organizations, Organization("elsewhere", ("mallory",), public=("mallory",)))
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `as_json`."""
        organizations = (
            Organization(
                **{name: tuple(value) if isinstance(value, list) else value for name, value in item.items()}
                | {"teams": tuple((team, tuple(people)) for team, people in item["teams"])}
            )
            for item in data["organizations"]
        )
        return cls(tuple(data["people"]), tuple(organizations))

    def as_json(self) -> dict[str, Any]:
        """The directory as lists, maps, text and booleans."""
        return asdict(self)

    def find(self, name: str) -> Organization | None:
        """The organization of this name, ignoring case; None if there is none."""
        return next((each for each in self.organizations if each.name.lower() == name.lower()), None)

    def organization(self, name: str) -> Organization:
        """The organization of this name; one without members if there is none."""
        return self.find(name) or Organization(name)

    def person(self, login: str) -> str | None:
        """A person's name as they write it themselves; None if nobody has it."""
        return next((name for name in self.people if name.lower() == login.lower()), None)

    def describe(self, login: str) -> str:
        """A person's organizations and teams, in words for the sign-in page."""
        places = [
            ", ".join(
                [
                    organization.name,
                    *(f"team {team}" for team, _ in organization.teams if organization.has(login, team)),
                ]
            )
            for organization in self.organizations
            if organization.has(login)
        ]
        places += [f"{each.name}, invited" for each in self.organizations if each.has_invited(login)]
        return "member of " + "; ".join(places) if places else "in no organization"
