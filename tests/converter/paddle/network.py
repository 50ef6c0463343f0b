"""The chapter's network in PaddlePaddle 3, in several spellings, with the parameters of a v2 tar."""

import numpy as np
import paddle
import paddle.nn as nn
import paddle.nn.functional as F
import paddle.static as static
from paddle.pir_utils import OldIrGuard

INPUTS = ["user_id", "gender", "age", "job", "movie_id", "genres", "title"]
USER_LAYERS, CONV = range(4), "___sequence_conv_pooling_0___conv_fc"


def features(data, pairs):
    """What the network reads for these pairs: rows of dictionaries, titles padded with -1."""
    rows = [data.rows(movie) for _, movie in pairs]
    users = np.array([(user, *data.users[user]) for user, _ in pairs], np.int64)
    out = {name: users[:, i] for i, name in enumerate(INPUTS[:4])}
    out["movie_id"] = np.array([movie for _, movie in pairs], np.int64)
    out["genres"] = np.zeros((len(pairs), len(data.genres)), np.float32)
    out["title"] = np.full((len(pairs), max(len(words) for _, words in rows)), -1, np.int64)
    for i, (genres, words) in enumerate(rows):
        out["genres"][i, genres] = 1
        out["title"][i, : len(words)] = words
    return out


class Network(nn.Layer):
    """columns: ids come as [n, 1], and the cosine is a product of vectors of length 1."""

    def __init__(self, p, columns):
        super().__init__()
        self.columns = columns
        self.tables = nn.LayerList()
        for i in range(6):
            table = nn.Embedding(*p[f"___embedding_{i}__.w0"].shape)
            table.weight.set_value(p[f"___embedding_{i}__.w0"])
            self.tables.append(table)
        self.dense = nn.LayerList()
        for i in range(8):
            parts = [p[f"___fc_layer_{i}__.w{j}"] for j in range(4) if f"___fc_layer_{i}__.w{j}" in p]
            layer = nn.Linear(sum(len(w) for w in parts), parts[0].shape[1])
            layer.weight.set_value(np.concatenate(parts))
            layer.bias.set_value(p[f"___fc_layer_{i}__.wbias"][0])
            self.dense.append(layer)
        self.conv = nn.Conv1D(32, 32, 3, padding="SAME" if columns else 1)
        self.conv.weight.set_value(p[CONV + ".w0"].reshape(3, 32, 32).transpose(2, 1, 0))
        self.conv.bias.set_value(p[CONV + ".wbias"][0])

    def embedded(self, table, ids):
        out = self.tables[table](ids)
        return paddle.flatten(out, 1, 2) if self.columns else out

    def forward(self, user_id, gender, age, job, movie_id, genres, title):
        fc = lambda i, x: paddle.tanh(self.dense[i](x))
        ids = [user_id, gender, age, job]
        user = fc(4, paddle.concat([fc(i, self.embedded(i, ids[i])) for i in range(4)], axis=1))
        present = title > -1
        words = self.tables[5](paddle.maximum(title, paddle.zeros_like(title)))
        words = words * present.astype("float32").unsqueeze(2)
        words = paddle.tanh(self.conv(words.transpose([0, 2, 1])))
        words = paddle.where(present.unsqueeze(1), words, paddle.full_like(words, -1e9)).max(axis=2)
        movie = [fc(5, self.embedded(4, movie_id)), fc(6, genres), words]
        movie = fc(7, paddle.concat(movie, axis=-1))
        if self.columns:
            return (F.normalize(user, axis=1) * F.normalize(movie, axis=1)).sum(axis=1) * 2.5 + 2.5
        return F.cosine_similarity(user, movie, axis=1) * 5.0


def save(parameters, path, columns=False):
    """As paddle.jit.save writes it: .json and .pdiparams."""
    net = Network(parameters, columns)
    net.eval()
    ids = lambda name: static.InputSpec([None, 1] if columns else [None], "int64", name)
    genres = static.InputSpec([None, parameters["___fc_layer_6__.w0"].shape[0]], "float32", "genres")
    title = static.InputSpec([None, None], "int64", "title")
    paddle.jit.save(net, path, input_spec=[*map(ids, INPUTS[:5]), genres, title])


def run(path, feeds, columns=False):
    net = paddle.jit.load(path)
    out = []
    for begin in range(0, len(feeds["title"]), 1000):
        part = {name: value[begin : begin + 1000] for name, value in feeds.items()}
        if columns:
            part |= {name: part[name][:, None] for name in INPUTS[:5]}
        out.append(net(*[paddle.to_tensor(part[name]) for name in INPUTS]).numpy())
    return np.concatenate(out)


