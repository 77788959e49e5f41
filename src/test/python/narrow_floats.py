"""Rounds float32 to float16 and bfloat16 as NumPy, PyTorch and ml_dtypes do.

Run: python src/test/python/narrow_floats.py > src/test/resources/golden/narrow-floats/digests.txt
Needs numpy, torch and ml_dtypes.

The values are every float32 but NaN whose last 13 bits are one of ENDS, in the order of their bits: all numbers of both
formats, all ties between two of them, and the float32 next to each. Rounding is monotonic, so these decide all others.
"""

import platform
import zlib

import ml_dtypes
import numpy as np
import torch

ENDS = np.array([0, 1, 0x0FFF, 0x1000, 0x1001, 0x1FFF], dtype=np.uint32)


def values():
    bits = ((np.arange(1 << 19, dtype=np.uint32) << 13)[:, None] | ENDS).ravel()
    return bits[(bits & 0x7FFFFFFF) <= 0x7F800000].view(np.float32)


def by_torch(value, dtype):
    return torch.from_numpy(value).to(dtype).view(torch.int16).numpy()


def main():
    value = values()
    with np.errstate(over="ignore", under="ignore"):
        rounded = [
            ("f16", "numpy " + np.__version__, value.astype(np.float16)),
            ("f16", "torch " + torch.__version__, by_torch(value, torch.float16)),
            ("bf16", "ml_dtypes " + ml_dtypes.__version__, value.astype(ml_dtypes.bfloat16)),
            ("bf16", "torch " + torch.__version__, by_torch(value, torch.bfloat16)),
        ]
    print("# src/test/python/narrow_floats.py, Python %s: CRC-32 of the little-endian results" % platform.python_version())
    for name, peer, result in rounded:
        print("%s|%s|%08x" % (name, peer, zlib.crc32(result.tobytes())))


if __name__ == "__main__":
    main()
