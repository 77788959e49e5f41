"""Times PyTorch's fills: python bench/peers.py [name ...] prints "name millions-per-second", one thread, 2^24 float32 values."""

import sys
import time

import torch

COUNT = 1 << 24
torch.set_num_threads(1)
target = torch.empty(COUNT)
FILLS = {
    "normal": lambda: target.normal_(0, 0.02),
    "uniform": lambda: target.uniform_(-0.02, 0.02),
    "truncated": lambda: torch.nn.init.trunc_normal_(target, 0, 0.02, -0.04, 0.04),
}
for name in sys.argv[1:] or FILLS:
    fill = FILLS[name]
    fill()
    best = float("inf")
    for _ in range(9):
        start = time.perf_counter()
        fill()
        best = min(best, time.perf_counter() - start)
    print(name, round(COUNT / best / 1e6, 1))
