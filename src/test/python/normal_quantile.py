"""Writes src/test/resources/golden/normal-quantile/quantiles.txt: exact normal quantiles of 32-bit words.

Run: python src/test/python/normal_quantile.py > src/test/resources/golden/normal-quantile/quantiles.txt
Needs mpmath. A word w >= 0 stands for the probability 1/2 + (w + 1/2) / 2^32.
"""

import platform

import mpmath

mpmath.mp.dps = 40
SEAM = 2**31 - 1 - 2**22  # where the tail takes over


def words():
    chosen = set(range(64)) | {2**31 - 1 - i for i in range(64)}
    chosen |= {SEAM + i for i in range(-64, 65)}
    chosen |= {2**e + i for e in range(6, 31) for i in (-1, 0, 1)}
    chosen |= {2**31 - 1 - 2**e for e in range(6, 31)}
    chosen |= {round(i * (2**31 - 1) / 800) for i in range(801)}
    return sorted(chosen)


def quantile(word):
    return mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf(2 * word + 1) / 2**32)


print("# Quantiles of the standard normal at 1/2 + (word + 1/2) / 2^32, 20 digits, from 40-digit arithmetic.")
print(f"# Command: python src/test/python/normal_quantile.py, mpmath {mpmath.__version__}, "
      f"Python {platform.python_version()}, 2026-11-22")
for word in words():
    print(word, mpmath.nstr(quantile(word), 20, min_fixed=-30, max_fixed=30))
