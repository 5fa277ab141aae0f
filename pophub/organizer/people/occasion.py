"""What a letter to the participants is about."""

from enum import StrEnum


class Occasion(StrEnum):
    INVITATION = "invitation"
    DAY_BEFORE = "day-before"
    LAST_DAY = "last-day"
    FILES = "files"
