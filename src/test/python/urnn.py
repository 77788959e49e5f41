"""Composes the unitary matrix of a uRNN from a checkpoint and says how far it is from unitary.

    python urnn.py CHECKPOINT PARAMETERS PERMUTATION

PARAMETERS is a tensor [7, n] of scheme urnn, PERMUTATION one [n] of scheme permutation. Needs numpy and duckdb.
W = D3 R2 F^-1 D2 P R1 F D1, composed column by column from the identity.
"""

import sys

import duckdb
import numpy as np


def tensor(checkpoint, name):
    rows = duckdb.execute(
        f"select \"values\" from '{checkpoint}/data/*/*.parquet' where tensor = ? order by row", [name]).fetchall()
    return np.concatenate([np.array(row[0], np.float64) for row in rows])


def reflect(v, x):
    return x - 2 * np.outer(v, v.conj() @ x) / np.linalg.norm(v) ** 2


checkpoint, parameters, permutation = sys.argv[1:]
theta1, theta2, theta3, re1, im1, re2, im2 = tensor(checkpoint, parameters).reshape(7, -1)
order = tensor(checkpoint, permutation).astype(int)
n = len(order)
x = np.eye(n, dtype=complex)
x = np.exp(1j * theta1)[:, None] * x
x = reflect(re1 + 1j * im1, np.fft.fft(x, axis=0, norm="ortho"))
x = np.exp(1j * theta2)[:, None] * x[order]
x = reflect(re2 + 1j * im2, np.fft.ifft(x, axis=0, norm="ortho"))
w = np.exp(1j * theta3)[:, None] * x
print(f"n {n}, max |W^H W - I| {np.abs(w.conj().T @ w - np.eye(n)).max():.3g}, |tr|^2 {abs(np.trace(w)) ** 2:.4f}, "
      f"largest |W_ij| sqrt(n) {np.abs(w).max() * np.sqrt(n):.3f}")
