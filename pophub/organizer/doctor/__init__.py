"""Check everything that a deploy needs before it starts: this computer, AWS account, address, sign-in, image, content.

Each question collects facts (a `Case` has the means) and judges them; the functions `judge_…` do no I/O.
"""

from pophub.organizer.doctor.examine import case_of, examine, exit_code
from pophub.organizer.doctor.finding import Colour, Finding

__all__ = ["Colour", "Finding", "case_of", "examine", "exit_code"]
