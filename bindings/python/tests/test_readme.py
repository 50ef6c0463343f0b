"""README.md's examples, as they stand."""

import doctest
import os
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_example_runs(models, monkeypatch, capsys):
    text = README.read_text(encoding="utf-8")
    example = re.search(r"```python\n(import duomo\n.*?)```", text, re.DOTALL)
    assert example
    monkeypatch.chdir(models)
    exec(compile(example[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed == Path(os.environ["DUOMO_TEST_SHOP"]).read_text(encoding="utf-8")


def test_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failures, tried = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert (failures, tried) == (0, 14)
