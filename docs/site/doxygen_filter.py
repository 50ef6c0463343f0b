"""Turns the comments of duomo.h and duomo.hpp into those that Doxygen reads: doxygen_filter.py FILE.

Line numbers stay as they are."""

import re
import sys
from pathlib import Path

TITLE = re.compile(r"/\* -{3,} (.*?) -+ \*/$")


def c(text: str) -> str:
    """A comment belongs to what follows, or to what stands before it on its line."""
    lines = text.split("\n")
    close = ""
    for i, line in enumerate(lines):
        title = TITLE.match(line)
        before, mark, after = line.partition("/*")
        if title:
            lines[i] = f"{close}/** @name {title[1]} */ /** @{{ */"
            close = "/** @} */ "
        elif mark:
            lines[i] = f"{before}/**{'<' if before.strip() else ''}{after}"
        elif line == "#ifdef __cplusplus" and lines[i + 1] == "}":
            lines[i - 1] += close
    lines[0] = "/** @file"
    return "\n".join(lines)


def cpp(text: str) -> str:
    """The same for comments of two slashes; the first of a file is about the file."""
    text = re.sub(r"^( *)//", r"\1///", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[;,]) +//(?!/)", "  ///<", text)
    return text.replace("///", f"/// @file {path.name}", 1)


path = Path(sys.argv[1])
source = path.read_text(encoding="utf-8")
print(c(source) if path.suffix == ".h" else cpp(source), end="")
