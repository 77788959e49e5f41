"""Writes graphs that Keras exports under src/test/resources/models/keras, without their weights.

    python -m pip install torch torchvision keras onnx onnxscript
    python src/test/python/export_keras.py src/test/resources/models/keras

Keras 3 writes ONNX from its PyTorch backend by itself: Model.export(path, format="onnx").
"""

import argparse
import gzip
import os
import pathlib
import tempfile

os.environ["KERAS_BACKEND"] = "torch"

import numpy
import onnx
from export_zoo import import_torchvision, strip

import_torchvision()

import keras  # noqa: E402  (imports torchvision by itself)
from keras import layers  # noqa: E402


def cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.DepthwiseConv2D(3),
        layers.BatchNormalization(), layers.ReLU(), layers.Conv2DTranspose(4, 3, strides=2), layers.Flatten(),
        layers.Dense(10, activation="softmax")])


def rnn():
    return keras.Sequential([
        keras.Input((12,)), layers.Embedding(50, 16), layers.LSTM(24, return_sequences=True), layers.GRU(8), layers.Dense(3)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for build in (cnn, rnn):
        keras.utils.set_random_seed(1)
        model = build()
        model(numpy.zeros((2, *model.inputs[0].shape[1:]), "float32"))
        with tempfile.TemporaryDirectory() as scratch:
            path = f"{scratch}/m.onnx"
            model.export(path, format="onnx", verbose=False)
            proto = onnx.load(path)
        large = {tensor.name for tensor in proto.graph.initializer if sum(dim > 1 for dim in tensor.dims) > 1}
        with gzip.GzipFile(folder / f"{build.__name__}.onnx.gz", "wb", mtime=0) as file:
            file.write(strip(proto, large).SerializeToString())


if __name__ == "__main__":
    main()
