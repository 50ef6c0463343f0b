"""Preset `hybrid` as a PyTorch module whose state_dict has the names that Duomo reads and writes."""

import torch
from torch import nn


class Side(nn.Module):
    """Encoders by name, each with its own layers, then layers over all of them."""

    def __init__(self, encoders, width, units):
        super().__init__()
        for name, encoder in encoders.items():
            self.add_module(name, encoder)
        self.dense0 = nn.Linear(width, units)


def one_layer(width):
    return nn.ModuleDict({"dense0": nn.Linear(width, width)})


class Genres(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(width))


class Title(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.convolution3 = nn.Conv1d(width, width, 3, padding=1)


class Hybrid(nn.Module):
    USER = {"user_id": 32, "gender": 16, "age": 16, "job": 16}
    MOVIE = {"movie_id": 32, "genre": 32, "word": 32}

    def __init__(self, rows):
        """`rows`: of each table, by name; the last row is for what is not known."""
        super().__init__()
        tables = self.USER | self.MOVIE
        self.tables = nn.ModuleDict({name: nn.Embedding(rows[name], dim) for name, dim in tables.items()})
        self.user = Side({name: one_layer(dim) for name, dim in self.USER.items()}, 80, 200)
        self.item = Side({"movie_id": one_layer(32), "genres": Genres(32), "title": Title(32)}, 96, 200)

    def encode_users(self, features):
        parts = []
        for name in self.USER:
            layer = getattr(self.user, name)["dense0"]
            parts.append(torch.tanh(layer(self.tables[name](features[name]))))
        return torch.tanh(self.user.dense0(torch.cat(parts, 1)))

    def encode_items(self, movie_ids, genres, titles):
        """genres [n, most] and titles [n, longest] are filled with -1."""
        movie = torch.tanh(self.item.movie_id["dense0"](self.tables["movie_id"](movie_ids)))
        known = (genres >= 0).unsqueeze(2)
        genres = torch.tanh((self.tables["genre"](genres.clamp(0)) * known).sum(1) + self.item.genres.bias)
        known = (titles >= 0).unsqueeze(2)
        words = self.tables["word"](titles.clamp(0)) * known
        title = torch.tanh(self.item.title.convolution3(words.transpose(1, 2)))
        title = title.masked_fill(~known.transpose(1, 2), -torch.inf).amax(2)
        title = torch.where(torch.isfinite(title), title, 0)  # a title without words
        return torch.tanh(self.item.dense0(torch.cat([movie, genres, title], 1)))

    def forward(self, users, items):
        """Stars, from the outputs of both sides."""
        return 0.5 * 5 * nn.functional.cosine_similarity(users, items, 1, 0) + 2.5
