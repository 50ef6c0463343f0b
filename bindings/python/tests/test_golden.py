"""The vectors that every binding checks: the same calls, the same bits."""

import json

import numpy as np
import pytest

import duomo


def bits(values):
    return [f"{v:08x}" for v in np.ascontiguousarray(values, np.float32).ravel().view(np.uint32)]


def answer(model, case):
    call = case["call"]
    if call == "predict":
        return {"predictions": bits(model.predict(case["users"], case["items"]))}
    if call in ("encode_users", "encode_items"):
        vectors = getattr(model, call)(np.array(case["ids"]))
        return {"width": vectors.shape[1], "vectors": bits(vectors)}
    queries = case["items"] if call == "similar" else case["users"]
    found = getattr(model, call)(queries, k=case["k"], exclude=case["exclude"])
    return {"ids": [h.ids.tolist() for h in found], "scores": [bits(h.scores) for h in found]}


def cases(version):
    found = json.loads((version / "vectors.json").read_text())["cases"]
    assert len(found) >= 7
    return found


def test_every_case_has_the_same_bits(golden):
    for version in golden:
        for case in cases(version):
            path = version / "good" / case["model"]
            with duomo.open(path) as model, duomo.open_buffer(path.read_bytes()) as buffered:
                for one in (model, buffered, model.context()):
                    for name, wanted in answer(one, case).items():
                        assert wanted == case[name], (path, case["call"], name)


def test_single_calls_agree_with_batches(golden):
    for version in golden:
        case = next(c for c in cases(version) if c["call"] == "predict")
        with duomo.open(version / "good" / case["model"]) as model:
            one = [model.predict(u, i) for u, i in zip(case["users"], case["items"])]
            assert all(type(p) is float for p in one)
            assert bits(one) == case["predictions"]


def test_bad_files_are_refused(golden):
    bad = sorted(path for version in golden for path in (version / "bad").glob("*.duomo"))
    assert len(bad) >= 26
    for path in bad:
        wanted = duomo.UnsupportedVersion if path.stem == "newer" else duomo.Corrupt
        with pytest.raises(wanted) as caught:
            duomo.open(path, verify=True)
        assert caught.value.status is wanted.status
        assert str(caught.value)
        with pytest.raises(wanted):
            duomo.open_buffer(path.read_bytes(), verify=True)
