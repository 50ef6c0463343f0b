"""Which libduomo the package runs: DUOMO_LIBRARY, else the portable build inside the wheel."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from . import _native

_INSIDE = {"win32": "duomo.dll", "darwin": "libduomo.0.dylib"}.get(sys.platform, "libduomo.so.0")

_lock = threading.Lock()
_path: str | None = None


def load_library(path: str | os.PathLike[str] | None = None) -> str:
    """Loads libduomo and returns its path. The first open does this by itself, with the file that
    the environment's ``DUOMO_LIBRARY`` names, else with the one inside the package. Call it before
    that to choose another, for example an installed build with oneDNN. A process has one."""
    global _path
    with _lock:
        if _path is None:
            chosen = os.fspath(path) if path is not None else os.environ.get("DUOMO_LIBRARY")
            chosen = chosen or str(Path(__file__).parent / "lib" / _INSIDE)
            _native.load(chosen)
            _path = chosen
        elif path is not None and not os.path.samefile(path, _path):
            raise RuntimeError(f"this process already uses {_path}")
        return _path


def version() -> str:
    """Of the library that runs: "0.1.0"."""
    load_library()
    return str(_native.version())


def build_info() -> str:
    """One line about how the library was built and which kernels this machine runs."""
    load_library()
    return str(_native.build_info())


def id_of_key(key: str) -> int:
    """The id of a string key, 0 or above: the same for every model, machine and release."""
    load_library()
    return _native.id_of_key(key)
