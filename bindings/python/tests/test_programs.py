"""The programs inside the package: they need the C library alone and are found without a PATH."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import duomo
from duomo import _program

NAMES = ("duomo", "duomo-convert")


@pytest.fixture
def nothing(monkeypatch):
    """An environment that names no program."""
    for name in ("PATH", "DUOMO_PROGRAM", "DUOMO_CONVERT_PROGRAM"):
        monkeypatch.delenv(name, raising=False)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.mark.parametrize("name", NAMES)
def test_they_are_inside(nothing, name):
    program = Path(_program.find(name=name))
    assert program.parent.parent == Path(duomo.__file__).parent
    needed = set(re.findall(r"^\s*(\S+?)\.so", run("/usr/bin/ldd", program).stdout, re.MULTILINE))
    assert {Path(one).name.split("-")[0] for one in needed} <= {"libc", "libm", "linux", "ld"}
    shown = run(program, "--version", env={})
    assert (shown.returncode, duomo.__version__ in shown.stdout) == (0, True)


@pytest.mark.parametrize("name", NAMES)
def test_scripts_run_them(name):
    script = Path(sysconfig.get_path("scripts"), name)
    assert run(script, "--version").stdout == run(_program.find(name=name), "--version").stdout
    assert run(script, "--nonsense").returncode == 2


def test_training_finds_them(nothing, tmp_path):
    columns = {"user": 9, "item": 11, "stars": 5}
    plays = {name: [i % size for i in range(90)] for name, size in columns.items()}
    assert duomo.train(plays, tmp_path / "plays.duomo", preset="mf", steps=5).steps == 5


def test_the_callers_choice_comes_first(nothing, monkeypatch):
    monkeypatch.setenv("DUOMO_PROGRAM", sys.executable)
    assert _program.find() == sys.executable
    assert _program.find("/bin/sh") == "/bin/sh"
    for wanted in ("/nowhere/duomo", "no-such-program"):
        with pytest.raises(FileNotFoundError, match=f"{wanted}: .*DUOMO_PROGRAM"):
            _program.find(wanted)
    monkeypatch.setattr(_program, "_INSIDE", Path(os.devnull))
    monkeypatch.delenv("DUOMO_PROGRAM")
    with pytest.raises(FileNotFoundError, match="without its programs"):
        _program.find()
