"""Fits the polynomials of dev.kindling.kernel.NormalQuantile and prints their float32 coefficients.

Run: python src/test/python/normal_map.py
Needs mpmath and numpy. Each fit is a weighted least squares whose weights follow the error (Lawson), so it is close to the
best one in the largest error. Coefficients are printed from the highest power on, in float32 and float64; the tail uses float64.
"""

import mpmath
import numpy as np

mpmath.mp.dps = 30

CENTRE = 2.5  # the central polynomial runs over -log(y) - CENTRE
TAIL = 2.0**-9  # s below which the tail's function takes over
FARTHEST = 1e-300  # least s, reached by truncated normals


def nodes(low, high, count=1200):
    return (low + high) / 2 - (high - low) / 2 * np.cos(np.pi * (np.arange(count) + 0.5) / count)


def lawson(columns, target, weight, rounds=60):
    """Solves columns @ c = target for the least largest weighted error."""
    w = np.ones(len(target))
    best = None
    for _ in range(rounds):
        scale = np.sqrt(w) * weight
        c = np.linalg.lstsq(columns * scale[:, None], target * scale, rcond=None)[0]
        error = np.abs(columns @ c - target) * weight
        if best is None or error.max() < best[1]:
            best = (c, error.max())
        w *= error + 1e-3 * error.max()
        w /= w.sum()
    return best


def show(name, coefficients, error):
    print(f"{name}: error {error:.2e}")
    for c in coefficients:
        print(f"    {np.float32(c)!s}f  {float(c)!r}")


def logarithm(degree):
    """-log(m) - CENTRE over m - 1, m in [sqrt(1/2), sqrt(2)); what counts is the absolute error."""
    v = nodes(0.5**0.5 - 1, 2**0.5 - 1)
    c, error = lawson(np.vander(v, degree + 1), -np.log1p(v) - CENTRE, np.ones(len(v)))
    show(f"logarithm, degree {degree}", c, error)


def central(degree):
    """z / x over w = -log(1 - x^2) - CENTRE."""
    end = -np.log(TAIL * (2 - TAIL))
    w = nodes(0, end)
    ratio = np.array([float(mpmath.sqrt(2) * mpmath.erfinv(x) / x)
                      for x in (mpmath.sqrt(-mpmath.expm1(-mpmath.mpf(float(a)))) for a in w)])
    c, error = lawson(np.vander(w - CENTRE, degree + 1), ratio, 1 / ratio)
    show(f"central, degree {degree}", c, error)


def upper_quantile(log_s):
    """z with P(|Z| > z) = exp(log_s), by Newton on the logarithm."""
    z = mpmath.sqrt(-2 * log_s)
    for _ in range(60):
        q = mpmath.erfc(z / mpmath.sqrt(2))
        step = (mpmath.log(q) - log_s) * q / (mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(-z * z / 2))
        z += step
        if abs(step) < mpmath.mpf(10) ** -25:
            break
    return z


def tail(degree, denominator):
    """z over r = sqrt(-log s), the ratio of two polynomials, the lower one with constant term 1."""
    r = nodes(np.sqrt(-np.log(TAIL)), np.sqrt(-np.log(FARTHEST)), 600)
    z = np.array([float(upper_quantile(-mpmath.mpf(float(a)) ** 2)) for a in r])
    below = np.ones(len(r))
    for _ in range(8):  # the lower polynomial of the last round weighs the next one
        columns = np.hstack([np.vander(r, degree + 1), -z[:, None] * np.vander(r, denominator + 1)[:, :-1]])
        c, _ = lawson(columns, z, 1 / (z * below))
        below = np.abs(np.polyval(np.append(c[degree + 1:], 1), r))
    fit = np.polyval(c[:degree + 1], r) / np.polyval(np.append(c[degree + 1:], 1), r)
    show(f"tail {degree}/{denominator}", c, np.abs(fit / z - 1).max())


if __name__ == "__main__":
    logarithm(7)
    central(9)
    tail(4, 3)
