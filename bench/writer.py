"""Times PyTorch: python bench/writer.py FILE MIB initialises float32 tensors, saves and flushes them, prints GB/s."""

import os
import sys
import time

import torch

file, mib = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(2)
start = time.perf_counter()
state = {f"layer{i}.weight": torch.nn.init.kaiming_normal_(torch.empty(4096, 4096)) for i in range(mib // 64)}
with open(file, "wb") as out:
    torch.save(state, out)
    out.flush()
    os.fsync(out.fileno())
print(f"{mib * 2**20 / (time.perf_counter() - start) / 1e9:.2f}")
