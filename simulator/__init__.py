"""Replay events minute by minute: what a way of running the machine costs, and who has to wait or loses a server.

Pure: time is a number in a loop, random numbers have a seed, and the only files that it reads are its own traces.
"""
