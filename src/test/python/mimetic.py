"""Holds a mimetic attention to NumPy's singular value decompositions:  python src/test/python/mimetic.py CKPT HEADS

The checkpoint is of float64 and has the weights of one attention, outputs first.
"""

import pathlib
import sys

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as parquet

table = parquet.read_table(sorted(map(str, (pathlib.Path(sys.argv[1]) / "data").glob("*/*.parquet"))))
heads = int(sys.argv[2])


def weight(part):
    rows = table.filter(pc.field("tensor") == f"h.0.attn.{part}_proj.weight").sort_by("row")
    return np.array(rows["values"].to_pylist())


def agree(left, right):
    """Rows of the two are singular vectors of their product, times the roots of its singular values."""
    u, s, vt = np.linalg.svd(left.T @ right)
    u, s, vt = u[:, : len(left)], s[: len(left)], vt[: len(left)]
    signs = np.sign(np.sum(u.T * left, axis=1))[:, None]
    assert np.abs(signs * u.T * np.sqrt(s)[:, None] - left).max() < 1e-9, "the left ones differ"
    assert np.abs(signs * vt * np.sqrt(s)[:, None] - right).max() < 1e-9, "the right ones differ"
    return len(left)


queries, keys, values, output = weight("q"), weight("k"), weight("v"), weight("o").T
d = values.shape[1]
count = agree(values, output)
print(f"{count} singular vectors of values and output agree with NumPy")
product = values.T @ output
diagonal, rest = np.diag(product), product[~np.eye(d, dtype=bool)]
assert abs(diagonal.mean() + 0.4) < 4 * 0.4 / d, diagonal.mean()
assert abs(rest.std() * np.sqrt(d) / 0.4 - 1) < 4 / np.sqrt(2 * rest.size), rest.std()
width = len(queries) // heads
parts = [slice(h * width, (h + 1) * width) for h in range(heads)]
print(f"{sum(agree(queries[p], keys[p]) for p in parts)} singular vectors of {heads} heads agree with NumPy")
traces = [np.trace(queries[p].T @ keys[p]) / d for p in parts]
assert min(traces) > 0.1, traces
print("mean diagonals: values and output %.4f, heads %s" % (diagonal.mean(), " ".join("%.4f" % t for t in traces)))
