"""What holds for every test."""

import signal

# Where a shell runs the tests in the background, Ctrl-C is ignored, and would be by each server that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
