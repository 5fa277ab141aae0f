"""Which of an event's people can sign in with GitHub, who is not a member yet, and whose account does not exist.

GitHub lists all members only to a member, so the organizer's own token is needed (GH_TOKEN).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pophub.organizer.outside.github import NOT_FOUND, OK, GitHubSite
from pophub.organizer.outside.provider import Reply, Silent
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, Standings

# GitHub's largest page: https://docs.github.com/en/rest/orgs/members#list-organization-members
PAGE = 100
# GitHub allows a hundred at once: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
AT_ONCE = 8


def standings(site: GitHubSite, allow: Sequence[str], admins: Sequence[str], people: Sequence[Person]) -> Standings:
    """Whether each person can sign in. Helpers can sign in without membership.

    Raises:
        Silent: GitHub does not answer, or allows no more questions now.
    """
    members = {name.lower() for name in admins}
    all_seen = True
    for entry in allow:
        organization, _, team = entry.partition(":")
        found = _members(site, organization, team)
        all_seen &= found is not None
        members |= found or set()
    accounts = {person.account for person in people if person.account and person.account.lower() not in members}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        exists = dict(zip(accounts, pool.map(lambda account: _exists(site, account), accounts), strict=True))
    other = Standing.NOT_ADMITTED if all_seen else Standing.UNKNOWN

    def standing(account: str) -> Standing:
        if not account:
            return Standing.NO_NAME
        if account not in exists:
            return Standing.ADMITTED
        return other if exists[account] else Standing.NO_ACCOUNT

    return {person.line: standing(person.account) for person in people}


def _members(site: GitHubSite, organization: str, team: str) -> set[str] | None:
    """The members' names in small letters; None if GitHub does not show all of them to this caller."""
    if not site.token or not _is_member(site, organization):
        return None
    place = f"/orgs/{organization}/teams/{team}/members" if team else f"/orgs/{organization}/members"
    names: set[str] = set()
    address = f"{place}?per_page={PAGE}"
    while address:
        reply = site.api_reply(address, as_person=True)
        if reply.status != OK:
            return None
        names |= {str(each["login"]).lower() for each in json.loads(reply.body)}
        address = _next(site, reply)
    return names


def _is_member(site: GitHubSite, organization: str) -> bool:
    return site.api_reply(f"/user/memberships/orgs/{organization}", as_person=True).json.get("state") == "active"


def _next(site: GitHubSite, reply: Reply) -> str:
    """The place of the next page; empty after the last one."""
    found = re.search(rf'<{re.escape(site.api)}([^>]+)>; rel="next"', reply.headers.get("link", ""))
    return found[1] if found else ""


def _exists(site: GitHubSite, account: str) -> bool:
    """GitHub is not asked about a name that has characters which its names never have.

    https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", account):
        return False
    reply = site.api_reply(f"/users/{account}")
    if reply.status not in (OK, NOT_FOUND):
        raise Silent(f"GitHub answers {reply.status} about the account {account}")
    return reply.status == OK
