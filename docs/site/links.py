"""Links in Markdown and HTML, and whether they lead anywhere.

    links.py tree ROOT    every Markdown file of the repository in ROOT: links, anchors, line lengths
    links.py site FOLDER  every page of a built site: nothing dead, nothing fetched from the network
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

WIDTH = 120
LINK = re.compile(r"(?<!\\)(\]\()([^()\s]+)(\))")


def markdown_files(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "*.md"], check=True, capture_output=True, text=True
    )
    return [root / name for name in listed.stdout.split("\n") if name and (root / name).is_file()]


def outside_code(text: str) -> Iterator[tuple[int, str, bool]]:
    """Lines with their number, and whether they are text: not in a fenced or indented block."""
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        marks = re.match(r"\s*(`{3,}|~{3,})", line)
        if marks and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else marks[1]
            yield number, line, False
        else:
            yield number, line, not fence


def replace_links(text: str, change: Callable[[str], str]) -> str:
    """The text, with change(target) for the target of every link outside of code."""

    def in_line(line: str) -> str:
        pieces = re.split(r"(`+[^`]*`+)", line)  # code within the line is every second piece
        for i in range(0, len(pieces), 2):
            pieces[i] = LINK.sub(lambda m: m[1] + change(m[2]) + m[3], pieces[i])
        return "".join(pieces)

    # A link's text may hold code, so the line is looked at as a whole where that splits it.
    def whole(line: str) -> str:
        return LINK.sub(lambda m: m[1] + change(m[2]) + m[3], line) if re.search(r"`\]\(", line) else in_line(line)

    return "\n".join(whole(line) if is_text else line for _, line, is_text in outside_code(text))


def anchor(heading: str) -> str:
    """As GitHub and Python-Markdown both make them of headings."""
    plain = re.sub(r"\]\([^)]*\)", "", heading).replace("`", "").strip().lower()
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", plain)).strip("-")


def anchors(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return {anchor(line.lstrip("#")) for _, line, is_text in outside_code(text) if is_text and line.startswith("#")}


def check_tree(root: Path) -> list[str]:
    problems = []
    for page in markdown_files(root):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(root)

        def check(target: str) -> str:
            url = urlsplit(target)
            if not url.scheme:
                to = page if not url.path else (page.parent / unquote(url.path)).resolve()
                if not to.exists():
                    problems.append(f"{name}: {target} leads nowhere")
                elif not to.is_relative_to(root.resolve()) and to != page:
                    problems.append(f"{name}: {target} leads out of the repository")
                elif url.fragment and to.suffix == ".md" and url.fragment not in anchors(to):
                    problems.append(f"{name}: {target}: no such heading")
            return target

        replace_links(text, check)
        for number, line, is_text in outside_code(text):
            text_line = is_text and not line.startswith("    ") and not line.lstrip().startswith(("|", "<!--"))
            if text_line and len(line) > WIDTH and page.name != "CHANGELOG.md":  # whose entries are lines
                problems.append(f"{name}:{number}: {len(line)} characters; lines of text have at most {WIDTH} (./dev format)")
    return problems


class Page(HTMLParser):
    """What a page refers to, what it fetches, and what in it can be referred to."""

    FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.feed(path.read_text(encoding="utf-8", errors="replace"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.ids.update(values[name] for name in ("id", "name") if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        wanted = self.FETCHED.get(tag)
        if wanted in values and values.get("rel") not in ("canonical", "prev", "next"):
            self.fetched.append(values[wanted])


def check_site(site: Path) -> list[str]:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    problems = [] if pages else [f"{site} has no page"]
    for path, page in pages.items():
        for target in page.links + page.fetched:
            url = urlsplit(target)
            if url.scheme or url.netloc:
                if target in page.fetched and url.scheme not in ("data", "javascript"):
                    problems.append(f"{path.relative_to(site)}: fetches {target} from the network")
                continue
            to = path if not url.path else (path.parent / unquote(url.path)).resolve()
            if to.is_dir():
                to = to / "index.html"
            if not to.exists():
                problems.append(f"{path.relative_to(site)}: {target} leads nowhere")
            elif url.fragment and to in pages and not {url.fragment, unquote(url.fragment)} & pages[to].ids:
                if not re.fullmatch(r"[\d-]+", url.fragment):  # lines of a source, which a script shows
                    problems.append(f"{path.relative_to(site)}: {target}: no such anchor")
    return problems


def main() -> int:
    kinds = {"tree": check_tree, "site": check_site}
    if len(sys.argv) != 3 or sys.argv[1] not in kinds:
        print(__doc__, file=sys.stderr)
        return 2
    problems = kinds[sys.argv[1]](Path(sys.argv[2]).resolve())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
