"""Draws PyTorch's initialisers and writes their moments to src/test/resources/golden/schemes/torch.csv.

Run: python src/test/python/torch_schemes.py > src/test/resources/golden/schemes/torch.csv
Needs torch. Columns: our scheme, its parameters, shape, role, groups, then of PyTorch's sample: standard deviation, largest
magnitude, kurtosis (fourth moment by the squared second), and for sparse matrices the number of zeros in a column.
"""

import platform

import torch
from torch import nn

torch.manual_seed(20261122)
GAIN = nn.init.calculate_gain


def drawn(shape, init):
    w = torch.empty(shape, dtype=torch.float64)
    init(w)
    return w


def conv(module):
    return module.weight.detach().double()


def lines():
    shape = (1024, 600)
    kernel = (256, 64, 5, 5)
    i = nn.init
    yield "normal", "std=1", shape, "dense", 1, drawn(shape, i.normal_)
    yield "uniform", "low=0;high=1", shape, "dense", 1, drawn(shape, i.uniform_)
    yield "truncated_normal", "std=1;bounds=absolute", shape, "dense", 1, drawn(shape, i.trunc_normal_)
    yield ("truncated_normal", "std=0.02;bounds=absolute", shape, "dense", 1,
           drawn(shape, lambda w: i.trunc_normal_(w, std=0.02)))
    yield ("truncated_normal", "std=1.5;bounds=absolute;low=-1;high=2.5;mean=0.5", shape, "dense", 1,
           drawn(shape, lambda w: i.trunc_normal_(w, 0.5, 1.5, -1, 2.5)))
    yield "xavier_normal", "", shape, "dense", 1, drawn(shape, i.xavier_normal_)
    yield ("xavier_normal", "gain=tanh", kernel, "conv", 1,
           drawn(kernel, lambda w: i.xavier_normal_(w, GAIN("tanh"))))
    yield "xavier_uniform", "", kernel, "conv", 1, drawn(kernel, i.xavier_uniform_)
    yield ("xavier_uniform", "gain=selu", shape, "dense", 1,
           drawn(shape, lambda w: i.xavier_uniform_(w, GAIN("selu"))))
    yield "kaiming_normal", "", shape, "dense", 1, drawn(shape, i.kaiming_normal_)
    yield ("kaiming_normal", "mode=fan_out;slope=0.2", kernel, "conv", 1,
           drawn(kernel, lambda w: i.kaiming_normal_(w, 0.2, "fan_out")))
    yield "kaiming_uniform", "", kernel, "conv", 1, drawn(kernel, i.kaiming_uniform_)
    yield ("lecun_normal", "gain=sigmoid", shape, "dense", 1,
           drawn(shape, lambda w: i.kaiming_normal_(w, nonlinearity="sigmoid")))
    yield "torch_default", "", shape, "dense", 1, conv(nn.Linear(600, 1024))
    yield "torch_default", "", kernel, "conv", 1, conv(nn.Conv2d(64, 256, 5))
    yield "torch_default", "", (512, 16, 5, 5), "conv", 8, conv(nn.Conv2d(128, 512, 5, groups=8))
    yield "torch_default", "", (512, 64, 5, 5), "transposed-conv", 1, conv(nn.ConvTranspose2d(512, 64, 5))
    yield ("xavier_normal", "", (512, 16, 5, 5), "conv", 8,
           drawn((512, 16, 5, 5), i.xavier_normal_))
    yield "embedding", "", (5000, 100), "embedding", 1, conv(nn.Embedding(5000, 100))
    yield "embedding", "padding=0", (5000, 100), "embedding", 1, conv(nn.Embedding(5000, 100, padding_idx=0))
    yield "torch_rnn", "units=256", (1024, 600), "dense", 1, nn.LSTM(600, 256).weight_ih_l0.detach().double()
    yield ("torch_sparse", "sparsity=0.9", (1000, 600), "dense", 1,
           drawn((1000, 600), lambda w: i.sparse_(w, 0.9)))


print("# src/test/python/torch_schemes.py, torch %s, Python %s" % (torch.__version__, platform.python_version()))
print("scheme|parameters|shape|role|groups|std|largest|kurtosis|zeros")
for name, parameters, shape, role, groups, w in lines():
    mean = w.mean()
    second = ((w - mean) ** 2).mean()
    fourth = ((w - mean) ** 4).mean()
    zeros = int((w[:, 0] == 0).sum()) if name == "torch_sparse" else 0
    print("%s|%s|%s|%s|%d|%.9g|%.9g|%.9g|%d" % (
        name, parameters, ",".join(map(str, shape)), role, groups,
        second.sqrt(), w.abs().max(), fourth / second**2, zeros))
