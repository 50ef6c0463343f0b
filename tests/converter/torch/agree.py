"""agree.py PROGRAMS WORK torch|keras: a network made there, saved as the README says, imported, and
its scores against Duomo's on 10,000 pairs."""

import json
import subprocess
import sys

import numpy as np

PROGRAMS, WORK, KIND = sys.argv[1:]
PAIRS, TOLERANCE = 10_000, 1e-5
LIKE = f"{WORK}/like.duomo"


def convert(*arguments):
    run = subprocess.run([f"{PROGRAMS}/duomo-convert", *arguments], capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


def must(*arguments):
    code, out, err = convert(*arguments)
    assert code == 0, err
    return out


def padded(arrays, name):
    """Lists of rows, filled with -1."""
    offsets, rows = arrays[f"{name}/offsets"].astype(int), arrays[f"{name}/rows"]
    out = np.full((len(offsets) - 1, max(1, np.diff(offsets).max())), -1, np.int64)
    for i in range(len(out)):
        part = rows[offsets[i] : offsets[i + 1]]
        out[i, : len(part)] = part
    return out


def features():
    must("export", "npz", LIKE, "-o", f"{WORK}/like.npz")
    arrays = np.load(f"{WORK}/like.npz")
    rows = {name: len(arrays[f"parameters/tables/{name}"]) for name in
            ("user_id", "gender", "age", "job", "movie_id", "genre", "word")}
    users = {name: arrays[f"users/features/{name}/rows"].astype(np.int64) for name in ("user_id", "gender", "age", "job")}
    items = [arrays["items/features/movie_id/rows"].astype(np.int64), padded(arrays, "items/features/genres"),
             padded(arrays, "items/features/title")]  # fmt: skip
    return rows, users, items


def torch_scores(rows, users, items, pairs):
    import torch
    from hybrid import Hybrid
    from safetensors.torch import save_file

    torch.manual_seed(1)
    model = Hybrid(rows).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.normal_(0, 0.1)
        u = model.encode_users({k: torch.from_numpy(v) for k, v in users.items()})
        v = model.encode_items(*map(torch.from_numpy, items))
        scores = model(u[pairs[0]], v[pairs[1]]).numpy()
    save_file(model.state_dict(), f"{WORK}/model.safetensors")
    torch.save(model.state_dict(), f"{WORK}/model.pt")
    # What Duomo exports is a state_dict of that module.
    must("export", "safetensors", LIKE, "-o", f"{WORK}/like.safetensors")
    from safetensors.torch import load_file

    model.load_state_dict(load_file(f"{WORK}/like.safetensors"))
    return scores, f"{WORK}/model.safetensors"


def keras_scores(rows, users, items, pairs):
    import keras
    from keras import layers, ops

    keras.utils.set_random_seed(1)
    noise = keras.initializers.RandomNormal(0, 0.1)

    def dense(name, units, x):
        return layers.Dense(units, "tanh", bias_initializer=noise, name=name)(x)

    def table(name, dim, x):
        return layers.Embedding(rows[name], dim, name=f"tables.{name}")(x)

    class Bias(layers.Layer):
        def build(self, shape):
            self.bias = self.add_weight(shape=(32,), initializer=noise, name="bias")

        def call(self, x):
            return ops.tanh(x + self.bias)

    class MaskedMax(layers.Layer):
        def call(self, x, known):
            longest = ops.max(ops.where(ops.expand_dims(known, 2) > 0, x, -9.0), 1)
            return ops.where(longest > -9.0, longest, 0.0)

    inputs, parts = [], []
    for name, dim in ("user_id", 32), ("gender", 16), ("age", 16), ("job", 16):
        inputs.append(keras.Input((), dtype="int32"))
        parts.append(dense(f"user.{name}.dense0", dim, table(name, dim, inputs[-1])))
    user = dense("user.dense0", 200, layers.Concatenate()(parts))
    movie, genres, title = keras.Input((), dtype="int32"), keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    genres_known, title_known = keras.Input((None,)), keras.Input((None,))
    inputs += [movie, genres, title, genres_known, title_known]

    class Masked(layers.Layer):
        def call(self, x, known):
            return x * ops.expand_dims(known, 2)

    class Sum(layers.Layer):
        def call(self, x):
            return ops.sum(x, 1)

    m = dense("item.movie_id.dense0", 32, table("movie_id", 32, movie))
    g = Bias(name="item.genres")(Sum()(Masked()(table("genre", 32, genres), genres_known)))
    t = Masked()(table("word", 32, title), title_known)
    t = layers.Conv1D(32, 3, padding="same", activation="tanh", bias_initializer=noise, name="item.title.convolution3")(t)
    item = dense("item.dense0", 200, layers.Concatenate()([m, g, MaskedMax()(t, title_known)]))
    model = keras.Model(inputs, [user, item])

    # As the README has it.
    arrays = {}
    for layer in model.layers:
        for weight in layer.weights:
            kind = {"kernel": "/weight", "bias": "/bias", "embeddings": ""}[weight.name.split(":")[0]]
            arrays[layer.name.replace(".", "/") + kind] = weight.numpy()
    np.savez(f"{WORK}/model.npz", **arrays)

    chosen = [v[pairs[0]] for v in users.values()]
    chosen += [items[0][pairs[1]]] + [np.maximum(x[pairs[1]], 0) for x in items[1:]]
    chosen += [(x[pairs[1]] >= 0).astype(np.float32) for x in items[1:]]
    u, v = (np.asarray(x, np.float64) for x in model.predict_on_batch(chosen))
    lengths = np.sqrt((u * u).sum(1) * (v * v).sum(1))
    return 2.5 * (u * v).sum(1) / lengths + 2.5, f"{WORK}/model.npz"


def duomo_scores(path, pairs):
    must("export", "npz", path, "-o", f"{WORK}/imported.npz")
    arrays = np.load(f"{WORK}/imported.npz")
    u, v = (arrays[f"{side}/vectors"].astype(np.float64)[rows] for side, rows in zip(("users", "items"), pairs))
    return 2.5 * (u * v).sum(1) + 2.5


def sasrec():
    """Attention over histories: every user's scores of all items, and there and back."""
    import torch
    from safetensors.torch import load_file, save_file
    from sasrec import SasRec

    like, imported = f"{WORK}/sasrec.duomo", f"{WORK}/sasrec-imported.duomo"

    def vectors(path):
        must("export", "npz", path, "-o", f"{WORK}/sasrec.npz")
        return np.load(f"{WORK}/sasrec.npz")

    arrays = vectors(like)
    tables = [name.removeprefix("parameters/tables/") for name in arrays if name.startswith("parameters/tables/")]
    torch.manual_seed(1)
    model = SasRec({name: len(arrays[f"parameters/tables/{name}"]) for name in tables}).eval()
    offsets, rows = (arrays[f"users/history/{part}"].astype(np.int64) for part in ("offsets", "rows"))

    def scores():
        with torch.no_grad():
            users = [model.encode_users(torch.from_numpy(rows[a:b])[None]) for a, b in zip(offsets, offsets[1:])]
            return model.scores(torch.cat(users)).numpy()

    def agree(path):
        arrays = vectors(path)
        found = arrays["users/vectors"].astype(np.float64) @ arrays["items/vectors"].astype(np.float64).T
        expected = scores()
        assert found.shape == expected.shape
        difference, spread = np.abs(found - expected).max(), expected.std()
        print(f"sasrec: {found.size} pairs differ by at most {difference:.2g}; their deviation is {spread:.2g}")
        assert difference <= 1e-5 * np.abs(expected).max() and spread > 0.01

    # What Duomo learned is a state_dict of that module.
    must("export", "safetensors", like, "-o", f"{WORK}/sasrec.safetensors")
    model.load_state_dict(load_file(f"{WORK}/sasrec.safetensors"))
    agree(like)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    save_file(model.state_dict(), f"{WORK}/sasrec.safetensors")
    must("import", "torch", f"{WORK}/sasrec.safetensors", "--like", like, "-o", imported)
    must("verify", imported)
    agree(imported)


def main():
    rows, users, items = features()
    random = np.random.default_rng(3)
    pairs = [random.integers(0, len(next(iter(users.values()))), PAIRS), random.integers(0, len(items[0]), PAIRS)]
    scores, path = (torch_scores if KIND == "torch" else keras_scores)(rows, users, items, pairs)
    imported = f"{WORK}/imported.duomo"
    must("import", KIND, path, "--like", LIKE, "-o", imported)
    must("verify", imported)
    difference = np.abs(scores - duomo_scores(imported, pairs)).max()
    spread = scores.std()
    print(f"{KIND}: {PAIRS} pairs differ by at most {difference:.2g}; their deviation is {spread:.2g}")
    assert difference <= TOLERANCE and spread > 0.01
    if KIND == "torch":
        code, _, err = convert("import", "torch", f"{WORK}/model.pt", "--like", LIKE, "-o", imported)
        assert code == 1 and "never loaded" in err and "save_file" in err, err
        print(err.strip())
        sasrec()
    if KIND == "keras":
        must("import", "keras", path, "--preset", "hybrid", "--data", f"{WORK}/data.zip", "-o", imported)
        assert np.abs(scores - duomo_scores(imported, pairs)).max() <= TOLERANCE
        out = json.loads(must("import", "keras", path, "--like", LIKE, "-o", imported, "--json"))
        assert out["tensors"] == 24, out


main()
