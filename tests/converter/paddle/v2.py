"""The chapter's network by numpy in double, from a tar of parameters and the data alone."""

import io
import re
import struct
import tarfile
import zipfile

import numpy as np

AGES = [1, 18, 25, 35, 45, 50, 56]


def python2_hash(text):
    if not text:
        return 0
    x = text[0] << 7
    for byte in text:
        x = (1000003 * x ^ byte) & 0xFFFFFFFFFFFFFFFF
    x ^= len(text)
    return x if x != 0xFFFFFFFFFFFFFFFF else x - 1


def python2_set(keys):
    """list(set(keys)) of CPython 2.7, by a table with None in empty slots."""

    def insert(table, key):
        perturb = python2_hash(key)
        i = perturb
        while table[i % len(table)] not in (None, key):
            i = (5 * i + perturb + 1) & 0xFFFFFFFFFFFFFFFF
            perturb >>= 5
        new = table[i % len(table)] is None
        table[i % len(table)] = key
        return new

    table, used = [None] * 8, 0
    for key in keys:
        used += insert(table, key)
        if 3 * used >= 2 * len(table):
            old, size = table, 8
            while size <= used * 4:
                size *= 2
            table = [None] * size
            for moved in old:
                if moved is not None:
                    insert(table, moved)
    return [key for key in table if key is not None]


class Data:
    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            read = lambda name: archive.read(next(n for n in archive.namelist() if n.endswith(name)))
            users, movies = read("users.dat"), read("movies.dat")
        self.users, self.movies = {}, {}
        for line in users.splitlines():
            user, gender, age, job, _ = line.split(b"::")
            self.users[int(user)] = ("MF".index(gender.decode()), AGES.index(int(age)), int(job))
        genres, words = [], []
        for line in movies.splitlines():
            movie, title, own = line.strip().split(b"::")
            match = re.match(rb"^(.*)\((\d+)\)$", title)
            title = [w.lower() for w in (match.group(1) if match else title).split()]
            self.movies[int(movie)] = own.split(b"|"), title
            genres += own.split(b"|")
            words += title
        self.genres = {g: i for i, g in enumerate(python2_set(genres))}
        self.words = {w: i for i, w in enumerate(python2_set(words))}

    def rows(self, movie):
        genres, title = self.movies[movie]
        return [self.genres[g] for g in genres], [self.words[w] for w in title]


def shapes(data):
    out = {
        "___embedding_0__.w0": (max(data.users) + 1, 32), "___embedding_1__.w0": (2, 16),
        "___embedding_2__.w0": (7, 16), "___embedding_3__.w0": (21, 16),
        "___embedding_4__.w0": (max(data.movies) + 1, 32), "___embedding_5__.w0": (len(data.words), 32),
        "___fc_layer_0__.w0": (32, 32), "___fc_layer_1__.w0": (16, 16), "___fc_layer_2__.w0": (16, 16),
        "___fc_layer_3__.w0": (16, 16), "___fc_layer_5__.w0": (32, 32),
        "___fc_layer_6__.w0": (len(data.genres), 32), "___sequence_conv_pooling_0___conv_fc.w0": (96, 32),
    }
    out |= {f"___fc_layer_4__.w{i}": (n, 200) for i, n in enumerate([32, 16, 16, 16])}
    out |= {f"___fc_layer_7__.w{i}": (32, 200) for i in range(3)}
    for name, (_, width) in list(out.items()):
        if "embedding" not in name and name.endswith(".w0"):
            out[name[:-1].replace(".w", ".wbias")] = (1, width)
    return out


def draw(data, seed):
    random = np.random.default_rng(seed)
    return {name: random.normal(0, 0.6 / min(shape[0], 8) ** 0.5, shape).astype(np.float32)
            for name, shape in shapes(data).items()}


def varint(n):
    out = b""
    while n >= 0x80:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def config(name, shape):
    """A ParameterConfig with more in it than is read: initial_mean and initial_std as well."""
    out = b"\x0a" + varint(len(name)) + name.encode() + b"\x10" + varint(shape[0] * shape[1])
    out += b"\x29" + struct.pack("<d", 0.0) + b"\x31" + struct.pack("<d", 0.1)
    return out + b"".join(b"\x48" + varint(n) for n in shape) + b"\x58\x00\x60\x01"


def write_tar(path, parameters, mode="w", prefix="", form=tarfile.GNU_FORMAT):
    with tarfile.open(path, mode, format=form) as tar:
        def add(name, value):
            info = tarfile.TarInfo(prefix + name)
            info.size = len(value)
            tar.addfile(info, io.BytesIO(value))
        for name in sorted(parameters, key=python2_hash_of_text):
            value = parameters[name]
            add(name, struct.pack("<IIQ", 0, 4, value.size) + value.tobytes())
            add(name + ".protobuf", config(name, value.shape))


def python2_hash_of_text(name):
    return python2_hash(name.encode()) & 127  # any order but that of the layers


def read_tar(path):
    out = {}
    with tarfile.open(path) as tar:
        for info in tar:
            if info.name.endswith(".protobuf"):
                continue
            value = tar.extractfile(info).read()
            version, size, count = struct.unpack("<IIQ", value[:16])
            assert (version, size, 16 + 4 * count) == (0, 4, len(value)), info.name
            out[info.name] = np.frombuffer(value[16:], np.float32)
    return out


def predict(parameters, data, pairs):
    """Stars, in double."""
    p = {name: value.astype(np.float64) for name, value in parameters.items()}
    fc = lambda x, layer: np.tanh(x @ p[f"___fc_layer_{layer}__.w0"] + p[f"___fc_layer_{layer}__.wbias"][0])

    def tower(parts, layer):
        total = sum(x @ p[f"___fc_layer_{layer}__.w{i}"] for i, x in enumerate(parts))
        return np.tanh(total + p[f"___fc_layer_{layer}__.wbias"][0])

    def user_vector(user):
        values = (user, *data.users[user])
        return tower([fc(p[f"___embedding_{i}__.w0"][v], i) for i, v in enumerate(values)], 4)

    def movie_vector(movie):
        genres, words = data.rows(movie)
        hot = np.zeros(len(data.genres))
        hot[genres] = 1
        embedded = np.vstack([np.zeros(32), p["___embedding_5__.w0"][words], np.zeros(32)])
        windows = np.array([embedded[i : i + 3].ravel() for i in range(len(words))])
        name = "___sequence_conv_pooling_0___conv_fc"
        title = np.tanh(windows @ p[name + ".w0"] + p[name + ".wbias"][0]).max(axis=0)
        return tower([fc(p["___embedding_4__.w0"][movie], 5), fc(hot, 6), title], 7)

    out = []
    for user, movie in pairs:
        u, m = user_vector(user), movie_vector(movie)
        out.append(5 * (u @ m) / np.sqrt((u @ u) * (m @ m)) / 2 + 2.5)
    return np.array(out)
