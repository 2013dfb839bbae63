"""Lists of messages that show the wrong ones, or in the wrong order (STATE-11 to STATE-13, STATE-32 to STATE-40)."""

from . import forks, pages, types, utterances

__all__ = ["forks", "pages", "types", "utterances"]
