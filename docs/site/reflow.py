"""Breaks the lines of Markdown text anew, at most 120 columns wide: reflow.py FILE …

Paragraphs and items of lists are filled; code, tables, headings, quotes and HTML stay as they are. Words never
change.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from links import WIDTH

ITEM = re.compile(r"(\s*)([-*+]|\d+\.)\s+")
FENCE = re.compile(r"\s*(`{3,}|~{3,})")
AS_IT_IS = re.compile(r"\s*$|\s*[|#<>]|\s*!\[|\s*\[!|-{3,}$|={3,}$| {4,}|\t")
NOT_FIRST = re.compile(r"([-+*>|=]|#+|-+|=+|\d+[.)])$")  # a line that began with this would mean something else


def fill(text: str, first: str, others: str) -> list[str]:
    """The words of `text` in lines that begin with `first` and `others`; short code within them is not broken."""
    words = re.sub(r"`[^`]{,100}`", lambda code: " ".join(code[0].split()).replace(" ", "\0"), text).split()
    lines, line = [], first + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > WIDTH and not NOT_FIRST.match(word):
            lines.append(line)
            line = others + word
        else:
            line += " " + word
    return [line.replace("\0", " ") for line in [*lines, line]]


def reflow(text: str) -> str:
    lines, out, fence = text.split("\n"), [], ""
    while lines:
        line = lines.pop(0)
        marks = FENCE.match(line)
        if marks or fence:
            if marks and (not fence or line.strip().startswith(fence)):
                fence = "" if fence else marks[1]
            out.append(line)
            continue
        item = ITEM.match(line)
        if AS_IT_IS.match(line) and not item:
            out.append(line)
            continue
        first = item[0] if item else re.match(r"\s*", line)[0]
        parts = [line[len(first) :]]
        while lines and not ITEM.match(lines[0]) and not FENCE.match(lines[0]):
            if AS_IT_IS.match(lines[0]) and not (item and lines[0].startswith(" ") and lines[0].strip()):
                break
            parts.append(lines.pop(0))
        out += fill(" ".join(parts), first, " " * len(first))
    return "\n".join(out)


def main() -> None:
    for name in sys.argv[1:]:
        path = Path(name)
        before = path.read_text(encoding="utf-8")
        after = reflow(before)
        if after.split() != before.split():
            sys.exit(f"reflow: {name}: words would change")
        if after != before:
            path.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
