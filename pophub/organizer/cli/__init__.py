"""The command `pophub`: one file for each command, and what they share: arguments, terminal output."""
