"""Lists of conversations that show the wrong ones, or in the wrong order (STATE-21 to STATE-31)."""

from . import contents, cursors, filters, limits, order

__all__ = ["contents", "cursors", "filters", "limits", "order"]
