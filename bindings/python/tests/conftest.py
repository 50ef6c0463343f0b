"""Where the tests find files: MODELS (of tests/abi/make_fixtures) and GOLDEN (tests/golden) come
from the environment, which bindings/python/check sets. There is no default: nothing is skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

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
