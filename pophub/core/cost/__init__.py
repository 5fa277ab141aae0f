"""What an event costs: before, during and after it. No network calls.

Money is an exact Decimal and rounded only for output.
"""
