"""Tables for notebooks."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def table(columns: Mapping[str, Sequence[Any]], rows: int) -> str:
    """The columns as an HTML table; a line below says where there are more ``rows`` than shown."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in zip(*columns.values())
    )
    shown = len(next(iter(columns.values())))
    more = f"<p>{shown:,} of {rows:,} results</p>" if shown < rows else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f'<td style="text-align:right">{value:.4g}</td>'
    return f"<td>{html.escape('' if value is None else str(value))}</td>"
