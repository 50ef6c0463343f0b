"""What `duomo-convert` does with .duomo files, as functions, a verb each.

    duomo.convert.quantize("movies.duomo", "small.duomo", vectors="int8")["size_after"]
    duomo.convert.import_vectors(array, ids, output="mine.duomo")

Files are paths; ``output`` is replaced as a whole, and untouched where a verb fails. Every verb
returns what the program says with --json, as a dict. Tables, arrays and lists of keys may be in
memory: they are written to a folder that only this user can read, in $TMPDIR, and removed when the
call ends. All take

- ``on_message``, called with every line that the program says meanwhile; where it returns False the
  program stops, and so it does on Ctrl-C;
- ``cancelled``, a CancelFlag: setting it in another thread stops the program, and Cancelled is
  raised;
- ``program``, another duomo-convert than the one inside the package.

They raise ConversionError with the program's message; TypeError and ValueError for arguments that
cannot be written for it; and the GIL is free while the program runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Union

from ._arrays import HasArray, Many, Vectors
from ._cancel import CancelFlag
from ._program import PathLike
from ._table_files import Table
from ._verbs import run

if TYPE_CHECKING:
    from typing_extensions import Unpack

Type = Literal["fp32", "fp16", "bf16", "int8"]
Keys = Union[PathLike, Iterable[int], Iterable[str], HasArray]
Parameters = Union[PathLike, Mapping[str, Any]]
Result = dict[str, Any]


class How(TypedDict, total=False):
    """What all verbs take: see above."""

    on_message: Callable[[str], Any] | None
    cancelled: CancelFlag | None
    program: PathLike | None


class HowParameters(How, total=False):
    """What imports of parameters take: see ``import_torch``."""

    like: PathLike | None
    preset: str | None
    data: PathLike | None
    map: Mapping[str, Any] | PathLike | None
    names: Literal["auto", "duomo", "torch"] | None
    allow_nonfinite: bool


# A body is one line: a verb's options are the names and values of its own arguments.


def inspect(
    file: PathLike,
    **how: Unpack[How],
) -> Result:
    """What a file holds, completely."""
    return run("inspect", locals())


def verify(
    file: PathLike,
    *,
    erased_users: Keys | None = None,
    erased_items: Keys | None = None,
    **how: Unpack[How],
) -> Result:
    """Checks everything in a file, frozen vectors included; result["ok"] says whether it is sound,
    and "checks" what was wrong. ``erased_users``, ``erased_items``: keys of whom nothing may be
    left."""
    return run("verify", locals())


def diff(
    first: PathLike,
    second: PathLike,
    **how: Unpack[How],
) -> Result:
    """What differs between two files, and by how much; result["same"] says whether nothing does."""
    return run("diff", locals())


def quantize(
    file: PathLike,
    output: PathLike,
    *,
    weights: Type | None = None,
    vectors: Type | None = None,
    user_vectors: Type | None = None,
    item_vectors: Type | None = None,
    compress: bool = False,
    max_error: float | None = None,
    pairs: int | None = None,
    users: int | None = None,
    all: bool = False,
    seed: int | None = None,
    **how: Unpack[How],
) -> Result:
    """Stores weights and vectors in fewer bits, and says what it costs: errors of ``pairs``
    predictions, and how many of the top 10 of ``users`` (or ``all``) stay. ``max_error``: fails
    where a sampled prediction is off by more."""
    return run("quantize", locals())


def compress(
    file: PathLike,
    output: PathLike,
    **how: Unpack[How],
) -> Result:
    """Compresses every tensor that gets smaller, for shipping."""
    return run("compress", locals())


def decompress(
    file: PathLike,
    output: PathLike,
    **how: Unpack[How],
) -> Result:
    """Stores every tensor as it is, to be used in place."""
    return run("decompress", locals())


def prune(
    file: PathLike,
    output: PathLike,
    *,
    no_users: bool = False,
    keep_users: Keys | None = None,
    drop_users: Keys | None = None,
    keep_items: Keys | None = None,
    drop_items: Keys | None = None,
    where: Mapping[str, Any] | Iterable[str] | None = None,
    no_history: bool = False,
    no_titles: bool = False,
    no_user_vectors: bool = False,
    **how: Unpack[How],
) -> Result:
    """Leaves out users, items, histories, titles or the users' frozen vectors. ``keep_…`` and
    ``drop_…`` are keys, or the path of a file with one a line; ``where={"genres": ["Drama"]}``
    keeps the items with one of these values."""
    return run("prune", locals())


def merge(
    file: PathLike,
    output: PathLike,
    *,
    users: Table | None = None,
    items: Table | None = None,
    history: Table | None = None,
    no_replace: bool = False,
    ignore: Iterable[str] | None = None,
    date_format: str | None = None,
    skip_bad_lines: bool = False,
    **how: Unpack[How],
) -> Result:
    """Adds or replaces users and items, and adds events to histories, without training. Tables as
    in duomo.train: ``users`` and ``items`` with the columns id, title, inputs, vector, history;
    ``history`` with user, item and perhaps timestamp."""
    return run("merge", locals())


def annotate(
    file: PathLike,
    output: PathLike,
    *,
    set: Mapping[str, Any] | None = None,
    unset: Iterable[str] | None = None,
    **how: Unpack[How],
) -> Result:
    """Writes name, version, date, licence … into a file, for its hosts to read in
    ``Model.metadata``; takes out the names in ``unset`` first."""
    return run("annotate", locals())


def attributes(
    file: PathLike,
    output: PathLike,
    *,
    items: Table | None = None,
    columns: Iterable[str] | Mapping[str, str] | None = None,
    item: str | None = None,
    separator: str | None = None,
    date_format: str | None = None,
    skip_bad_lines: bool = False,
    remove: Iterable[str] | None = None,
    **how: Unpack[How],
) -> Result:
    """Adds, replaces or removes columns of items for filtering and showing. ``items`` is a table;
    ``columns`` which of it, with their kinds: {"year": "integer"}; ``item`` its column of keys."""
    return run("attributes", locals())


def index(
    file: PathLike,
    output: PathLike,
    *,
    lists: int | None = None,
    recall: float | None = None,
    users: bool = False,
    none: bool = False,
    **how: Unpack[How],
) -> Result:
    """Makes the codes of the vectors that fast searches read, again; ``lists`` (0: as many as fit)
    for approximate ones, of ``users``, too, or ``none``."""
    return run("index", locals())


def upgrade(
    file: PathLike,
    output: PathLike,
    **how: Unpack[How],
) -> Result:
    """Rewrites a file of an older release in today's container, with what today's searches look
    into; contents stay."""
    return run("upgrade", locals())


def dump(
    file: PathLike,
    output: PathLike,
    *,
    values: bool = False,
    **how: Unpack[How],
) -> Result:
    """Writes a whole file as JSON, without loss; with ``values`` numbers are numbers."""
    return run("dump", locals())


def build(
    file: PathLike,
    output: PathLike,
    **how: Unpack[How],
) -> Result:
    """Makes a .duomo file from the JSON of ``dump``."""
    return run("build", locals())


def import_vectors(
    items: Vectors | Table,
    item_ids: Many | PathLike | None = None,
    *,
    output: PathLike,
    users: Vectors | Table | None = None,
    user_ids: Many | PathLike | None = None,
    titles: Table | None = None,
    head: Literal["cosine", "dot"] | None = None,
    scale: float | None = None,
    offset: float | None = None,
    unit: str | None = None,
    fold_in: str | None = None,
    allow_nonfinite: bool = False,
    skip_bad_lines: bool = False,
    **how: Unpack[How],
) -> Result:
    """A file of users and items by their vectors, from any model: for predict, topk and similar.
    Vectors are arrays [n, width], or paths of .npy, .npz, .safetensors, .fvecs or tables; ids are
    integers or texts, one a vector, 0, 1, 2 … where there are none; ``titles`` a table with the
    columns id and title. A prediction is scale · head + offset, in the ``unit``."""
    return run("import vectors", locals())


def import_onnx(
    input: PathLike,
    output: PathLike,
    *,
    like: PathLike,
    map: Mapping[str, Any] | PathLike | None = None,
    allow_nonfinite: bool = False,
    **how: Unpack[How],
) -> Result:
    """A network from an ONNX model; users, items, features and dictionaries are those of the .duomo
    file ``like``. ``map`` goes from the graph's inputs to those of that file."""
    return run("import onnx", locals())


