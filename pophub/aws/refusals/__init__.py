"""Explain errors of AWS, Terraform and this computer, each with the next step: a catalogue of errors, then classes of errors."""

from pophub.aws.refusals.diagnosis import diagnose, is_known
from pophub.aws.refusals.explain import explain, explain_call, explain_log
from pophub.aws.refusals.explanation import Explanation, Kind

__all__ = ["Explanation", "Kind", "diagnose", "explain", "explain_call", "explain_log", "is_known"]
