"""Gives mkdocs the pages of the site: Markdown from the whole tree, and the sources that it links to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.structure.files import File

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
import links  # noqa: E402

LANGUAGES = {".h": "cpp", ".hpp": "cpp", ".cc": "cpp", ".fbs": "protobuf", ".py": "python", ".rs": "rust"}

WIDEST = 30  # the line below the names of a table's columns: seven of them

PYTHON_PAGE = """# Python

What `import duomo` gives. [The page about the package](../bindings/python/README.md) shows how it is used.

::: duomo
    options:
      show_root_heading: false
      show_root_full_path: false
"""


def source_page(path: Path) -> str:
    """A page that shows a source, or lists a folder without a README."""
    name = path.relative_to(ROOT)
    if path.is_dir():
        return f"# {name}\n\n" + "".join(f"- `{file.name}`\n" for file in sorted(path.iterdir()))
    text = path.read_text(encoding="utf-8").rstrip("\n")
    return f"# {name}\n\n````` {LANGUAGES.get(path.suffix, path.suffix[1:] or 'text')}\n{text}\n`````\n"


def page_of(path: Path) -> str:
    """Where the site has what the tree has at `path`: as Markdown, for mkdocs to turn into a page."""
    name = path.relative_to(ROOT).as_posix()
    if path.is_dir():
        return f"{name}/README.md" if (path / "README.md").exists() else f"{name}/folder.md"
    return name if path.suffix in (".md", ".svg", ".png") else f"{name}.md"


def linked(page: Path) -> list[Path]:
    targets: list[Path] = []

    def note(target: str) -> str:
        url = urlsplit(target)
        if not url.scheme and url.path:
            targets.append((page.parent / url.path).resolve())
        return target

    links.replace_links(page.read_text(encoding="utf-8"), note)
    return targets


def go_page() -> str:
    text = subprocess.run(
        ["go", "doc", "-all"], cwd=ROOT / "bindings/go", check=True, capture_output=True, text=True
    ).stdout
    return f"# Go\n\nWhat `go doc -all` prints for the module.\n\n````` go\n{text}\n`````\n"


def on_files(files: Any, *, config: Any) -> Any:
    pages = links.markdown_files(ROOT)
    for path in pages:
        files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    known = set(pages)
    for path in [target for page in pages for target in linked(page)]:
        if path in known or not path.exists() or (path.is_dir() and (path / "README.md") in known):
            continue
        known.add(path)
        name = page_of(path)
        if name.endswith((".svg", ".png")):
            files.append(File.generated(config, name, abs_src_path=str(path)))
        else:
            files.append(File.generated(config, name, content=source_page(path)))
    files.append(File.generated(config, "api/python.md", content=PYTHON_PAGE))
    files.append(File.generated(config, "api/go.md", content=go_page()))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    path = ROOT / page.file.src_uri
    if not path.is_file():
        return markdown
    if max(map(len, re.findall(r"^\|[-:| ]+\|$", markdown, re.MULTILINE)), default=0) > WIDEST:
        page.meta["hide"] = ["navigation", "toc"]  # the table takes the whole width

    def change(target: str) -> str:
        url = urlsplit(target)
        to = (path.parent / url.path).resolve()
        if url.scheme or not url.path or to.suffix == ".md" or not to.exists():
            return target
        up = "../" * page.file.src_uri.count("/")
        return up + page_of(to) + (f"#{url.fragment}" if url.fragment else "")

    return links.replace_links(markdown, change)


def on_post_page(output: str, *, page: Any, config: Any) -> str:
    """The script that searches without a server comes from the site itself (see build)."""
    up = "../" * page.url.count("/")
    return output.replace("https://unpkg.com/iframe-worker/shim", f"{up}assets/javascripts/iframe-worker.js")
