"""Prints the gains of dev.kindling.scheme.Gain: 1 / sqrt(E f(z)^2) for z ~ N(0, 1), to 17 digits.

Run: python src/test/python/gains.py
Needs mpmath.
"""

import mpmath as mp

mp.mp.dps = 40

ACTIVATIONS = {
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "gelu": lambda x: x * mp.ncdf(x),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "mish": lambda x: x * mp.tanh(mp.log1p(mp.exp(x))),
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "scaled_tanh": lambda x: mp.mpf("1.7159") * mp.tanh(2 * x / 3),
}

for name, f in ACTIVATIONS.items():
    moment = mp.quad(lambda x: f(x) ** 2 * mp.npdf(x), [-40, -10, -6, -3, -1, 0, 1, 3, 6, 10, 40])
    print(name, mp.nstr(1 / mp.sqrt(moment), 17))
