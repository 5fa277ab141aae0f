"""The text files beside the event's content that tell a participant about it: that it is still coming, or what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from content import Content

FAILED, LEFT, INCOMPLETE = "could not be fetched", "was left as it is", "is incomplete"
COMING = "is still being fetched"
POINTERS = """\
Some of its files are kept in Git LFS, and what you see of them is only a pointer. If `git lfs version` works in a terminal,
`git lfs install` and then `git lfs pull` in the folder fetch them; if it does not, ask the helpers for the data:"""
FROM = """\
    from:   {content.url}
    branch: {branch}
    to:     {content.folder}
"""
NOTES = {
    COMING: f"""\
The event's content is on its way into your home. You can work meanwhile. Once it is there, this file has disappeared, and
the folder appears in the file browser.

{FROM}
""",
    FAILED: f"""\
The event's content could not be fetched when your server started. Nothing of your work is lost.

{FROM}
Output of git:

{{words}}

It is tried again whenever your server starts: File > Hub Control Panel > Stop my server, then Start my server. If it
goes on, show this file to the helpers, or rename the folder if there is one: the next start fetches a new one beside it.
This file disappears by itself once the content is there.
""",
    LEFT: f"""\
The event's content has something new, and your folder was left as it is, because you use git in it. {{words}}

{FROM}
To have what is new: finish what is under way and commit it, then `git fetch origin` and `git merge` what you want of it.
Or rename the folder: the next start of your server fetches a new one beside it, and this file disappears.
""",
    INCOMPLETE: f"""\
The event's content is there, but not all of it.

{FROM}
{{words}}

It is looked at again whenever your server starts. This file disappears by itself once nothing is missing.
""",
}


def leave_only(content: Content, what: str, words: str = "") -> None:
    """Leave only this note in the home; none if `what` is empty."""
    try:
        for each in NOTES:
            if each != what:
                note(content, each).unlink(missing_ok=True)
        if what:
            branch = content.branch or "the default one"
            text = NOTES[what].format(content=content, branch=branch, words=words.strip())
            note(content, what).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        # in a full home the note is empty, but its name still tells enough
        print(f"the note of it could not be written: {error}", file=sys.stderr)  # noqa: T201


def note(content: Content, what: str) -> Path:
    return content.home / f"{content.name} {what}.txt"
