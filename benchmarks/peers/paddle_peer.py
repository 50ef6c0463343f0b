"""PaddlePaddle with the network of `hybrid`: Paddle Inference on Duomo's weights, and training steps."""

import os
import tempfile
import time

import numpy as np

WIDEST_TITLE = 15


def network(paddle, shapes):
    """The layers of `hybrid`, under Duomo's names for their parameters, whose `shapes` are given."""
    nn = paddle.nn

    class Hybrid(nn.Layer):
        def __init__(self):
            super().__init__()
            for name, shape in shapes.items():
                deviation = 0.0 if len(shape) == 1 else shape[0] ** -0.5
                self.add_parameter(name.replace("/", "_"), self.create_parameter(
                    shape, default_initializer=nn.initializer.Normal(0.0, deviation)))

        def of(self, name):
            return getattr(self, name.replace("/", "_"))

        def dense(self, prefix, x):
            return paddle.tanh(paddle.matmul(x, self.of(prefix + "/weight")) + self.of(prefix + "/bias"))

        def embedded(self, side, name, rows):
            return self.dense(f"{side}/{name}/dense0", nn.functional.embedding(rows, self.of("tables/" + name)))

        def user(self, user_id, gender, age, job):
            parts = [self.embedded("user", name, rows) for name, rows in (
                ("user_id", user_id), ("gender", gender), ("age", age), ("job", job))]
            return self.dense("user/dense0", paddle.concat(parts, axis=1))

        def item(self, movie_id, genres, title):
            """genres: [n, 18] of 0 and 1; title: [n, words], the row of no word where there is none."""
            # The forms whose gradients are fast here: windows of row numbers, and a pooling layer.
            table = self.of("tables/word")
            none, dim = table.shape[0] - 1, table.shape[1]
            edge = paddle.full_like(title[:, :1], none)
            rows = paddle.stack([paddle.concat([edge, title[:, :-1]], axis=1), title,
                                 paddle.concat([title[:, 1:], edge], axis=1)], axis=2)
            words = nn.functional.embedding(rows, table)
            words = words * paddle.unsqueeze(paddle.cast(rows != none, "float32"), 3)
            text = self.dense("item/title/convolution3", paddle.reshape(words, [-1, 3 * dim]))
            text = paddle.reshape(text, [-1, paddle.shape(title)[1], dim])
            known = paddle.unsqueeze(paddle.cast(title != none, "float32"), 2)
            text = text * known + (known - 1) * 2  # tanh is above −2
            if self.training:
                text = nn.functional.adaptive_max_pool1d(paddle.transpose(text, [0, 2, 1]), 1)[:, :, 0]
            else:
                text = paddle.max(text, axis=1)
            kinds = paddle.tanh(paddle.matmul(genres, self.of("tables/genre")[:-1]) + self.of("item/genres/bias"))
            parts = [self.embedded("item", "movie_id", movie_id), kinds, text]
            return self.dense("item/dense0", paddle.concat(parts, axis=1))

        def forward(self, user_id, gender, age, job, movie_id, genres, title):
            user, item = self.user(user_id, gender, age, job), self.item(movie_id, genres, title)
            norms = paddle.sqrt(paddle.sum(user * user, axis=1) * paddle.sum(item * item, axis=1))
            return paddle.sum(user * item, axis=1) / norms * 5

    class User(nn.Layer):
        def __init__(self, whole):
            super().__init__()
            self.whole = whole

        def forward(self, user_id, gender, age, job):
            x = self.whole.user(user_id, gender, age, job)
            return x / paddle.sqrt(paddle.sum(x * x, axis=1, keepdim=True))

    return Hybrid(), User


def columns(arrays):
    """The features of all users and items, as the network takes them."""
    user = [arrays[f"users/features/{name}/rows"].astype(np.int64) for name in ("user_id", "gender", "age", "job")]

    def lists(name):
        offsets, rows = arrays[f"items/features/{name}/offsets"], arrays[f"items/features/{name}/rows"]
        return [rows[a:b] for a, b in zip(offsets[:-1], offsets[1:])]
    movie = arrays["items/features/movie_id/rows"].astype(np.int64)
    genres = np.zeros((len(movie), 18), np.float32)
    title = np.full((len(movie), WIDEST_TITLE), arrays["parameters/tables/word"].shape[0] - 1, np.int64)
    for i, (kinds, words) in enumerate(zip(lists("genres"), lists("title"))):
        genres[i, kinds] = 1
        title[i, :len(words)] = words[:WIDEST_TITLE]
    return user, [movie, genres, title]


def narrowed(title, none):
    """No wider than the longest of these; 2 at least, as Paddle's oneDNN wants no empty slice."""
    return np.ascontiguousarray(title[:, :max(2, (title != none).sum(1).max())])


