"""README.md's example, as it stands."""

import os
import re
from pathlib import Path


def test_example_runs(models, monkeypatch, capsys):
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(import duomo\n.*?)```", text, re.DOTALL)
    assert example
    monkeypatch.chdir(models)
    exec(compile(example[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed == Path(os.environ["DUOMO_TEST_SHOP"]).read_text(encoding="utf-8")
