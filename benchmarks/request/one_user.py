#!/usr/bin/env python3
"""A joint network for one user and many items: one_user.py IN.onnx OUT.onnx

duomo-convert's graph wants a row of the user's inputs for each pair. Here they have one row, and what comes of them is
expanded where both sides meet, so that ONNX Runtime computes the user's part once.
"""

import sys

import onnx
from onnx import helper, numpy_helper
import numpy as np

USER, ITEM, MEET = {"watched", "recent", "gender", "age"}, "movie_id", "joint/concatenated"

model = onnx.load(sys.argv[1])
graph = model.graph
made_by = {output: node for node in graph.node for output in node.output}


def roots(name):
    """The graph's inputs that a value depends on."""
    if name not in made_by:
        return {name} & {i.name for i in graph.input}
    return set().union(*[roots(i) for i in made_by[name].input]) if made_by[name].input else set()


meet = next(n for n in graph.node if n.op_type == "Concat" and MEET in (n.name, *n.output))
graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), "one_user/one"))
added = [helper.make_node("Shape", [ITEM], ["one_user/pairs"]),
         helper.make_node("Concat", ["one_user/pairs", "one_user/one"], ["one_user/shape"], axis=0)]
for i, name in enumerate(meet.input):
    of = roots(name)
    if of and of <= USER:
        meet.input[i] = name + "/expanded"
        added.append(helper.make_node("Expand", [name, "one_user/shape"], [meet.input[i]]))
for value in graph.input:
    if value.name in USER:
        value.type.tensor_type.shape.dim[0].dim_param = "users"
at = next(i for i, n in enumerate(graph.node) if n is meet or n.output == meet.output)
nodes = list(graph.node)
del graph.node[:]
graph.node.extend(nodes[:at] + added + nodes[at:])
onnx.checker.check_model(model)
onnx.save(model, sys.argv[2])
