"""Holds orthogonal tensors of a checkpoint against NumPy:  python orthogonal.py MANIFEST FOLDER-OF-NPY

The draws come from docs/regenerate.py; Stewart's reflections are applied one after the other in float64, as the textbook has them.
"""

import json
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "docs"))
import regenerate


def stewart(draws):
    """The first columns of H_0 ... H_(m-1) D; reflection k takes column k of the draws from the diagonal down."""
    rows, columns = draws.shape
    q, signs = numpy.eye(rows, columns), numpy.ones(columns)
    for k in reversed(range(columns)):
        u = draws[k:, k].copy()
        signs[k] = 1 if u[0] >= 0 else -1
        u[0] += signs[k] * numpy.linalg.norm(u)
        q[k:] -= numpy.outer(u, 2 / (u @ u) * (u @ q[k:]))
    return -q * signs


manifest = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
for entry in manifest["recipe"]["tensors"]:
    (block,) = entry["blocks"]
    assert list(block["scheme"]) == ["orthogonal"], block
    rows, columns = entry["shape"]
    word = regenerate.words(manifest["recipe"]["seed"], entry["name"], 0, rows * columns, purpose=1)
    draws = regenerate.normal(word).astype(float).reshape(rows, columns)
    expected = stewart(draws) if rows > columns else stewart(draws.T).T
    found = numpy.load(pathlib.Path(sys.argv[2]) / (entry["name"] + ".npy"))
    assert found.shape == expected.shape, found.shape
    error = abs(found / block["scheme"]["orthogonal"]["gain"] - expected).max()
    assert error < 2e-6, error
    print(f"{entry['name']}: {rows} x {columns} equals NumPy's within {error:.1e}")