def import_torch(
    input: Parameters,
    output: PathLike,
    **how: Unpack[HowParameters],
) -> Result:
    """Parameters of a PyTorch module: its state_dict, or the path of a .safetensors file of it. The
    rest is of the .duomo file ``like``, or of a ``preset`` and its ``data``. ``map`` goes from
    names of the input to parameters: "NAME", {"parameter": "NAME", "transpose": True} or None."""
    return run("import torch", locals())


def import_safetensors(
    input: Parameters,
    output: PathLike,
    **how: Unpack[HowParameters],
) -> Result:
    """Parameters from a .safetensors file, or a dict of arrays; else as ``import_torch``."""
    return run("import safetensors", locals())


def import_npz(
    input: Parameters,
    output: PathLike,
    **how: Unpack[HowParameters],
) -> Result:
    """Parameters from a .npz archive, such as ``export_npz`` writes, or a dict of arrays; else as
    ``import_torch``."""
    return run("import npz", locals())


def import_keras(
    input: Parameters,
    output: PathLike,
    **how: Unpack[HowParameters],
) -> Result:
    """Parameters of a Keras model, from a .npz archive or a dict of arrays, named as
    `duomo-convert import keras --help` says; else as ``import_torch``."""
    return run("import keras", locals())


def import_paddle_v2(
    input: PathLike,
    output: PathLike,
    *,
    data: PathLike,
    preset: str | None = None,
    no_titles: bool = False,
    allow_nonfinite: bool = False,
    **how: Unpack[How],
) -> Result:
    """Parameters of PaddlePaddle v2's chapter on recommendation; users, items and dictionaries are
    those of MovieLens 1M in ``data``."""
    return run("import paddle-v2", locals())


