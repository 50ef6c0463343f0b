"""Duomo: recommendations from one small library and one file.

    import duomo

    with duomo.open("movies.duomo") as model:
        model.predict(8, 475)
        for item, score in model.topk(8, k=5, exclude_seen=True):
            print(score, model.title(item))

A Model may be used by any number of threads. See help(duomo.Model).
"""

from . import _pickling, convert
from ._cancel import CancelFlag
from ._errors import (
    Argument,
    BusyError,
    Cancelled,
    ClosedError,
    ConversionError,
    Corrupt,
    Error,
    ErrorKind,
    FileAccessError,
    FileError,
    FolderError,
    Internal,
    InvalidArgument,
    MissingFileError,
    NotFound,
    OutOfMemory,
    ProgramError,
    Status,
    TrainingError,
    Unsupported,
    UnsupportedVersion,
)
from ._features import Features
from ._filter import Filter
from ._info import (
    Attribute,
    AttributeKind,
    Head,
    Input,
    Keys,
    Kind,
    ModelInfo,
    Scope,
    Unknown,
)
from ._library import build_info, id_of_key, load_library, version
from ._model import Context, Model
from ._open import open, open_buffer  # noqa: A004
from ._results import Hits, TopK
from ._sets import ItemSet
from ._slot import ModelSlot
from ._train import train
from ._training_result import TrainingResult

_pickling.register()

__version__ = "0.1.0"

__all__ = [
    "Argument",
    "Attribute",
    "AttributeKind",
    "BusyError",
    "CancelFlag",
    "Cancelled",
    "ClosedError",
    "Context",
    "ConversionError",
    "Corrupt",
    "Error",
    "ErrorKind",
    "Features",
    "FileAccessError",
    "FileError",
    "Filter",
    "FolderError",
    "Head",
    "Hits",
    "Input",
    "Internal",
    "InvalidArgument",
    "ItemSet",
    "Keys",
    "Kind",
    "MissingFileError",
    "Model",
    "ModelInfo",
    "ModelSlot",
    "NotFound",
    "OutOfMemory",
    "ProgramError",
    "Scope",
    "Status",
    "TopK",
    "TrainingError",
    "TrainingResult",
    "Unknown",
    "Unsupported",
    "UnsupportedVersion",
    "build_info",
    "convert",
    "id_of_key",
    "load_library",
    "open",
    "open_buffer",
    "train",
    "version",
]
