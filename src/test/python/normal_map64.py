"""Fits the ratios of polynomials of dev.kindling.kernel.NormalQuantile64 and prints their float64 coefficients.

Run: python src/test/python/normal_map64.py
Needs mpmath. Each ratio meets the function exactly at Chebyshev nodes of the variable's logarithm, which is close to the best one
in the largest relative error. Coefficients are printed from the lowest power on.
"""

import mpmath as mp

mp.mp.dps = 70

TAIL = mp.mpf(2) ** -9  # s below which the tail's function takes over
FARTHEST = mp.mpf(10) ** -300  # least s, reached by truncated normals


def fit(function, numerator, denominator, low, high):
    """The ratio through numerator + denominator + 1 points, the lower polynomial with constant term 1, and its largest error."""
    count = numerator + denominator + 1
    middle, half = mp.log(low * high) / 2, mp.log(high / low) / 2
    system, right = mp.matrix(count, count), mp.matrix(count, 1)
    for i in range(count):
        point = mp.e ** (middle + half * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / count))
        value = function(point)
        for k in range(numerator + 1):
            system[i, k] = point**k
        for k in range(1, denominator + 1):
            system[i, numerator + k] = -value * point**k
        right[i] = value
    solved = mp.lu_solve(system, right)
    above = [solved[k] for k in range(numerator + 1)]
    below = [mp.mpf(1)] + [solved[numerator + k] for k in range(1, denominator + 1)]
    worst = 0
    for i in range(401):
        point = mp.e ** (middle + half * mp.mpf(i - 200) / 200)
        worst = max(worst, abs(mp.polyval(above[::-1], point) / mp.polyval(below[::-1], point) / function(point) - 1))
    return above, below, worst


def central(y):
    """z / x over y = 1 - x^2."""
    x = mp.sqrt(1 - y)
    return mp.sqrt(mp.pi / 2) if x < mp.mpf(10) ** -30 else mp.sqrt(2) * mp.erfinv(x) / x


def tail(r):
    """z with P(|Z| > z) = exp(-r^2), by Newton on the logarithm."""
    z = mp.sqrt(2) * r
    for _ in range(80):
        q = mp.erfc(z / mp.sqrt(2))
        step = (mp.log(q) + r * r) * q / (mp.sqrt(2 / mp.pi) * mp.exp(-z * z / 2))
        z += step
        if abs(step) < mp.mpf(10) ** -40:
            return z
    raise ArithmeticError(r)


def show(name, above, below, worst):
    for part, coefficients in (("numerator", above), ("denominator", below)):
        print(f"{name}, {part}, error of the ratio {mp.nstr(worst, 3)}:")
        print("".join(f"    {float(c)!r},\n" for c in coefficients))


if __name__ == "__main__":
    show("central", *fit(central, 17, 17, TAIL * (2 - TAIL), mp.mpf(1)))
    show("tail", *fit(tail, 11, 10, mp.sqrt(-mp.log(TAIL)), mp.sqrt(-mp.log(FARTHEST))))
