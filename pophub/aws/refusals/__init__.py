"""What AWS, Terraform and this computer refuse, in plain words with the next step: one catalogue, and classes below it."""

from pophub.aws.refusals.diagnosis import diagnose, is_known
from pophub.aws.refusals.explain import explain, explain_call, explain_log
from pophub.aws.refusals.explanation import Explanation, Kind

__all__ = ["Explanation", "Kind", "diagnose", "explain", "explain_call", "explain_log", "is_known"]
