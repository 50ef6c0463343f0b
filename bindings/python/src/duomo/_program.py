"""The programs `duomo` and `duomo-convert`: where they are, how options are written for them, and
how they are run."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Union

from ._cancel import CancelFlag

PathLike = Union[str, "os.PathLike[str]"]


_INSIDE = Path(__file__).parent / "bin"
_VARIABLES = {"duomo": "DUOMO_PROGRAM", "duomo-convert": "DUOMO_CONVERT_PROGRAM"}


def find(program: PathLike | None = None, name: str = "duomo") -> str:
    """The program ``name``: the caller's, the environment's, the one inside the package, or one on
    the PATH, in this order."""
    variable = _VARIABLES[name]
    wanted = os.fspath(program) if program is not None else os.environ.get(variable)
    if wanted is None and os.access(_INSIDE / name, os.X_OK):
        return str(_INSIDE / name)
    found = shutil.which(wanted or name)
    if found is None:
        where = f"give program= or {variable} a path"
        if wanted is not None:
            raise FileNotFoundError(f"{wanted}: no such program; {where} of {name}, or neither")
        raise FileNotFoundError(
            f"this package was compiled without its programs, and there is no {name} on the PATH; "
            f"install a wheel (pip install --only-binary duomo duomo), or {where} of it"
        )
    return found


# Lists and dicts of these are one argument, with commas; those of others repeat their option.
_WITH_COMMAS = ("columns", "event_weights")


def arguments(options: Mapping[str, Any]) -> list[str]:
    """steps=20 is --steps 20, store_history=True --store-history; a list repeats its option, a dict
    gives NAME=VALUE. Raises ValueError for what cannot be written so."""
    out: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            out.append(flag)
            continue
        texts = _texts(name, value)
        if name in _WITH_COMMAS and not isinstance(value, str):
            for text in texts:
                if "," in text:
                    raise ValueError(f'{name}: "{text}" has a comma, which ends a value there')
            texts = [",".join(texts)] if texts else []
        for text in texts:
            out += [f"{flag}={text}"] if text.startswith("-") else [flag, text]
    return out


def _texts(name: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        pairs = []
        for key, inner in value.items():
            if "=" in str(key) and name != "id_dropout":
                raise ValueError(f'{name}: "{key}" has a =, which ends a name there')
            pairs.append(f"{key}={'none' if inner is None else _text(inner)}")
        return pairs
    if isinstance(value, (list, tuple)):
        return [_text(one) for one in value]
    return [_text(value)]


def _text(value: Any) -> str:
    return os.fspath(value) if isinstance(value, (str, os.PathLike)) else str(value)


Callback = Callable[[Any], Any]


class Run:
    """One run of the program, with its summary, messages and events."""

    def __init__(
        self,
        command: list[str],
        on_event: Callback | None,
        on_message: Callback | None,
        cancelled: CancelFlag | None = None,
    ) -> None:
        if cancelled is not None and not isinstance(cancelled, CancelFlag):
            raise TypeError(f"cancelled: a CancelFlag, not {cancelled!r}")
        self.messages: list[str] = []  # lines of stderr, so far
        self.stopping = False  # asked to end, by a callback or the flag
        self._on_event = on_event
        self._on_message = on_message
        self._cancelled = cancelled
        self._command = command

    def wait(self, result: IO[bytes]) -> int:
        """Runs the program to its end and returns its exit code, negative for a signal. ``result``
        gets its output. An exception here or in a callback, KeyboardInterrupt for one, interrupts
        the program, which then writes its file, and goes on its way; a second one kills it."""
        reader, writer = os.pipe()
        log = ["--log", f"/dev/fd/{writer}"] if self._on_event is not None else []
        with open(reader, "rb", buffering=0) as events:
            try:
                # A session of its own, so that Ctrl-C reaches the program once, from here: a second
                # one would end it before it has written the file.
                process = subprocess.Popen(
                    self._command + log,
                    stdin=subprocess.DEVNULL,
                    stdout=result,
                    stderr=subprocess.PIPE,
                    bufsize=0,
                    pass_fds=(writer,) if log else (),
                    start_new_session=True,
                )
            finally:
                os.close(writer)
            with process:
                assert process.stderr is not None
                pipes = {events.fileno(): True, process.stderr.fileno(): False}
                try:
                    for is_event, line in _lines(pipes, self._look_up()):
                        if self._take(is_event, line):
                            process.send_signal(signal.SIGINT)
                except BaseException:
                    self._end(process, events, process.stderr)
                    raise
                return process.wait()

    def stopped_as_asked(self, code: int) -> bool:
        """Whether the program ended because a callback returned False, its file written."""
        return self.stopping and code == 128 + signal.SIGINT

    def _look_up(self) -> float | None:
        """How many seconds may pass without a line before the flag is looked at."""
        return None if self._cancelled is None else 0.05

    def _take(self, is_event: bool, line: bytes | None) -> bool:
        """True where a callback, or whoever has the flag, wants to stop now. No line came in time
        where it is None."""
        if self._cancelled is not None and self._cancelled.is_set() and not self.stopping:
            self.stopping = True
            return True
        if line is None:
            return False
        value: Any = json.loads(line) if is_event else line.decode("utf-8", "replace")
        if not is_event:
            self.messages.append(value)
        callback = self._on_event if is_event else self._on_message
        if callback is None or self.stopping or callback(value) is not False:
            return False
        self.stopping = True
        return True

    def _end(self, process: subprocess.Popen[bytes], *pipes: IO[bytes]) -> None:
        try:
            process.send_signal(signal.SIGINT)
            for _ in _lines({pipe.fileno(): True for pipe in pipes}):
                pass  # the program must not wait for a reader
            process.wait()
        except BaseException:
            process.kill()
            raise


def _lines(
    pipes: Mapping[int, bool], patience: float | None = None
) -> Iterator[tuple[bool, bytes | None]]:
    """The lines of several pipes as they come, until all are closed; None where none came for
    ``patience`` seconds."""
    rest = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while rest:
            ready = selector.select(patience)
            if not ready:
                yield False, None
            for key, _ in ready:
                piece = os.read(key.fd, 1 << 16)
                *lines, rest[key.fd] = (rest[key.fd] + piece).split(b"\n")
                if not piece:
                    selector.unregister(key.fd)
                    last = rest.pop(key.fd)
                    lines += [last] if last else []
                for line in lines:
                    yield pipes[key.fd], line


def last_words(messages: Sequence[str], command: str, code: int) -> str:
    """What the program said last, without its name; the bars before it are of no interest. Of wrong
    usage, without the hint where help is."""
    said = [line.strip() for line in "\n".join(messages).splitlines() if line.strip()]
    name = command.split()[0] + ": "
    starts = [at for at, line in enumerate(said) if line.startswith(name)]
    if starts:
        told = [
            line for line in said[starts[-1] :] if not line.startswith(f"See {name[:-2]} --help")
        ]
        return "\n".join(told)[len(name) :]
    ended = f"signal {-code}" if code < 0 else f"exit code {code}"
    return said[-1] if said else f"{command} ended with {ended}"
