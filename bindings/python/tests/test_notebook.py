"""examples/first_steps.ipynb runs from top to bottom on data of its own, and shows what it says."""

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[1] / "examples" / "first_steps.ipynb"


# What Jupyter's own packages say of themselves is no concern of this one.
@pytest.mark.filterwarnings("default")
def test_it_runs(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)  # none is committed
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    tables = [o["data"]["text/html"] for o in outputs if "text/html" in o.get("data", {})]
    assert len(tables) == 7
    assert sum("<th>title</th>" in table for table in tables) >= 5
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert (tmp_path / "small.duomo.new").stat().st_size < (tmp_path / "songs.duomo").stat().st_size
