"""Answers of GitHub that do not answer the question: a rate limit is reached, or GitHub has a fault.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from __future__ import annotations

from datetime import UTC, datetime

from pophub.organizer.outside.provider import Reply

LIMITED = (403, 429)
TROUBLE = 500


def limit_in_words(reply: Reply) -> str | None:
    """Why the reply does not answer the question; None if it does."""
    if reply.status >= TROUBLE:
        return f"GitHub is in trouble (status {reply.status}); https://www.githubstatus.com may say more"
    message = str(reply.json.get("message", "")).lower()
    spent = reply.headers.get("x-ratelimit-remaining") == "0"
    if reply.status in LIMITED and (reply.status == 429 or spent or "rate limit" in message):
        return f"GitHub allows {_allowed(reply)} from here, and they are used up; {_when(reply)}"
    return None


def _allowed(reply: Reply) -> str:
    limit = reply.headers.get("x-ratelimit-limit", "")
    return f"{limit} questions an hour" if limit else "only so many questions"


def _when(reply: Reply) -> str:
    if (seconds := reply.headers.get("retry-after", "")).isdigit():
        return f"again in {seconds} seconds"
    reset = reply.headers.get("x-ratelimit-reset", "")
    if reply.headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return f"again at {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC"
    return "again in a minute"