def inference(report, duomo, npz):
    import paddle
    import peers
    from paddle import inference as paddle_inference
    arrays = np.load(npz)
    shapes = {k[11:]: list(v.shape) for k, v in arrays.items() if k.startswith("parameters/")}
    whole, user_network = network(paddle, shapes)
    for name in shapes:
        whole.of(name).set_value(arrays["parameters/" + name])
    users, items = columns(arrays)
    spec = [paddle.static.InputSpec([None], "int64", name) for name in ("user_id", "gender", "age", "job")]
    item_spec = [paddle.static.InputSpec([None], "int64", "movie_id"),
                 paddle.static.InputSpec([None, 18], "float32", "genres"),
                 paddle.static.InputSpec([None, None], "int64", "title")]
    user_ids, item_ids = duomo.ids("user", range(duomo.users)), duomo.ids("item", range(duomo.items))
    random = np.random.default_rng(1)
    for what, layer, inputs, sizes in (("predict/pairs", whole, spec + item_spec, (1, 256)),
                                       ("cold_user/set_and_encode", user_network(whole), spec, (1, 256))):
        layer.eval()
        with tempfile.TemporaryDirectory() as folder:
            paddle.jit.save(layer, folder + "/model", input_spec=inputs)
            for setting in ("oneDNN", "no oneDNN"):
                model = folder + "/model" + (".json" if os.path.exists(folder + "/model.json") else ".pdmodel")
                config = paddle_inference.Config(model, folder + "/model.pdiparams")
                config.disable_gpu()
                config.set_cpu_math_library_num_threads(1)
                config.disable_glog_info()
                config.enable_mkldnn() if setting == "oneDNN" else config.disable_mkldnn()
                predictor = paddle_inference.create_predictor(config)
                handles = [predictor.get_input_handle(name) for name in predictor.get_input_names()]
                output = predictor.get_output_handle(predictor.get_output_names()[0])
                for n in sizes:
                    cases = []
                    for _ in range(64):
                        u, i = random.integers(duomo.users, size=n), random.integers(duomo.items, size=n)
                        values = [c[u] for c in users] + ([c[i] for c in items] if layer is whole else [])
                        if layer is whole:
                            values[-1] = narrowed(values[-1], shapes["tables/word"][0] - 1)
                        cases.append((values, u, i))

                    def run(at):
                        for handle, value in zip(handles, cases[at % 64][0]):
                            handle.copy_from_cpu(value)
                        predictor.run()
                        return output.copy_to_cpu()
                    values, u, i = cases[0]
                    expected = (duomo.predict(user_ids[u], item_ids[i]) if layer is whole
                                else duomo.vectors("user", user_ids[u]))
                    found = run(0) / 2 + 2.5 if layer is whole else run(0)
                    if not np.allclose(found, expected, atol=1e-4):
                        raise RuntimeError(f"Paddle's {what} is not Duomo's: {np.abs(found - expected).max()}")
                    report.add(f"{what}/{n}", f"Paddle Inference {paddle.__version__}, {setting}", peers.times(run))


def training(report, npz, steps=300, batch=256):
    """Seconds a pass of 900,118 ratings, from `steps` steps. CPU seconds of both cores together, too."""
    import paddle
    arrays = np.load(npz)
    shapes = {k[11:]: list(v.shape) for k, v in arrays.items() if k.startswith("parameters/")}
    whole, _ = network(paddle, shapes)
    users, items = columns(arrays)
    random = np.random.default_rng(1)  # random pairs cost what real ones do
    u = random.integers(len(users[0]), size=(steps + 20, batch))
    i = random.integers(len(items[0]), size=(steps + 20, batch))
    target = random.integers(-3, 6, size=(steps + 20, batch)).astype(np.float32)
    adam = paddle.optimizer.Adam(1e-4, parameters=whole.parameters())
    compiled = paddle.jit.to_static(whole)
    for step in range(steps + 20):
        if step == 20:  # from then on nothing is made for the first time
            wall, cpu = time.perf_counter(), time.process_time()
        values = [c[u[step]] for c in users] + [c[i[step]] for c in items]
        values[-1] = narrowed(values[-1], shapes["tables/word"][0] - 1)
        loss = paddle.mean(paddle.square(compiled(*map(paddle.to_tensor, values)) - paddle.to_tensor(target[step])))
        loss.backward()
        adam.step()
        adam.clear_grad()
    a_pass = -(-900118 // batch) / steps
    report.add("train/pass", f"PaddlePaddle {paddle.__version__}, 300 steps, {os.environ.get('OMP_NUM_THREADS')} threads",
               np.array([(time.perf_counter() - wall) * a_pass]), cpu=(time.process_time() - cpu) * a_pass)
