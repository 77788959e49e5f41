"""Times PyTorch's fills: python bench/peers.py [name ...] prints "name millions-per-second", one thread, 2^24 float32 values."""

import sys
import time

import torch

COUNT = 1 << 24
SECONDS = 5  # as long as JMH measures
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
    rounds = 0
    start = time.perf_counter()
    while (seconds := time.perf_counter() - start) < SECONDS:
        fill()
        rounds += 1
    print(name, round(rounds * COUNT / seconds / 1e6, 1))
