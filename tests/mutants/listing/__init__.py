"""Lists of conversations that show the wrong ones, or in the wrong order (STATE-21 to STATE-31)."""

from . import archive, contents, cursors, filters, limits, order

__all__ = ["archive", "contents", "cursors", "filters", "limits", "order"]
