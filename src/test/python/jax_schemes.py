"""Draws JAX's initialisers in the shapes that Flax gives its kernels.

Run: python src/test/python/jax_schemes.py > src/test/resources/golden/schemes/jax.csv
Needs jax and numpy.
"""

import platform

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import initializers as i
from scheme_moments import out_in, swapped, write

KEYS = iter(jax.random.split(jax.random.key(20261122), 100))
SHAPE = (600, 1024)
KERNEL = (5, 5, 64, 256)


def drawn(init, shape=SHAPE):
    return np.asarray(init(next(KEYS), shape, jnp.float32))


def plain():
    yield "zeros", "", "dense", "layout=in-out", drawn(i.zeros, (7, 5))
    yield "ones", "", "dense", "layout=in-out", drawn(i.ones, (7, 5))
    yield "constant", "value=0.3", "dense", "layout=in-out", drawn(i.constant(0.3), (7, 5))
    yield "normal", "", "dense", "layout=in-out", drawn(i.normal())
    yield "uniform", "", "dense", "layout=in-out", drawn(i.uniform())
    yield "truncated_normal", "", "dense", "layout=in-out", drawn(i.truncated_normal())
    yield "truncated_normal", "std=0.5;low=-1;high=2", "dense", "layout=in-out", drawn(i.truncated_normal(0.5, lower=-1, upper=2))


def by_fans():
    for name, init in [("glorot_normal", i.glorot_normal), ("glorot_uniform", i.glorot_uniform),
                       ("xavier_normal", i.xavier_normal), ("he_normal", i.he_normal), ("he_uniform", i.he_uniform),
                       ("kaiming_normal", i.kaiming_normal), ("lecun_normal", i.lecun_normal),
                       ("lecun_uniform", i.lecun_uniform)]:
        yield name, "", "dense", "layout=in-out", drawn(init())
        yield name, "", "conv", "", out_in(drawn(init(), KERNEL))
    for mode in ["fan_in", "fan_out", "fan_avg", "fan_geo_avg"]:
        for distribution in ["normal", "truncated_normal", "uniform"]:
            yield ("variance_scaling", "scale=2;mode=%s;distribution=%s" % (mode, distribution), "conv", "",
                   out_in(drawn(i.variance_scaling(2.0, mode, distribution), KERNEL)))
    yield "glorot_normal", "", "conv", "groups=8", out_in(drawn(i.glorot_normal(), (5, 5, 16, 512)))
    yield "he_normal", "", "depthwise", "groups=8192", out_in(drawn(i.he_normal(), (7, 7, 1, 8192)))
    yield "glorot_normal", "", "depthwise", "groups=8192", out_in(drawn(i.glorot_normal(), (7, 7, 1, 8192)))
    yield "he_normal", "", "transposed-conv", "strides=4", swapped(drawn(i.he_normal(), (5, 5, 256, 64)))
    yield "glorot_uniform", "", "transposed-conv", "", swapped(drawn(i.glorot_uniform(), (5, 5, 256, 64)))
    yield ("variance_scaling", "mode=fan_in;distribution=normal", "embedding", "",
           drawn(i.variance_scaling(1.0, "fan_in", "normal", out_axis=0), (5000, 100)))


def matrices():
    yield "orthogonal", "", "dense", "layout=in-out", drawn(i.orthogonal())
    yield "orthogonal", "gain=2", "dense", "layout=in-out", drawn(i.orthogonal(2.0), (1024, 600))
    # Flax's OptimizedLSTMCell and GRUCell draw every gate.
    gates = [drawn(i.orthogonal(), (256, 256)) for _ in range(4)]
    yield "orthogonal", "", "recurrent-hidden", "layout=in-out;gates=ifgo:256", np.concatenate(gates, axis=1)
    inputs = [drawn(i.lecun_normal(), (600, 256)) for _ in range(4)]
    yield "lecun_normal", "", "recurrent-input", "layout=in-out;gates=ifgo:256", np.concatenate(inputs, axis=1)
    yield "delta_orthogonal", "gain=2", "conv", "", out_in(drawn(i.delta_orthogonal(2.0), (3, 4, 384, 400)))


if __name__ == "__main__":
    lines = [*plain(), *by_fans(), *matrices()]
    write("jax_schemes.py", "jax %s, Python %s" % (jax.__version__, platform.python_version()), lines)
