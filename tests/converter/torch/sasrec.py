"""Preset `sasrec` as a PyTorch module whose state_dict has the names that Duomo reads and writes."""

import math

import torch
from torch import nn


class Dense(nn.Module):
    """Queries, keys and values side by side, as `in_proj_weight` of nn.MultiheadAttention."""

    def __init__(self, width, units):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units, width).normal_(0, width**-0.5))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)


class Block(nn.Module):
    def __init__(self, width, heads, positions, inner):
        super().__init__()
        self.heads = heads
        self.norm0, self.norm1 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Dense(width, 3 * width)
        self.distances = nn.Parameter(torch.zeros(heads, positions))
        self.output = nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):  # [n, length, width]
        n, length, width = x.shape
        q, k, v = (
            part.view(n, length, self.heads, width // self.heads).transpose(1, 2)
            for part in self.attention(self.norm0(x)).chunk(3, 2)
        )
        places = torch.arange(length)
        back = places[:, None] - places[None, :]
        shares = q @ k.transpose(2, 3) / math.sqrt(width // self.heads) + self.distances[:, back.clamp(0)]
        shares = shares.masked_fill(back < 0, -torch.inf).softmax(3)
        x = x + self.output((shares @ v).transpose(1, 2).reshape(n, length, width))
        return x + self.outer(torch.relu(self.inner(self.norm1(x))))


class Attention(nn.Module):
    def __init__(self, width, heads, positions, inner, blocks):
        super().__init__()
        self.positions = nn.Embedding(positions, width)
        for i in range(blocks):
            self.add_module(f"block{i}", Block(width, heads, positions, inner))
        self.norm = nn.LayerNorm(width)
        self.blocks = blocks

    def forward(self, items):  # the oldest first, [n, length, width]
        x = items * math.sqrt(items.shape[2]) + self.positions.weight[: items.shape[1]]
        for i in range(self.blocks):
            x = getattr(self, f"block{i}")(x)
        return self.norm(x[:, -1])


class SasRec(nn.Module):
    """`rows`: of each table, by name; the last row is for what is not known."""

    # What is summed up beside attention: so many of the latest items, in a table of its own, which
    # is multiplied by another of what comes next.
    BAGS = {"last": ("next", 1, 64), "recent": ("next_recent", 5, 64), "known": ("next_known", 100, 64)}

    def __init__(self, rows, width=64, positions=50, blocks=2, heads=1, inner=64):
        super().__init__()
        self.places = positions
        dims = {"item": width}
        for bag, (following, _, dim) in self.BAGS.items():
            dims[bag] = dims[following] = dim
        self.tables = nn.ModuleDict({name: nn.Embedding(rows[name], dim) for name, dim in dims.items()})
        self.user = nn.ModuleDict({"watched": Attention(width, heads, positions, inner, blocks)})
        self.head = nn.ModuleDict({"item_bias": nn.Embedding(rows["item"], 1)})

    def encode_users(self, histories):
        """[n, length], all of one length, the oldest first."""
        parts = [self.user["watched"](self.tables["item"](histories[:, -self.places :]))]
        for bag, (_, latest, _) in self.BAGS.items():
            parts.append(self.tables[bag](histories[:, -latest:]).mean(1))
        return torch.cat(parts, 1)

    def scores(self, users):
        """[n, items]: of every item but the unknown one."""
        names = ["item"] + [following for following, _, _ in self.BAGS.values()]
        items = torch.cat([self.tables[name].weight for name in names], 1)
        return (users @ items.T + self.head["item_bias"].weight[:, 0])[:, :-1]
