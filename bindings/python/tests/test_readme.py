"""README.md's example, as it stands."""

import re
from pathlib import Path


def test_example_runs(models, monkeypatch, capsys):
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(import duomo\n.*?)```", text, re.DOTALL)
    assert example
    monkeypatch.chdir(models)
    exec(compile(example[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "user 3, item 1006: 3.13 stars",
        "3.93  Große Lampe 39",
        "3.92  Große Lampe 15",
        "3.91  Große Lampe 6",
        "somebody new: [1024, 1015, 1060]",
        "after the swap: 3.13 stars",
    ]
