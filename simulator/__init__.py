"""Events replayed minute by minute: what a way of running the machine costs, and whom it lets wait or cuts off.

It is pure: time is a number in a loop, chance has a seed, and the only files read are its own traces.
"""
