"""Our words on the pages about a server that did not start. JupyterHub's own are for programmers, and stay in its log."""

from __future__ import annotations

from html import escape

from jupyterhub.apihandlers import users  # type: ignore[import-untyped]
from jupyterhub.handlers import pages  # type: ignore[import-untyped]
from jupyterhub.utils import AnyTimeoutError, format_exception  # type: ignore[import-untyped]
from tornado.web import HTTPError

SLOW = "Your server took too long to start. Many may be starting at this moment: wait a minute, and start it once more."
FAILED = "The hub could not start your server. The reason is in the hub's log, where the organizers can read it."


def use_our_words() -> None:
    """Change JupyterHub's handlers for this whole process."""
    users.format_exception = pages.format_exception = in_our_words


def in_our_words(exception: BaseException, *, only_jupyterhub: bool = False) -> tuple[str | None, str | None]:
    """The text and the HTML for a failed start, as JupyterHub's own function gives them.

    An HTTPError is an answer to the person, with a page of its own (error.html, spawn.html).
    """
    if isinstance(exception, HTTPError) or hasattr(exception, "jupyterhub_message"):
        text, html = format_exception(exception, only_jupyterhub=only_jupyterhub)
        return text, html
    words = SLOW if isinstance(exception, AnyTimeoutError) else FAILED
    return words, escape(words)
