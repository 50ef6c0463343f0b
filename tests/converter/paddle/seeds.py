"""seeds.py FOLDER: a tiny network as PaddlePaddle saves it, for tests/fuzz/corpus/paddle_inference.

A seed is the program's size in 4 bytes, the program, and its parameters. Run by hand."""

import json
import os
import struct
import sys
import tempfile

import numpy as np
import paddle
import paddle.nn as nn
import paddle.nn.functional as F
import paddle.static as static
from paddle.pir_utils import OldIrGuard


class Tiny(nn.Layer):
    def __init__(self, columns):
        super().__init__()
        self.columns = columns
        self.user, self.word = nn.Embedding(5, 3), nn.Embedding(4, 3)
        self.user_fc, self.genres_fc, self.movie_fc = nn.Linear(3, 4), nn.Linear(3, 2), nn.Linear(4, 4)
        self.conv = nn.Conv1D(3, 2, 3, padding=1)

    def forward(self, user_id, genres, title):
        user = self.user(user_id)
        user = paddle.tanh(self.user_fc(paddle.flatten(user, 1, 2) if self.columns else user))
        present = title > -1
        words = self.word(paddle.maximum(title, paddle.zeros_like(title)))
        words = words * present.astype("float32").unsqueeze(2)
        words = paddle.tanh(self.conv(words.transpose([0, 2, 1])))
        words = paddle.where(present.unsqueeze(1), words, paddle.full_like(words, -1e9)).max(axis=2)
        movie = self.movie_fc(paddle.concat([F.relu(self.genres_fc(genres)), words], axis=1))
        if self.columns:
            return (F.normalize(user, axis=1) * F.normalize(movie, axis=1)).sum(axis=1) * 2.5 + 2.5
        return F.cosine_similarity(user, movie, axis=1) * 5.0


def without(value, names):
    """What no reader needs left out: attributes of results, layouts, names of layers."""
    if isinstance(value, list):
        return [without(v, names) for v in value if not isinstance(v, dict) or v.get("N") != "struct_name"]
    if isinstance(value, dict):
        if value.get("#") == "0.t_dtensor":
            value = value | {"D": value["D"][:2]}
        return {k: without(v, names) for k, v in value.items() if k not in names}
    return value


def write(folder, name, path, ending):
    program = open(path + ending, "rb").read()
    if ending == ".json":  # smaller: what no reader needs
        program = json.dumps(without(json.loads(program), {"OA", "DA", "QA"}), separators=(",", ":")).encode()
    with open(f"{folder}/seed-{name}", "wb") as f:
        f.write(struct.pack("<I", len(program)) + program + open(path + ".pdiparams", "rb").read())


def save_program(path):
    """A product of two vectors, as older versions wrote it."""
    paddle.enable_static()
    with OldIrGuard():
        main, startup = static.Program(), static.Program()
        with static.program_guard(main, startup):
            block = main.global_block()

            def op(kind, inputs, dims, **attributes):
                out = block.create_var(name=f"{kind}_{len(block.ops)}", dtype="float32", shape=dims)
                block.append_op(type=kind, inputs=inputs, outputs={"Out": [out]}, attrs=attributes)
                return out

            shapes = {"users": [5, 4], "genres.w": [3, 4], "genres.b": [4]}
            w = lambda name: block.create_parameter(name=name, shape=shapes[name], dtype="float32")
            user_id = static.data("user_id", [None], "int64")
            genres = static.data("genres", [None, 3], "float32")
            user = op("lookup_table_v2", {"Ids": [user_id], "W": [w("users")]}, [-1, 4], padding_idx=-1)
            movie = op("matmul_v2", {"X": [genres], "Y": [w("genres.w")]}, [-1, 4],
                       trans_x=False, trans_y=False)
            movie = op("elementwise_add", {"X": [movie], "Y": [w("genres.b")]}, [-1, 4], axis=-1)
            movie = op("sigmoid", {"X": [movie]}, [-1, 4])
            out = op("elementwise_mul", {"X": [user], "Y": [movie]}, [-1, 4], axis=-1)
            out = op("reduce_sum", {"X": [out]}, [-1], dim=[1], keep_dim=False, reduce_all=False)
            out = op("scale", {"X": [out]}, [-1], scale=1.0, bias=3.5, bias_after_scale=True)
        run_on = static.Executor(paddle.CPUPlace())
        run_on.run(startup)
        for name, shape in shapes.items():
            value = np.random.default_rng(1).normal(0, 0.5, shape).astype(np.float32)
            static.global_scope().var(name).get_tensor().set(value, paddle.CPUPlace())
        static.save_inference_model(path, [user_id, genres], [out], run_on, program=main)
    paddle.disable_static()


paddle.seed(3)
with tempfile.TemporaryDirectory() as work:
    for name, columns in ("json", False), ("columns", True):
        net = Tiny(columns)
        net.eval()
        paddle.jit.save(net, f"{work}/{name}", input_spec=[
            static.InputSpec([None, 1] if columns else [None], "int64", "user_id"),
            static.InputSpec([None, 3], "float32", "genres"),
            static.InputSpec([None, None], "int64", "title")])
        write(sys.argv[1], name, f"{work}/{name}", ".json")
    save_program(f"{work}/program")
    write(sys.argv[1], "program", f"{work}/program", ".pdmodel")