def import_paddle_inference(
    input: PathLike,
    output: PathLike,
    *,
    like: PathLike | None = None,
    data: PathLike | None = None,
    preset: str | None = None,
    map: Mapping[str, Any] | PathLike | None = None,
    allow_nonfinite: bool = False,
    **how: Unpack[How],
) -> Result:
    """A network that PaddlePaddle saved for inference, .json or .pdmodel."""
    return run("import paddle-inference", locals())


def export_npz(
    file: PathLike,
    output: PathLike,
    *,
    compress: bool = False,
    **how: Unpack[How],
) -> Result:
    """Every tensor as an array for numpy.load, and description_json as bytes."""
    return run("export npz", locals())


def export_onnx(
    file: PathLike,
    output: PathLike,
    *,
    tower: Literal["user", "item"] | None = None,
    inline_limit: int | None = None,
    **how: Unpack[How],
) -> Result:
    """The network as an ONNX model: features in, predictions and vectors out; or one ``tower``."""
    return run("export onnx", locals())


def export_paddle_v2(
    file: PathLike,
    output: PathLike,
    *,
    data: PathLike | None = None,
    gzip: bool = False,
    **how: Unpack[How],
) -> Result:
    """Parameters of preset hybrid for PaddlePaddle v2's chapter on recommendation, as a tar."""
    return run("export paddle-v2", locals())


def export_safetensors(
    file: PathLike,
    output: PathLike,
    **how: Unpack[How],
) -> Result:
    """The parameters, named and laid out as in a PyTorch module's state_dict."""
    return run("export safetensors", locals())
