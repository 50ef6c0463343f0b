"""Every module of the package stands in a layer, and imports modules of layers below it alone."""

import ast
from pathlib import Path

import duomo

LAYERS = (
    {"_native", "_errors", "_info", "_cancel", "_closing", "_html"},
    {"_arrays", "_library", "_program"},
    {"_catalogue", "_filter", "_cells"},
    {"_features", "_results", "_sets", "_columns"},
    {"_request", "_table_files"},
    {"_searches", "_memory_files"},
    {"_calls", "_verbs"},
    {"_model", "convert"},
    {"_open", "_slot"},
    {"_training_result", "_pickling"},
    {"_train"},
    {"__init__", "_command"},
    {"__main__"},
)
FOLDER = Path(duomo.__file__).parent


def imported(path):
    """Also what is imported for types alone, or late."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield from [node.module] if node.module else [alias.name for alias in node.names]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [getattr(node, "module", None)] + [alias.name for alias in node.names]
            yield from ("__init__" for name in names if name == "duomo")


def test_arrows_go_one_way():
    layer = {name: at for at, names in enumerate(LAYERS) for name in names}
    paths = {path.stem: path for path in FOLDER.glob("*.py")}
    assert paths.keys() | {"_native"} == layer.keys()
    upwards = [
        f"{name} imports {other}"
        for name, path in paths.items()
        for other in imported(path)
        if layer[other] >= layer[name]
    ]
    assert upwards == []
    assert "_arrays" in set(imported(paths["_calls"]))  # so that it sees imports at all
