"""Judges a real Letta server, which it installs, starts and stops: `python -m tests.real_server`."""
