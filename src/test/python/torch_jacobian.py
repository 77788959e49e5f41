"""Mean square singular values of the Jacobians of a dense ReLU net by torch.autograd, in float64.

usage: torch_jacobian.py FOLDER DEPTH WIDTH ROWS    FOLDER holds x.f32 and w00.f32, w01.f32, ... little-endian
prints one number per layer but the last: sum of squares of d(last output)/d(output of layer) over the samples, by the width
"""
import sys

import numpy as np
import torch

folder, depth, width, rows = sys.argv[1], *map(int, sys.argv[2:5])


def read(name, *shape):
    return torch.from_numpy(np.fromfile(f"{folder}/{name}.f32", "<f4").reshape(shape)).double()


weights = [read(f"w{i:02d}", width, width) for i in range(depth)]
x = read("x", rows, width)


def behind(layer):
    def last(z):
        for w in weights[layer + 1:]:
            z = w @ torch.relu(z)
        return z

    return last


outputs = [x @ weights[0].T]
for w in weights[1:]:
    outputs.append(torch.relu(outputs[-1]) @ w.T)
for layer in range(depth - 1):
    squares = [torch.autograd.functional.jacobian(behind(layer), z).square().sum() for z in outputs[layer]]
    print(float(sum(squares)) / (rows * width))
