"""Graphs as torch.onnx writes them for ordinary modules: weights transposed in Gemm, masks by Equal and
masked_fill, cosines and norms spelled out. Random weights; sizes are those of the models beside."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


class Module:
    def __init__(self, seed):
        self.nodes, self.constants, self.inputs = [], [], []
        self.random = np.random.default_rng(seed)

    def op(self, name, *inputs, **attributes):
        output = f"/{name}_output_{len(self.nodes)}"
        self.nodes.append(helper.make_node(name, list(inputs), [output], f"/{name}_{len(self.nodes)}", **attributes))
        return output

    def constant(self, value, dtype=None, name=None):
        name = name or f"onnx::{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def weight(self, *shape):
        values = self.random.normal(0, 1 / np.sqrt(shape[-1]), shape)
        return self.constant(values, np.float32, f"weight.{len(self.constants)}")

    def input(self, name, *more, kind=TensorProto.INT64):
        self.inputs.append(helper.make_tensor_value_info(name, kind, ["batch", *more]))
        return name

    def embedding(self, rows, dim, x):
        return self.op("Gather", self.weight(rows, dim), x)

    def linear(self, width, units, x):
        return self.op("Gemm", x, self.weight(units, width), self.weight(units), transB=1, alpha=1.0, beta=1.0)

    def matmul(self, width, units, x):
        return self.op("MatMul", x, self.weight(width, units))

    def squeeze(self, x, axis):
        return self.op("Squeeze", x, self.constant([axis], np.int64))

    def unsqueeze(self, x, axis):
        return self.op("Unsqueeze", x, self.constant([axis], np.int64))

    def sum(self, x, axis, keepdims=0):
        return self.op("ReduceSum", x, self.constant([axis], np.int64), keepdims=keepdims)

    def number(self, value):
        return self.constant(value, np.float32)

    def model(self, output):
        self.nodes.append(helper.make_node("Identity", [output], ["scores"]))
        outputs = [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch"])]
        graph = helper.make_graph(self.nodes, "main_graph", self.inputs, outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def hybrid_multi_hot(sizes):
    """Masked text, genres as a multi-hot vector, F.cosine_similarity."""
    m = Module(1)
    parts = []
    for name, dim in ("user_id", 32), ("gender", 16), ("age", 16), ("job", 16):
        x = m.embedding(sizes[name], dim, m.input(name))
        parts.append(m.op("Tanh", m.linear(dim, dim, x)))
    user = m.op("Tanh", m.linear(80, 200, m.op("Concat", *parts, axis=1)))
    movie = m.op("Tanh", m.linear(32, 32, m.embedding(sizes["movie_id"], 32, m.input("movie_id"))))
    genres = m.op("Tanh", m.linear(sizes["genre"] - 1, 32, m.input("genres", sizes["genre"] - 1, kind=TensorProto.FLOAT)))
    title = m.input("title", "words")
    padding = m.op("Equal", title, m.constant(-1, np.int64))
    words = m.embedding(sizes["word"], 32, title)
    kept = m.op("Cast", m.unsqueeze(m.op("Not", padding), -1), to=TensorProto.FLOAT)
    words = m.op("Transpose", m.op("Mul", words, kept), perm=[0, 2, 1])
    text = m.op("Conv", words, m.weight(32, 32, 3), m.weight(32), kernel_shape=[3], pads=[1, 1], strides=[1],
                dilations=[1], group=1)  # fmt: skip
    text = m.op("Where", m.unsqueeze(padding, 1), m.number(-1e9), m.op("Tanh", text))
    text = m.op("ReduceMax", text, axes=[2], keepdims=0)
    item = m.op("Tanh", m.linear(96, 200, m.op("Concat", movie, genres, text, axis=-1)))
    lengths = m.op("Mul", m.sum(m.op("Mul", user, user), 1), m.sum(m.op("Mul", item, item), 1))
    length = m.op("Max", m.op("Sqrt", lengths), m.number(1e-8))
    cosine = m.op("Div", m.sum(m.op("Mul", user, item), 1), length)
    return m.model(m.op("Add", m.op("Mul", cosine, m.number(2.5)), m.number(2.5)))


def hybrid_unmasked(sizes):
    """Texts without padding, a tower as a sum of products, F.normalize."""
    m = Module(2)
    total = None
    for name, dim in ("user_id", 32), ("gender", 16), ("age", 16), ("job", 16):
        x = m.op("Add", m.weight(dim), m.matmul(dim, dim, m.embedding(sizes[name], dim, m.input(name))))
        x = m.matmul(dim, 200, m.op("Tanh", x))
        total = x if total is None else m.op("Add", total, x)
    user = m.op("Tanh", m.op("Add", total, m.weight(200)))
    movie = m.embedding(sizes["movie_id"], 32, m.input("movie_id"))
    genres = m.input("genres", "count")
    kept = m.op("Cast", m.unsqueeze(m.op("GreaterOrEqual", genres, m.constant(0, np.int64)), 2), to=TensorProto.FLOAT)
    genres = m.op("Mul", kept, m.embedding(sizes["genre"], 32, genres))
    genres = m.op("Relu", m.op("Add", m.sum(genres, 1), m.weight(32)))
    words = m.op("Transpose", m.embedding(sizes["word"], 32, m.input("title", "words")), perm=[0, 2, 1])
    text = m.op("Conv", words, m.weight(32, 32, 3), m.weight(32), kernel_shape=[3], pads=[1, 1])
    text = m.squeeze(m.op("GlobalMaxPool", m.op("Tanh", text)), 2)
    item = m.op("Tanh", m.linear(96, 200, m.op("Concat", movie, genres, text, axis=1)))

    def normalize(x):
        length = m.op("Clip", m.op("ReduceL2", x, axes=[1], keepdims=1), m.number(1e-12))
        return m.op("Div", x, m.op("Expand", length, m.op("Shape", x)))

    cosine = m.sum(m.op("Mul", normalize(user), normalize(item)), 1)
    score = m.op("Mul", m.op("Mul", cosine, m.number(5)), m.number(0.5))
    return m.model(m.op("Add", score, m.number(2.5)))


def factorisation(sizes):
    """(p * q).sum(1) + b_u + b_i + mu, squashed."""
    m = Module(3)
    user, item = m.input("user_id"), m.input("movie_id")
    product = m.op("Mul", m.embedding(sizes["user_id"], 24, user), m.embedding(sizes["movie_id"], 24, item))
    score = m.sum(product, 1)
    score = m.op("Add", score, m.squeeze(m.embedding(sizes["user_id"], 1, user), 1))
    score = m.op("Add", m.squeeze(m.embedding(sizes["movie_id"], 1, item), 1), score)
    score = m.op("Sigmoid", m.op("Add", score, m.number(0.3)))
    return m.model(m.op("Mul", score, m.number(5)))


def ranking(sizes):
    """One tower over both sides and a number of the pair; a logit, squashed."""
    m = Module(4)
    movie = m.embedding(sizes["movie_id"], 12, m.input("movie_id"))
    gender = m.embedding(sizes["gender"], 4, m.input("gender"))
    watched = m.input("watched", "count")
    present = m.op("Not", m.op("Less", watched, m.constant(0, np.int64)))
    flags = m.op("Cast", present, to=TensorProto.FLOAT)
    kept = m.op("Mul", m.embedding(sizes["movie_id"], 8, watched), m.unsqueeze(flags, 2))
    count = m.op("Clip", m.sum(flags, 1, keepdims=1), m.number(1))
    watched = m.op("Div", m.sum(kept, 1), count)
    score = m.unsqueeze(m.input("candidate_score", kind=TensorProto.FLOAT), 1)
    score = m.op("Div", m.op("Sub", score, m.number(0.5)), m.number(2))
    x = m.op("Concat", movie, gender, watched, score, axis=1)
    x = m.op("Relu", m.linear(25, 32, x))
    x = m.op("Sigmoid", m.linear(32, 16, m.op("Dropout", x)))
    return m.model(m.squeeze(m.op("Sigmoid", m.linear(16, 1, x)), 1))


def all_graphs(sizes_of):
    """By name: MODEL-torch-WHAT for the data of preset MODEL, whose tables have sizes_of(MODEL) rows."""
    return {
        "hybrid-torch-multi-hot": hybrid_multi_hot(sizes_of("hybrid")),
        "hybrid-torch-unmasked": hybrid_unmasked(sizes_of("hybrid")),
        "mf-torch": factorisation(sizes_of("mf")),
        "youtube-ranking-torch": ranking(sizes_of("youtube-ranking")),
    }
