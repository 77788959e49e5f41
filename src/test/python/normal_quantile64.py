"""Writes src/test/resources/golden/normal-quantile/quantiles64.txt: exact normal quantiles of 64-bit words.

Run: python src/test/python/normal_quantile64.py > src/test/resources/golden/normal-quantile/quantiles64.txt
Needs mpmath. A word w >= 0 stands for the probability 1/2 + (w + 1/2) / 2^64.
"""

import platform

import mpmath

mpmath.mp.dps = 60
SEAM = 2**63 - 1 - 2**54  # where the tail takes over


def words():
    chosen = set(range(16)) | {2**63 - 1 - i for i in range(32)}
    chosen |= {SEAM + i * 2**j for i in range(-8, 9) for j in range(0, 50, 7)}
    chosen |= {2**e + i for e in range(4, 63) for i in (-1, 0, 1)}
    chosen |= {2**63 - 1 - 2**e for e in range(5, 63)}
    chosen |= {round(i * (2**63 - 1) / 800) for i in range(801)}
    chosen |= {2**63 - 1 - 3**e for e in range(1, 40)}
    return sorted(w for w in chosen if 0 <= w < 2**63)


def quantile(word):
    """By Newton on the tail, which loses no digits on either side."""
    tail = mpmath.mpf(2**64 - 1 - 2 * word) / 2**64
    z = mpmath.mpf(float(mpmath.sqrt(-2 * mpmath.log(tail)))) if word > 2**62 else mpmath.mpf(0)
    for _ in range(200):
        q = mpmath.erfc(z / mpmath.sqrt(2))
        step = (q - tail) / (mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(-z * z / 2))
        z += step
        if abs(step) < mpmath.mpf(10) ** -50:
            return z
    raise ArithmeticError(word)


print("# Quantiles of the standard normal at 1/2 + (word + 1/2) / 2^64, 25 digits, from 60-digit arithmetic.")
print(f"# Command: python src/test/python/normal_quantile64.py, mpmath {mpmath.__version__}, "
      f"Python {platform.python_version()}, 2026-11-24")
for word in words():
    print(word, mpmath.nstr(quantile(word), 25, min_fixed=-40, max_fixed=40))
