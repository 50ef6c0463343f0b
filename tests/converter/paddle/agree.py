"""agree.py PROGRAMS WORK [ML-1M]: Duomo beside numpy and PaddlePaddle, on the same parameters."""

import json
import os
import subprocess
import sys
import tarfile

import network
import numpy as np
import v2

TOLERANCE = 1e-5
programs, work, *real = sys.argv[1:]


def run(*command):
    out = subprocess.run(command, capture_output=True, text=True)
    assert out.returncode == 0, (command, out.stderr)
    return out.stdout


def convert(*arguments):
    return json.loads(run(f"{programs}/duomo-convert", *arguments, "--json"))


def predict(path, pairs):
    with open(f"{work}/pairs", "w") as f:
        f.writelines(f"{user} {movie}\n" for user, movie in pairs)
    out = json.loads(run(f"{programs}/duomo", "predict", path, "--pairs", f"{work}/pairs", "--json"))
    return np.array([p["rating"] for p in out["predictions"]])


def draw_pairs(data, count, seed):
    random = np.random.default_rng(seed)
    return list(zip(random.choice(list(data.users), count).tolist(),
                    random.choice(list(data.movies), count).tolist()))


def check(what, found, expected):
    assert found.shape == expected.shape and np.isfinite(found).all(), what
    difference = float(np.abs(found - expected).max())
    assert difference <= TOLERANCE, f"{what}: differs by {difference:.3g}"
    assert float(np.ptp(expected)) > 0.1, f"{what}: every prediction is the same"
    print(f"{what:44}{len(found):6} pairs  {difference:8.1e}")


def check_v2(data_path, name):
    data = v2.Data(data_path)
    parameters = v2.draw(data, 7)
    pairs = draw_pairs(data, 1000, 3)
    expected = v2.predict(parameters, data, pairs)
    forms = {"plain.tar": {}, "dotted.tar": {"prefix": "./"}, "packed.tar.gz": {"mode": "w:gz"},
             "pax.tgz": {"mode": "w:gz", "prefix": "./", "form": tarfile.PAX_FORMAT}}
    for form, options in forms.items():
        tar, out = f"{work}/{form}", f"{work}/{name}-v2.duomo"
        v2.write_tar(tar, parameters, **options)
        said = convert("import", "paddle-v2", tar, "--preset", "hybrid", "--data", data_path, "-o", out)
        assert said["parameters"] == sum(p.size for p in parameters.values()), said
        check(f"{name}: paddle-v2, {form}", predict(out, pairs), expected)
        run(f"{programs}/duomo-convert", "verify", out)
        # And back, to the bit.
        for options in [], ["--gzip"], ["--data", data_path]:
            convert("export", "paddle-v2", out, "-o", f"{work}/back.tar", *options)
            back = v2.read_tar(f"{work}/back.tar")
            assert sorted(back) == sorted(parameters)
            for key, value in parameters.items():
                assert back[key].tobytes() == value.tobytes(), (form, key)


def check_trained(data_path, name):
    """A model of Duomo's own, in the order of its own dictionaries, leaves and comes back."""
    data = v2.Data(data_path)
    trained = f"{work}/{name}-trained.duomo"
    run(f"{programs}/duomo", "train", data_path, "-o", trained, "--steps", "20", "--test-every", "0")
    convert("export", "paddle-v2", trained, "-o", f"{work}/trained.tar.gz")
    parameters = v2.read_tar(f"{work}/trained.tar.gz")
    parameters = {key: parameters[key].reshape(shape) for key, shape in v2.shapes(data).items()}
    pairs = draw_pairs(data, 1000, 4)
    check(f"{name}: trained here, by numpy", predict(trained, pairs),
          v2.predict(parameters, data, pairs))
    back = f"{work}/{name}-back.duomo"
    convert("import", "paddle-v2", f"{work}/trained.tar.gz", "--data", data_path, "-o", back)
    check(f"{name}: trained here, out and in", predict(back, pairs), predict(trained, pairs))


def check_inference(data_path, name):
    """Networks that PaddlePaddle runs, saved by it and imported."""
    data = v2.Data(data_path)
    parameters = v2.draw(data, 8)
    pairs = draw_pairs(data, 10_000, 5)
    feeds = network.features(data, pairs)
    out = f"{work}/{name}-inference.duomo"

    def import_and_check(what, source, expected, *users_and_items):
        said = convert("import", "paddle-inference", source, *users_and_items, "-o", out)
        assert said["inputs"] == network.INPUTS, said
        run(f"{programs}/duomo-convert", "verify", out)
        check(f"{name}: {what}", predict(out, pairs), expected)

    for columns in False, True:
        path = f"{work}/{name}-{'columns' if columns else 'rows'}/model"
        network.save(parameters, path, columns)
        expected = network.run(path, feeds, columns)
        what = "columns of ids" if columns else "rows of ids"
        import_and_check(f"json, {what}", os.path.dirname(path), expected, "--data", data_path)
        import_and_check(f"json, {what}, --like", path, expected, "--like",
                         f"{work}/{name}-v2.duomo")
    path = f"{work}/{name}-program/model"
    expected = network.save_and_run_program(parameters, path, feeds)
    import_and_check("pdmodel", path + ".pdmodel", expected, "--data", data_path)


run(f"{programs}/duomo", "synth", "--users", "300", "--items", "200", "--ratings", "12000",
    "-o", f"{work}/synthetic.zip")
for path in [f"{work}/synthetic.zip", *real]:
    name = os.path.splitext(os.path.basename(path))[0]
    check_v2(path, name)
    check_trained(path, name)
    check_inference(path, name)
