"""Look before a deploy at all that it needs: this computer, the AWS account, the address, sign-in, image, content.

Each question asks for facts (a `Case` has the ways to) and judges them; the judging functions (`judge_…`) do no I/O.
"""

from pophub.organizer.doctor.examine import case_of, examine, exit_code
from pophub.organizer.doctor.finding import Colour, Finding

__all__ = ["Colour", "Finding", "case_of", "examine", "exit_code"]
