"""Writes what a library's initialisers draw as a known-answer file of golden/schemes; the scripts beside it call it.

A line: our scheme, its parameters, role, shape and extras as SchemeCase has them; then of the library's sample, over its
values other than zero: mean, standard deviation, least and greatest value, kurtosis (fourth moment by the squared second);
the number of zeros in its first column; and for schemes without chance the CRC-32 of the float32 bytes in our layout.
"""

import zlib

import numpy as np

HEAD = "scheme|parameters|role|shape|extras|mean|std|low|high|kurtosis|zeros|crc32"


def out_in(kernel):
    """Keras and Flax have (k..., in, out), we [out, in, k...]."""
    return np.transpose(kernel, (kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2)))


def swapped(kernel):
    """(k..., a, b) as [a, b, k...]."""
    return np.transpose(kernel, (kernel.ndim - 2, kernel.ndim - 1, *range(kernel.ndim - 2)))


def write(script, versions, lines):
    print("# src/test/python/%s, %s" % (script, versions))
    print(HEAD)
    for scheme, parameters, role, extras, values in lines:
        values = np.asarray(values)
        case = "%s|%s|%s|%s|%s" % (scheme, parameters, role, ",".join(map(str, values.shape)), extras)
        first = values.reshape(values.shape[0], -1)[:, 0]
        drawn = values[values != 0].astype(np.float64)
        if len(np.unique(drawn)) < 10:
            crc = zlib.crc32(np.ascontiguousarray(values, dtype="<f4").tobytes())
            print("%s|||||||%08x" % (case, crc))
            continue
        mean, std = drawn.mean(), drawn.std()
        kurtosis = ((drawn - mean) ** 4).mean() / std**4
        print("%s|%.9g|%.9g|%.9g|%.9g|%.9g|%d|" % (
            case, mean, std, drawn.min(), drawn.max(), kurtosis, int((first == 0).sum())))
