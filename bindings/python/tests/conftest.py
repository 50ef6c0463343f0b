"""Where the tests find files: MODELS (of tests/abi/make_fixtures) and GOLDEN (tests/golden) come
from the environment, which bindings/python/check sets. There is no default: nothing is skipped."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import duomo


def folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.exit(f"{variable} is not set: run bindings/python/check", returncode=2)
    return Path(value)


@pytest.fixture(scope="session")
def models() -> Path:
    return folder("DUOMO_TEST_MODELS")


@pytest.fixture(scope="session")
def golden() -> list[Path]:
    """A folder for every version of the container."""
    versions = sorted(p for p in folder("DUOMO_TEST_GOLDEN").iterdir() if p.is_dir())
    assert len(versions) >= 2
    return versions


@pytest.fixture
def shop(models: Path) -> Iterator[duomo.Model]:
    with duomo.open(models / "shop.duomo") as model:
        yield model


@pytest.fixture
def player(models: Path) -> Iterator[duomo.Model]:
    with duomo.open(models / "player.duomo") as model:
        yield model


@pytest.fixture
def joint(models: Path) -> Iterator[duomo.Model]:
    with duomo.open(models / "joint.duomo") as model:
        yield model


@pytest.fixture
def club(models: Path) -> Iterator[duomo.Model]:
    with duomo.open(models / "club.duomo") as model:
        yield model


class Recorded:
    """Runs of a program that records what it is given: see recorder.py."""

    def __init__(self, program: Path, record: Path, temporary: Path) -> None:
        self.program = program
        self._record = record
        self.temporary = temporary  #: where tables are written meanwhile

    def train(self, *args: Any, **options: Any) -> duomo.TrainingResult:
        result = duomo.train(*args, output="m.duomo", program=self.program, **options)
        assert list(self.temporary.iterdir()) == []
        return result

    def __getitem__(self, name: str) -> Any:
        return json.loads(self._record.read_text(encoding="utf-8"))[name]

    def table(self, table: Any) -> list[str]:
        """The file that a table of interactions becomes: its name, then its lines."""
        self.train(interactions=table)
        name, text = self["tables"]["interactions"]
        end = "\r\n" if name.endswith(".csv") else "\n"
        assert text.endswith(end)
        return [name, *text[: -len(end)].split(end)]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    program = tmp_path / "recorder"
    code = (Path(__file__).parent / "recorder.py").read_text(encoding="utf-8")
    program.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("RECORD", str(tmp_path / "record.json"))
    return Recorded(program, tmp_path / "record.json", temporary)
