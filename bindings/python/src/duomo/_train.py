"""Training: runs the program `duomo`, which the package does not contain."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Union

from ._errors import TrainingError

Event = Mapping[str, Any]
PathLike = Union[str, "os.PathLike[str]"]


def _find(program: PathLike | None) -> str:
    wanted = os.fspath(program) if program is not None else os.environ.get("DUOMO_PROGRAM")
    found = shutil.which(wanted or "duomo")
    if found is None:
        raise FileNotFoundError(
            f"{wanted or 'duomo'}: no such program; training needs `duomo` on the PATH, in "
            "DUOMO_PROGRAM or as the argument program="
        )
    return found


def _options(options: Mapping[str, Any]) -> list[str]:
    """steps=20 is --steps 20, store_history=True --store-history; a list repeats its option."""
    out: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        values: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value]
        for one in values:
            out += [flag] if one is True else [flag, os.fspath(one) if _is_path(one) else str(one)]
    return out


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def train(
    data: PathLike | None,
    output: PathLike,
    *,
    preset: str | None = None,
    on_event: Callable[[dict[str, Any]], Any] | None = None,
    program: PathLike | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Trains a model with `duomo train` and returns its summary: file, steps, parameters, seconds,
    test and so on.

    ``data`` is what the command takes (a MovieLens archive or folder), or None with the options of
    other tables (``interactions="plays.csv"``). ``options`` are those of `duomo train --help`, with
    underscores. ``on_event`` is called with every event of the log as it comes: {"event": "train",
    "step", "cost", …} or {"event": "test", …}; when it returns False, training stops and the file
    is written with what has been learned (summary["interrupted"]). So it is when this function is
    interrupted (KeyboardInterrupt) or ``on_event`` raises; the exception then goes on its way.
    Raises TrainingError with the program's message, FileNotFoundError where there is no program."""
    if "log" in options or "json" in options:
        raise TypeError("train: log and json are used by train itself; see on_event")
    command = [_find(program), "train"]
    if data is not None:
        name = os.fspath(data)
        command.append("./" + name if name.startswith("-") else name)
    command += ["-o", os.fspath(output), "--json", *_options({"preset": preset, **options})]
    reader, writer = os.pipe()
    command += ["--log", f"/dev/fd/{writer}"]
    with open(reader, encoding="utf-8") as events, tempfile.TemporaryFile() as result:
        with tempfile.TemporaryFile() as messages:
            try:
                # A session of its own, so that Ctrl-C reaches the program once, from here: a second
                # one would end it before it has written the file.
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=result,
                    stderr=messages,
                    pass_fds=(writer,),
                    start_new_session=True,
                )
            finally:
                os.close(writer)
            with process:
                _follow(process, events, on_event)
                code = process.wait()
            if code != 0:
                raise TrainingError(_message(messages, code), code)
        result.seek(0)
        summary: dict[str, Any] = json.load(result)
        return summary


def _follow(
    process: subprocess.Popen[bytes],
    events: IO[str],
    on_event: Callable[[dict[str, Any]], Any] | None,
) -> None:
    stopping = False
    try:
        for line in events:
            if on_event is not None and not stopping and on_event(json.loads(line)) is False:
                stopping = True
                process.send_signal(signal.SIGINT)
    except BaseException:
        process.send_signal(signal.SIGINT)
        for _ in events:  # the program must not wait for a reader
            pass
        raise


def _message(messages: IO[bytes], code: int) -> str:
    """What the program said last, without its name; the bars before it are of no interest."""
    messages.seek(0)
    text = messages.read().decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.startswith("duomo: ")]
    if lines:
        return lines[-1][len("duomo: ") :]
    ended = f"signal {-code}" if code < 0 else f"exit code {code}"
    return text.strip().splitlines()[-1] if text.strip() else f"duomo train ended with {ended}"
