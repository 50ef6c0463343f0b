"""A two-tower network of Duomo, trained by PyTorch on as many processes and machines as there are.

    duomo describe --interactions plays.csv --cache rows -o network.json
    torchrun --nproc-per-node 2 two_towers.py network.json rows/plays-*.duomo-rows m.safetensors
    duomo-convert import torch m.safetensors --preset network.json --data plays.csv -o plays.duomo

The network is the description's, and so are loss, batch, passes and learning rate; each process
maps the same rows and takes its share of every batch. Parameters are named as Duomo's, so that
`duomo-convert` takes them as they are. Tables have sparse gradients: what travels between
processes is what a batch touched. Needs torch and safetensors; CPU and gloo, or NCCL where
`--backend` says so.

Two towers of embeddings (categories and sets) with dense layers; losses: squared, and softmax over
the items of the batch with each logit less the log of its item's share (Yi et al. 2019).
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from rows import Rows
from torch import nn

ACTIVATIONS = {
    "identity": nn.Identity(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "sigmoid": nn.Sigmoid(),
}


def refuse(what: str) -> None:
    raise SystemExit(f"this example cannot train {what}; `duomo train` can")


class Encoder(nn.Module):
    """What stands between a table and its tower: dense layers, called dense0, dense1, …"""

    def __init__(self, width: int, layers: list[dict[str, Any]]) -> None:
        super().__init__()
        self.activations = [ACTIVATIONS[layer.get("activation", "identity")] for layer in layers]
        for i, layer in enumerate(layers):
            self.add_module(f"dense{i}", nn.Linear(width, layer["units"]))
            width = layer["units"]
        self.width = width

    def dense(self, x: torch.Tensor) -> torch.Tensor:
        for i, activation in enumerate(self.activations):
            x = activation(getattr(self, f"dense{i}")(x))
        return x


def embedding(rows: int, width: int) -> nn.Embedding:
    return nn.Embedding(rows, width, sparse=True)


class TwoTowers(nn.Module):
    # By input: the rows of its table, by user or item; with offsets for sets.
    rows_of: dict[str, Any]

    def __init__(self, description: dict[str, Any], rows: Rows) -> None:
        super().__init__()
        d = self.description = description
        self.inputs = {i["name"]: i for i in d["inputs"]}
        self.rows_of = {}
        sizes = self.encode_inputs(rows)
        self.tables = nn.ModuleDict()
        self.table_of = {t["name"]: t for t in d["tables"]}
        for name, table in self.table_of.items():  # the last row: of what is not known
            rows_of_table = sizes[table["vocabulary"]] + 1
            weights = self.tables[name] = embedding(rows_of_table, table["dim"])
            nn.init.normal_(weights.weight, 0, rows_of_table**-0.5)
        for tower in d["towers"]:
            if tower["side"] == "joint":
                refuse("a joint tower")
            width, parts = 0, {}
            for e in tower["encoders"]:
                if e["kind"] not in ("embedding", "bag") or e.get("pooling", "sum") not in (
                    "sum",
                    "mean",
                ):
                    refuse(f"an encoder of the kind {e['kind']}")
                parts[e.get("name", e["input"])] = Encoder(
                    self.table_of[e["table"]]["dim"], e.get("dense", [])
                )
                width += parts[e.get("name", e["input"])].width
            side = Encoder(width, tower.get("dense", []))
            for name, part in parts.items():
                side.add_module(name, part)
            self.add_module(tower["side"], side)
        head = d["head"]
        self.scale = head.get("scale", 1.0)
        self.biases = {
            side: head[f"{side}_bias"] for side in ("user", "item") if f"{side}_bias" in head
        }
        self.head = nn.ModuleDict()
        for of, name in self.biases.items():
            bias = embedding(sizes[self.inputs[name]["vocabulary"]] + 1, 1)
            self.head[f"{of}_bias"] = bias
            nn.init.zeros_(bias.weight)
        if head.get("global_bias"):
            self.head.register_parameter("global_bias", nn.Parameter(torch.zeros(1)))

    def encode_inputs(self, rows: Rows) -> dict[str, int]:
        """Values to rows of vocabularies, as Duomo numbers them: ranges by the number itself,
        others in order of first appearance, users' inputs first. The sizes."""
        known: dict[str, dict[Any, int]] = {}
        kinds = {v["name"]: v for v in self.description["vocabularies"]}
        sizes = {name: v.get("size", 0) for name, v in kinds.items()}
        for name, v in kinds.items():
            known[name] = {value: row for row, value in enumerate(v.get("values", []))}
        for side in ("user", "item"):
            for name, given in self.inputs.items():
                if given["scope"] != side:
                    continue
                if given.get("bucketed"):
                    refuse("an input of ranges")
                values, vocabulary = rows.column(side + "s", name), given["vocabulary"]
                if kinds[vocabulary]["keys"] == "range":
                    cells = np.array(values, np.int64)
                    sizes[vocabulary] = max(sizes[vocabulary], int(cells.max()) + 1)
                    self.rows_of[name] = torch.from_numpy(cells)
                elif given["kind"] == "category":
                    number, listed = known[vocabulary], "values" in kinds[vocabulary]
                    if not listed:
                        for value in np.asarray(values).tolist():
                            if value != "":
                                number.setdefault(value, len(number))
                    found = [number.get(value, -1) for value in np.asarray(values).tolist()]
                    self.rows_of[name] = torch.tensor(found)
                elif given["kind"] == "set":
                    number = known[vocabulary]
                    lists = [list(dict.fromkeys(v for v in cell if v != "")) for cell in values]
                    flat = [number.setdefault(v, len(number)) for cell in lists for v in cell]
                    ends = torch.tensor([0, *np.cumsum([len(cell) for cell in lists]).tolist()])
                    self.rows_of[name] = (torch.tensor(flat), ends)
                else:
                    refuse(f"an input of the kind {given['kind']}")
        for name, number in known.items():
            sizes[name] = max(sizes[name], len(number))
        for name, rows_of in self.rows_of.items():  # a missing value is the unknown one
            if not isinstance(rows_of, tuple):
                rows_of[rows_of < 0] = sizes[self.inputs[name]["vocabulary"]]
        return sizes

    def encode(self, side: str, who: torch.Tensor) -> torch.Tensor:
        tower = next(t for t in self.description["towers"] if t["side"] == side)
        module, parts = getattr(self, side), []
        for e in tower["encoders"]:
            table: Any = self.tables[e["table"]]
            cells = self.rows_of[e["input"]]
            if isinstance(cells, tuple):
                flat, ends = cells
                counts = ends[who + 1] - ends[who]
                owner = torch.repeat_interleave(torch.arange(len(who)), counts)
                first = torch.cumsum(counts, 0) - counts
                at = ends[who][owner] + torch.arange(len(owner)) - first[owner]
                x = torch.zeros(len(who), table.embedding_dim).index_add(0, owner, table(flat[at]))
                if e.get("pooling", "sum") == "mean":
                    x = x / counts.clamp(min=1)[:, None]
            else:
                x = table(cells[who])
            parts.append(getattr(module, e.get("name", e["input"])).dense(x))
        vectors: torch.Tensor = module.dense(torch.cat(parts, 1))
        return vectors

    def bias(self, side: str, who: torch.Tensor) -> torch.Tensor:
        if side not in self.biases:
            return torch.zeros(len(who))
        biases: torch.Tensor = self.head[f"{side}_bias"](self.rows_of[self.biases[side]][who])
        return biases[:, 0]

    def forward(self, users: torch.Tensor, items: torch.Tensor, pairs: bool) -> torch.Tensor:
        """What the head says of each pair, or (a softmax needs that) of each user and all items."""
        u, v = self.encode("user", users), self.encode("item", items)
        if self.description["head"]["kind"] == "cosine":
            u, v = nn.functional.normalize(u), nn.functional.normalize(v)
        item_bias = self.bias("item", items)
        if not pairs:
            scores: torch.Tensor = self.scale * (u @ v.T + item_bias)
            return scores
        always: Any = getattr(self.head, "global_bias", 0)
        scores = self.scale * ((u * v).sum(1) + self.bias("user", users) + item_bias + always)
        return scores


