"""Learners of other libraries, one thread each, for learning.py: learners.py NAME TRAIN.csv FOLDER PASSES

Vectors of users and items after each pass go to FOLDER/PASS/, with their ids and what predictions add (offset);
"PASS SECONDS" a line is printed: CPU seconds of learning alone, without imports, reading and writing.
"""

import os
import pathlib
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

WIDTH, BATCH, RATE, OFFSET = 32, 1024, 2e-3, 3.6  # of the factorisation of ratings, as learning.py tells Duomo
LISTS = 64  # the width of ALS


class Passes:
    """Keeps the clock, which stands while vectors are written."""

    def __init__(self, folder, users, items):
        self.folder, self.users, self.items = pathlib.Path(folder), users, items
        self.seconds, self.begin = 0.0, time.process_time()

    def done(self, number, vectors, seconds=None):
        """vectors(): (users, items, offset) by the rows of `users` and `items`."""
        self.seconds = seconds if seconds is not None else self.seconds + time.process_time() - self.begin
        folder = self.folder / str(number)
        folder.mkdir(parents=True)
        users, items, offset = vectors()
        for name, array in (("users", users), ("items", items)):
            np.save(folder / f"{name}.npy", np.ascontiguousarray(array, np.float32))
        np.save(folder / "user-ids.npy", self.users)
        np.save(folder / "item-ids.npy", self.items)
        (folder / "offset").write_text(str(float(offset)))
        print(number, f"{self.seconds:.3f}", flush=True)
        self.begin = time.process_time()


def read(path):
    """Rows of users and items, ratings, and the ids of both."""
    table = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1, 2))
    user_ids, users = np.unique(table[:, 0].astype(np.int64), return_inverse=True)
    item_ids, items = np.unique(table[:, 1].astype(np.int64), return_inverse=True)
    return users, items, table[:, 2].astype(np.float32), user_ids, item_ids


def with_pytorch(path, folder, count):
    """The network that Duomo learns, with sparse gradients."""
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(0)
    users, items, ratings, user_ids, item_ids = read(path)
    users, items = torch.from_numpy(users), torch.from_numpy(items)
    targets = torch.from_numpy(ratings - OFFSET)

    def table(size, width, deviation):
        out = torch.nn.Embedding(size, width, sparse=True)
        torch.nn.init.normal_(out.weight, 0, deviation) if deviation else torch.nn.init.zeros_(out.weight)
        return out
    n, m = len(user_ids), len(item_ids)
    user, item = table(n, WIDTH, n ** -0.5), table(m, WIDTH, m ** -0.5)
    user_bias, item_bias = table(n, 1, 0), table(m, 1, 0)
    always = torch.nn.Parameter(torch.zeros(1))
    sparse = torch.optim.SparseAdam([x.weight for x in (user, item, user_bias, item_bias)], RATE)
    dense = torch.optim.Adam([always], RATE)
    passes = Passes(folder, user_ids, item_ids)

    def vectors():
        one = np.ones((n, 1), np.float32), np.ones((m, 1), np.float32)
        by = [x.weight.detach().numpy() for x in (user, user_bias, item, item_bias)]
        return (np.hstack([by[0], by[1], one[0]]), np.hstack([by[2], one[1], by[3]]),
                OFFSET + float(always.detach()[0]))
    for number in range(1, count + 1):
        order = torch.randperm(len(users))
        for begin in range(0, len(order), BATCH):
            batch = order[begin:begin + BATCH]
            u, i = users[batch], items[batch]
            head = (user(u) * item(i)).sum(1) + user_bias(u)[:, 0] + item_bias(i)[:, 0] + always
            cost = (head - targets[batch]).square().mean()
            sparse.zero_grad()
            dense.zero_grad()
            cost.backward()
            sparse.step()
            dense.step()
        passes.done(number, vectors)


def with_libmf(path, folder, count):
    """Stochastic gradient descent of LIBMF: from nothing for each number of passes, as it tells nothing between."""
    from libmf import mf
    users, items, ratings, user_ids, item_ids = read(path)
    rows = np.column_stack([users, items, ratings])
    passes = Passes(folder, user_ids, item_ids)
    for number in range(1, count + 1):
        begin = time.process_time()
        model = mf.MF(k=WIDTH, nr_threads=1, nr_iters=number, eta=0.1, lambda_p2=0.05, lambda_q2=0.05,
                      lambda_p1=0.0, lambda_q1=0.0, quiet=True)
        model.fit(rows)
        seconds = time.process_time() - begin
        passes.done(number, lambda: (np.nan_to_num(model.p_factors()), np.nan_to_num(model.q_factors()), 0), seconds)


def with_implicit(path, folder, count):
    """ALS of the package implicit. It divides nothing by its alpha, so its λ is twice Duomo's."""
    import scipy.sparse
    from implicit.cpu.als import AlternatingLeastSquares
    users, items, _, user_ids, item_ids = read(path)
    taken = scipy.sparse.csr_matrix((np.ones(len(users), np.float32), (users, items)))
    model = AlternatingLeastSquares(LISTS, regularization=30, alpha=2, iterations=count, num_threads=1, random_state=0)
    passes = Passes(folder, user_ids, item_ids)

    def after(number, _, __):
        passes.done(number + 1, lambda: (model.user_factors, model.item_factors, 0))
    model.fit(taken, show_progress=False, callback=after)


if __name__ == "__main__":
    name, table, out, passes_wanted = sys.argv[1:]
    {"pytorch": with_pytorch, "libmf": with_libmf, "implicit": with_implicit}[name](table, out, int(passes_wanted))
