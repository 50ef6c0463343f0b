"""python -m duomo [FILE]: the library that runs, and what a model says of itself.
python -m duomo train|describe|evaluate …: the program `duomo`; tables may be Parquet and Feather.
"""

from __future__ import annotations

import argparse
import sys

import duomo

from . import _command


def main() -> int:
    if sys.argv[1:] and sys.argv[1] in _command.COMMANDS:
        return _command.run(sys.argv[1:])
    parser = argparse.ArgumentParser(
        prog="python -m duomo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", help="a .duomo file")
    wanted = parser.parse_args()
    try:
        print(duomo.build_info())
        print(f"library   {duomo.load_library()}")
        if wanted.file is not None:
            describe(wanted.file)
    except (duomo.Error, ImportError) as error:
        print(f"duomo: {error}", file=sys.stderr)
        return 1
    return 0


def describe(path: str) -> None:
    with duomo.open(path) as model:
        i = model.info
        print(f"model     {i.name}, {i.head.name.lower()}, {i.file_size} bytes")
        print(f"output    {i.unit}, {i.minimum_output:g} to {i.maximum_output:g}")
        where = "in the file" if i.has_user_vectors else "made when asked"
        print(f"users     {i.user_count}, vectors {where}")
        print(f"items     {i.item_count}, vectors of {i.vector_width} floats")
        stored = [n for n, there in (("titles", i.has_titles), ("history", i.has_history)) if there]
        print(f"stored    {', '.join(stored) or 'neither titles nor history'}")
        for one in model.inputs:
            kind = one.kind.name.lower().replace("_", " ")
            size = f", {one.vocabulary_size} values" if one.vocabulary_size else ""
            print(f"input     {one.scope.name.lower():4}  {one.name}: {kind}{size}")


if __name__ == "__main__":
    sys.exit(main())