def save_and_run_program(parameters, path, feeds):
    """As older versions wrote it: .pdmodel, operator by operator. Returns its predictions."""
    paddle.enable_static()
    with OldIrGuard():
        main, startup = static.Program(), static.Program()
        with static.program_guard(main, startup):
            block, values = main.global_block(), {}

            def op(kind, inputs, shape, result="Out", dtype="float32", **attributes):
                out = block.create_var(name=f"{kind}_{len(block.ops)}.tmp", dtype=dtype, shape=shape)
                outputs = {result: [out]}
                if kind in ("unsqueeze2", "squeeze2", "transpose2"):
                    outputs["XShape"] = [block.create_var(name=out.name + ".shape", dtype=dtype, shape=[0, *shape])]
                attributes = {name.rstrip("_"): value for name, value in attributes.items()}
                block.append_op(type=kind, inputs=inputs, outputs=outputs, attrs=attributes)
                return out

            def weight(name, value):
                values[name] = value
                return block.create_parameter(name=name, shape=value.shape, dtype="float32")

            def fc(i, x):
                parts = [parameters[f"___fc_layer_{i}__.w{j}"] for j in range(4)
                         if f"___fc_layer_{i}__.w{j}" in parameters]
                w, b = np.concatenate(parts), parameters[f"___fc_layer_{i}__.wbias"][0]
                shape = [-1, w.shape[1]]
                x = op("matmul_v2", {"X": [x], "Y": [weight(f"fc_{i}.w", w)]}, shape,
                       trans_x=False, trans_y=False)
                x = op("elementwise_add", {"X": [x], "Y": [weight(f"fc_{i}.b", b)]}, shape, axis=-1)
                return op("tanh", {"X": [x]}, shape)

            def embedded(i, ids, shape):
                w = weight(f"table_{i}", parameters[f"___embedding_{i}__.w0"])
                return op("lookup_table_v2", {"Ids": [ids], "W": [w]}, [*shape, w.shape[1]], padding_idx=-1)

            x = {name: static.data(name, [None], "int64") for name in INPUTS[:5]}
            x["genres"] = static.data("genres", [None, feeds["genres"].shape[1]], "float32")
            x["title"] = static.data("title", [None, None], "int64")
            user = [fc(i, embedded(i, x[name], [-1])) for i, name in enumerate(INPUTS[:4])]
            user = fc(4, op("concat", {"X": user}, [-1, 80], axis=1))

            least = op("fill_constant", {}, [1], dtype="int64", shape_=[1], value=-1.0, dtype_=3)
            present = op("greater_than", {"X": [x["title"]], "Y": [least]}, [-1, -1], dtype="bool", axis=-1)
            zero = op("fill_constant", {}, [1], dtype="int64", shape_=[1], value=0.0, dtype_=3)
            rows = op("elementwise_max", {"X": [x["title"]], "Y": [zero]}, [-1, -1], dtype="int64", axis=-1)
            mask = op("cast", {"X": [present]}, [-1, -1], in_dtype=0, out_dtype=5)
            mask = op("unsqueeze2", {"X": [mask]}, [-1, -1, 1], axes=[2])
            words = op("elementwise_mul", {"X": [embedded(5, rows, [-1, -1])], "Y": [mask]}, [-1, -1, 32], axis=-1)
            words = op("transpose2", {"X": [words]}, [-1, 32, -1], axis=[0, 2, 1])
            words = op("unsqueeze2", {"X": [words]}, [-1, 32, 1, -1], axes=[-2])
            filters = weight("conv.w", parameters[CONV + ".w0"].reshape(3, 32, 32).transpose(2, 1, 0))
            filters = op("unsqueeze2", {"X": [filters]}, [32, 32, 1, 3], axes=[-2])
            words = op("conv2d", {"Input": [words], "Filter": [filters]}, [-1, 32, 1, -1], "Output",
                       strides=[1, 1], paddings=[0, 1], dilations=[1, 1], groups=1,
                       padding_algorithm="EXPLICIT", data_format="NCHW")
            bias = weight("conv.b", parameters[CONV + ".wbias"][0])
            words = op("elementwise_add", {"X": [words], "Y": [bias]}, [-1, 32, 1, -1], axis=1)
            words = op("squeeze2", {"X": [words]}, [-1, 32, -1], axes=[-2])
            words = op("tanh", {"X": [words]}, [-1, 32, -1])
            low = op("fill_any_like", {"X": [words]}, [-1, 32, -1], value=-1e9, dtype_=5)
            every = op("cast", {"X": [present]}, [-1, -1], in_dtype=0, out_dtype=5)
            every = op("unsqueeze2", {"X": [every]}, [-1, 1, -1], axes=[1])
            ones = op("fill_any_like", {"X": [words]}, [-1, 32, -1], value=1.0, dtype_=5)
            every = op("elementwise_mul", {"X": [every], "Y": [ones]}, [-1, 32, -1], axis=-1)
            every = op("cast", {"X": [every]}, [-1, 32, -1], dtype="bool", in_dtype=5, out_dtype=0)
            words = op("where", {"Condition": [every], "X": [words], "Y": [low]}, [-1, 32, -1])
            words = op("reduce_max", {"X": [words]}, [-1, 32], dim=[2], keep_dim=False, reduce_all=False)
            movie = [fc(5, embedded(4, x["movie_id"], [-1])), fc(6, x["genres"]), words]
            movie = fc(7, op("concat", {"X": movie}, [-1, 96], axis=1))

            def product(a, b):
                out = op("elementwise_mul", {"X": [a], "Y": [b]}, [-1, 200], axis=-1)
                return op("reduce_sum", {"X": [out]}, [-1], dim=[1], keep_dim=False, reduce_all=False)

            squares = op("elementwise_mul", {"X": [product(user, user)], "Y": [product(movie, movie)]}, [-1], axis=-1)
            length = op("sqrt", {"X": [squares]}, [-1])
            out = op("elementwise_div", {"X": [product(user, movie)], "Y": [length]}, [-1], axis=-1)
            out = op("scale", {"X": [out]}, [-1], scale=2.5, bias=2.5, bias_after_scale=True)
        run_on = static.Executor(paddle.CPUPlace())
        run_on.run(startup)
        for name, value in values.items():
            static.global_scope().var(name).get_tensor().set(value, paddle.CPUPlace())
        found = []
        for begin in range(0, len(feeds["title"]), 1000):
            part = {name: value[begin : begin + 1000] for name, value in feeds.items()}
            found += run_on.run(main, feed=part, fetch_list=[out])
        static.save_inference_model(path, [x[name] for name in INPUTS], [out], run_on, program=main)
    paddle.disable_static()
    return np.concatenate(found)
