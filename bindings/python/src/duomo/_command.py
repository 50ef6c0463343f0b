"""python -m duomo train …: the program with tables that only pyarrow reads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from . import _program
from ._columns import is_columnar
from ._table_files import TableFiles

COMMANDS = ("train", "describe", "evaluate")
_TABLES = ("--interactions", "--users", "--items", "--test")
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def run(arguments: Sequence[str]) -> int:
    """Runs the program with these arguments and returns its exit code, 128 + N where the signal N
    has ended it. Signals that this process gets are the program's."""
    try:
        program = _program.find()
        if not any(is_columnar(argument.rpartition("=")[2]) for argument in arguments):
            os.execv(program, [program, *arguments])
        signals = _Signals()
        with TableFiles() as files:
            return signals.wait([program, *_converted(arguments, files)])
    except (ImportError, OSError, TypeError, ValueError) as error:
        print(f"duomo: {error}", file=sys.stderr)
        return 1


def _converted(arguments: Sequence[str], files: TableFiles) -> list[str]:
    out: list[str] = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        before = out[-1] if out else ""
        if name in _TABLES and equals:
            out += [name, files.path(value, name[2:])]
        elif before in _TABLES:
            out.append(files.path(argument, before[2:]))
        elif is_columnar(argument) and argument[0] != "-" and before not in ("-o", "--output"):
            out += ["--interactions", files.path(argument, "interactions")]  # DATA
        else:
            out.append(argument)
    files.check({a.lstrip("-").partition("=")[0]: True for a in arguments if a.startswith("--")})
    return out


class _Signals:
    """Until the program runs, signals end this process, behind the removal of its files; then they
    are passed on."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = False
        self._early: list[int] = []
        for number in _FORWARDED:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, self._take)
        if signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN:
            signal.signal(signal.SIGTSTP, self._stop)

    def _take(self, number: int, _: FrameType | None) -> None:
        if self._process is not None:
            self._process.send_signal(number)
        elif self._starting:
            self._early.append(number)
        else:
            raise SystemExit(128 + number)

    def _stop(self, _: int, __: FrameType | None) -> None:
        """Ctrl-Z stops both, and what continues this process continues both."""
        process = self._process
        if process is not None:
            process.send_signal(signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
        if process is not None:
            process.send_signal(signal.SIGCONT)

    def wait(self, command: list[str]) -> int:
        self._starting = True
        # A session of its own: else Ctrl-C would reach the program twice, once by way of this
        # process, and the second one would end it before it has written the file.
        process = subprocess.Popen(command, start_new_session=True)
        self._process = process
        for number in self._early:
            process.send_signal(number)
        code = process.wait()
        return code if code >= 0 else 128 - code
