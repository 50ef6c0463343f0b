"""examples/first_steps.ipynb runs from top to bottom on data of its own, and shows what it says."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

NOTEBOOK = Path(__file__).parents[1] / "examples" / "first_steps.ipynb"
# In a process of its own: what Jupyter leaves running and warns of is no concern of these tests.
EXECUTE = """
import nbclient, nbformat
notebook = nbformat.read("first_steps.ipynb", as_version=4)
nbclient.NotebookClient(notebook, timeout=300).execute()
nbformat.write(notebook, "first_steps.ipynb")
"""


def test_it_runs(tmp_path):
    committed = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in committed.cells)
    shutil.copy(NOTEBOOK, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(tmp_path / NOTEBOOK.name, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    tables = [o["data"]["text/html"] for o in outputs if "text/html" in o.get("data", {})]
    assert len(tables) == 7
    assert sum("<th>title</th>" in table for table in tables) >= 5
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert (tmp_path / "small.duomo.new").stat().st_size < (tmp_path / "songs.duomo").stat().st_size