def order(count: int, seed: int, chunk: int = 4096) -> np.ndarray:
    """A pass: chunks from all over the data, so that pages are read as a whole, each buffer of
    4,096 of them shuffled. The same in every process."""
    random = np.random.default_rng(seed)
    begins = random.permutation(np.arange(0, count, chunk))
    out = []
    for first in range(0, len(begins), 4096):
        block = [np.arange(b, min(b + chunk, count)) for b in begins[first : first + 4096]]
        out.append(random.permutation(np.concatenate(block)))
    return np.concatenate(out)


def reduce_tables(tables: list[nn.Parameter]) -> None:
    """The mean of all processes' gradients, a table after the other: the rows that were touched."""
    for table in tables:
        if table.grad is not None:
            dist.all_reduce(table.grad)
            table.grad /= dist.get_world_size()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network", help="a description in JSON, as `duomo describe` writes it")
    parser.add_argument("rows", help="what --cache has kept")
    parser.add_argument("output", help="the .safetensors file to write")
    for name, kind in (("passes", int), ("batch", int), ("learning-rate", float)):
        parser.add_argument(f"--{name}", type=kind, help="[as the network's file says]")
    parser.add_argument("--backend", default="gloo")
    parser.add_argument("--seed", type=int, default=0)
    o = parser.parse_args()

    dist.init_process_group(o.backend)
    rank, world = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(o.seed)
    with open(o.network) as file:
        recipe = json.load(file)
    how = recipe.get("training", {})
    passes = o.passes or how.get("passes", 1)
    batch = (o.batch or how.get("batch", 256)) // world
    rate = o.learning_rate or how.get("learning_rate", 1e-4)
    loss = how.get("loss", "squared")
    if loss not in ("squared", "softmax"):
        refuse(f"with the loss {loss}")

    rows = Rows(o.rows)
    model = TwoTowers(recipe["model"], rows)
    named = dict(model.named_parameters())
    sparse = [n for n in named if n.startswith("tables.") or n.endswith("_bias.weight")]
    tables = [named[n] for n in sparse]
    # DistributedDataParallel averages dense gradients alone, and reduce_tables() those of tables:
    # several sparse ones at once make gloo's threads crash now and then (torch 2.15).
    distributed: Any = nn.parallel.DistributedDataParallel
    distributed._set_params_and_buffers_to_ignore_for_model(model, sparse)
    parallel = distributed(model) if len(sparse) < len(named) else model
    for table in tables:
        dist.broadcast(table.data, 0)
    others = [p for p in model.parameters() if all(p is not t for t in tables)]
    optimizers: list[Any] = [torch.optim.SparseAdam(tables, rate)]
    if others:
        optimizers.append(torch.optim.Adam(others, rate))
    output = recipe["model"].get("output", {})
    counts = np.bincount(rows.items, minlength=rows.count("items"))
    log_share = torch.from_numpy(np.log(np.maximum(counts, 1) / len(rows.items))).float()

    steps = len(rows.users) // (batch * world) * passes
    schedule = [
        torch.optim.lr_scheduler.LinearLR(x, 1, 0, steps)
        for x in optimizers
        if how.get("schedule") == "linear"
    ]
    for number in range(passes):
        total, seen = 0.0, 0
        places = order(len(rows.users), o.seed + number)
        for first in range(0, len(places) - batch * world + 1, batch * world):
            mine = np.sort(places[first + rank * batch : first + (rank + 1) * batch])
            users = torch.from_numpy(rows.users[mine].astype(np.int64))
            items = torch.from_numpy(rows.items[mine].astype(np.int64))
            if loss == "squared":
                target = (
                    torch.from_numpy(rows.ratings[mine]) - output.get("offset", 0)
                ) / output.get("scale", 1)
                cost = (parallel(users, items, True) - target).square().mean()
            else:
                logits = parallel(users, items, False) - log_share[items]
                again = items[None, :] == items[:, None]  # the user's own item is no negative
                again.fill_diagonal_(False)
                logits = logits.masked_fill(again, -torch.inf)
                cost = nn.functional.cross_entropy(logits, torch.arange(len(mine)))
            for optimizer in optimizers:
                optimizer.zero_grad()
            cost.backward()
            reduce_tables(tables)
            for optimizer in [*optimizers, *schedule]:
                optimizer.step()
            total, seen = total + float(cost.detach()), seen + 1
        if rank == 0:
            print(f"pass {number}: cost {total / max(seen, 1):.4f}", flush=True)
    if rank == 0:
        from safetensors.torch import save_file

        with torch.no_grad():  # what no row touched is what the unknown row is: the mean
            for weights in (named[n] for n in sparse if n.startswith("tables.")):
                weights[-1] = weights[:-1].mean(0)
        save_file({n: t.contiguous() for n, t in model.state_dict().items()}, o.output)
    dist.barrier()  # nobody leaves while another still talks to it
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
