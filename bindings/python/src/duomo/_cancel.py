"""Ending calls from another thread."""

from __future__ import annotations

import numpy as np


class CancelFlag:
    """Ends calls from another thread, in the manner of ``threading.Event``: while it is set, calls
    of the contexts that were made with it (``model.context(cancelled=flag)``,
    ``duomo.open(…, cancelled=flag)``) raise ``Cancelled``, those under way within some
    milliseconds."""

    def __init__(self) -> None:
        self._flag = np.zeros(1, np.int32)

    def set(self) -> None:
        """Ends the calls under way, and every later one."""
        self._flag[0] = 1

    def clear(self) -> None:
        """Lets calls through again."""
        self._flag[0] = 0

    def is_set(self) -> bool:
        """Whether calls are ended now."""
        return bool(self._flag[0])
