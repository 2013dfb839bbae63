"""Lists of messages that show the wrong ones, or in the wrong order (STATE-11 to STATE-13, STATE-32 to STATE-40)."""

from . import branches, forks, pages, types, utterances

__all__ = ["branches", "forks", "pages", "types", "utterances"]
