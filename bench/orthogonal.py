"""Times orthogonal matrices against PyTorch's orthogonal_, one thread each, in turn.

    python bench/orthogonal.py JAVA-COMMAND...     rounds by ROUNDS=5, sizes by SIZES="1024x1024 4096x2048"

Then float64 ones: unitary matrices against the phases of NumPy's complex QR, polar forms against U V^T of torch's SVD; FLOAT64="1024x1024".
"""

import os
import subprocess
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
rounds = int(os.environ.get("ROUNDS", "5"))
sizes = os.environ.get("SIZES", "1024x1024 2048x2048 4096x4096 65536x256 4096x2048").split()
java = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ours(request):
    java.stdin.write(request + "\n")
    java.stdin.flush()
    return float(java.stdout.readline())


def theirs(rows, columns):
    weight = torch.empty(rows, columns)
    start = time.perf_counter()
    torch.nn.init.orthogonal_(weight)
    return time.perf_counter() - start


def product():
    a = torch.ones(2048, 2048)
    start = time.perf_counter()
    a @ a
    return time.perf_counter() - start


for _ in range(3):
    ours("1024 1024 512")
    ours("4096 256 512")
    ours("product 1024")
flops = 2 * 2048**3 / 1e9
fast = [(ours("product 2048"), product()) for _ in range(rounds)]
print("product of 2048 x 2048: ours %.0f GF/s, torch.mm %.0f GF/s" % tuple(flops / min(t) for t in zip(*fast)))
print("%12s %9s %9s %9s %7s %7s" % ("shape", "torch", "whole", "512 rows", "ratio", "ratio"))
for size in sizes:
    rows, columns = map(int, size.split("x"))
    ours(f"{rows} {columns} {rows}")
    runs = []
    for _ in range(rounds):
        runs.append((theirs(rows, columns), ours(f"{rows} {columns} {rows}"), ours(f"{rows} {columns} 512")))
    torch_time, whole, blocks = map(min, zip(*runs))
    print(f"{size:>12} {torch_time:9.3f} {whole:9.3f} {blocks:9.3f} {torch_time / whole:7.2f} {torch_time / blocks:7.2f}", flush=True)


def unitary(rows, columns):
    start = time.perf_counter()
    parts = random.standard_normal((2, max(rows, columns), min(rows, columns)))
    q, r = numpy.linalg.qr(parts[0] + 1j * parts[1])
    q *= numpy.diagonal(r) / abs(numpy.diagonal(r))
    return time.perf_counter() - start


def polar(rows, columns):
    start = time.perf_counter()
    u, _, v = torch.linalg.svd(torch.randn(rows, columns, dtype=torch.float64), full_matrices=False)
    u @ v
    return time.perf_counter() - start


random = numpy.random.default_rng(1)
print("%20s %9s %9s %7s" % ("float64", "peer", "ours", "ratio"))
for size in os.environ.get("FLOAT64", "512x512 1024x1024 4096x256").split():
    rows, columns = map(int, size.split("x"))
    for name, peer in (("unitary", unitary), ("polar", polar)):
        ours(f"{name} {rows} {columns}")
        runs = [(peer(rows, columns), ours(f"{name} {rows} {columns}")) for _ in range(rounds)]
        peer_time, our_time = map(min, zip(*runs))
        print(f"{name + ' ' + size:>20} {peer_time:9.3f} {our_time:9.3f} {peer_time / our_time:7.2f}", flush=True)
