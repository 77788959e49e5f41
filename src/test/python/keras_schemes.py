"""Draws Keras's initialisers, and the kernels of its layers.

Run: KERAS_BACKEND=jax python src/test/python/keras_schemes.py > src/test/resources/golden/schemes/keras.csv
Needs keras, a backend (jax or torch) and numpy.
"""

import platform

import keras
import numpy as np
from keras import initializers as i
from keras import layers
from scheme_moments import out_in, swapped, write

SEEDS = iter(range(20261122, 20262000))
SHAPE = (600, 1024)
KERNEL = (5, 5, 64, 256)


def drawn(init, shape=SHAPE, **options):
    return np.asarray(init(seed=next(SEEDS), **options)(shape))


def built(layer, shape):
    layer.build(shape)
    return layer


def plain():
    yield "zeros", "", "dense", "layout=in-out", np.asarray(i.Zeros()((7, 5)))
    yield "ones", "", "dense", "layout=in-out", np.asarray(i.Ones()((7, 5)))
    yield "constant", "value=0.3", "dense", "layout=in-out", np.asarray(i.Constant(0.3)((7, 5)))
    yield "identity", "gain=2", "dense", "layout=in-out", np.asarray(i.Identity(2.0)((7, 5)))
    yield "normal", "", "dense", "layout=in-out", drawn(i.RandomNormal)
    yield "uniform", "", "dense", "layout=in-out", drawn(i.RandomUniform)
    yield "truncated_normal", "", "dense", "layout=in-out", drawn(i.TruncatedNormal)
    yield "truncated_normal", "mean=0.5;std=0.2", "dense", "layout=in-out", drawn(i.TruncatedNormal, mean=0.5, stddev=0.2)


def by_fans():
    for name, init in [("glorot_normal", i.GlorotNormal), ("glorot_uniform", i.GlorotUniform), ("he_normal", i.HeNormal),
                       ("he_uniform", i.HeUniform), ("lecun_normal", i.LecunNormal), ("lecun_uniform", i.LecunUniform)]:
        yield name, "", "dense", "layout=in-out", drawn(init)
        yield name, "", "conv", "", out_in(drawn(init, KERNEL))
    yield "variance_scaling", "", "dense", "layout=in-out", drawn(i.VarianceScaling)
    for mode in ["fan_in", "fan_out", "fan_avg"]:
        for distribution in ["normal", "truncated_normal", "untruncated_normal", "uniform"]:
            yield ("variance_scaling", "scale=2;mode=%s;distribution=%s" % (mode, distribution), "conv", "",
                   out_in(drawn(i.VarianceScaling, KERNEL, scale=2.0, mode=mode, distribution=distribution)))


def of_layers():
    grouped = built(layers.Conv2D(512, 5, groups=8, kernel_initializer=i.GlorotNormal(next(SEEDS))), (None, 9, 9, 128))
    yield "glorot_normal", "", "conv", "groups=8", out_in(np.asarray(grouped.kernel))
    depthwise = built(
        layers.DepthwiseConv2D(7, depth_multiplier=2, depthwise_initializer=i.HeNormal(next(SEEDS))), (None, 9, 9, 4096))
    kernel = np.asarray(depthwise.kernel)
    ours = np.transpose(kernel, (2, 3, 0, 1)).reshape(8192, 1, 7, 7)
    yield "he_normal", "", "depthwise", "groups=4096", ours
    transposed = built(
        layers.Conv2DTranspose(64, 5, strides=2, kernel_initializer=i.HeNormal(next(SEEDS))), (None, 9, 9, 256))
    kernel = np.asarray(transposed.kernel)
    yield "he_normal", "", "transposed-conv", "strides=4", np.transpose(kernel, (3, 2, 0, 1))
    embedding = built(layers.Embedding(5000, 100, embeddings_initializer=i.RandomUniform(seed=next(SEEDS))), (None, 3))
    yield "uniform", "", "embedding", "", np.asarray(embedding.embeddings)
    embedding = built(layers.Embedding(5000, 100, embeddings_initializer=i.GlorotNormal(next(SEEDS))), (None, 3))
    yield "glorot_normal", "", "embedding", "", np.asarray(embedding.embeddings)


def recurrent():
    keras.utils.set_random_seed(next(SEEDS))
    cell = built(layers.LSTMCell(256), (None, 600))
    yield "glorot_uniform", "", "recurrent-input", "layout=in-out;gates=ifco:256", np.asarray(cell.kernel)
    yield "orthogonal", "", "recurrent-hidden", "layout=in-out;gates=ifco:256", np.asarray(cell.recurrent_kernel)
    yield "lstm_bias", "order=ifco", "recurrent-bias", "gates=ifco:256", np.asarray(cell.bias)
    yield "orthogonal", "gain=2", "dense", "layout=in-out", drawn(i.Orthogonal, gain=2.0)


if __name__ == "__main__":
    lines = [*plain(), *by_fans(), *of_layers(), *recurrent()]
    versions = "keras %s with %s, Python %s" % (keras.__version__, keras.backend.backend(), platform.python_version())
    write("keras_schemes.py", versions, lines)
