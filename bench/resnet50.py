"""Times LSUV of ResNet-50 and one forward pass by ONNX Runtime: see bench/resnet50. Weights do not matter to the times."""

import gzip
import os
import re
import shutil
import struct
import subprocess
import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

ROOT, WORK, PEER = sys.argv[1], sys.argv[2], "peer" in sys.argv[3:]
IMAGES, SIZE, THREADS = 32, 224, 2
CONFIGURATION = """
model: resnet50.onnx
seed: 1
lsuv:
  data: {{format: idx, path: images.idx, shape: [3, {size}, {size}], scale: 0.00392156862745098,
         mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}}
  batch: {images}
  micro-batch: 16
  check: 0
"""


def prepare(images):
    """torchvision's export without its values, which the repository has; images of noise; the configuration."""
    with gzip.open(f"{ROOT}/src/test/resources/models/zoo/resnet50-old.onnx.gz") as packed, open(f"{WORK}/resnet50.onnx", "wb") as model:
        shutil.copyfileobj(packed, model)
    with open(f"{WORK}/images.idx", "wb") as idx:
        idx.write(struct.pack(">4B4I", 0, 0, 8, 4, *images.shape) + images.tobytes())
    with open(f"{WORK}/resnet50.yaml", "w") as yaml:
        yaml.write(CONFIGURATION.format(size=SIZE, images=IMAGES))


def session():
    """The whole graph with its weights as constants, as anyone would run it."""
    model = onnx.load(f"{WORK}/resnet50.onnx", load_external_data=False)
    random = np.random.default_rng(1)
    for tensor in model.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            values = np.abs(random.standard_normal(tuple(tensor.dims), dtype=np.float32)) * 0.02
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def forward(run, batch):
    """Least of three, the first of them not counted."""
    times = []
    for _ in range(4):
        start = time.perf_counter()
        run.run(None, {"input": batch})
        times.append(time.perf_counter() - start)
    return min(times[1:])


def lsuv():
    """Seconds of the whole process and from the table's head to its last layer, and those that the table states by layer."""
    shutil.rmtree(f"{WORK}/out", ignore_errors=True)
    start = time.perf_counter()
    command = [f"{ROOT}/jobs/kindling", "lsuv", f"{WORK}/resnet50.yaml", "--out", f"{WORK}/out", "--master", f"local[{THREADS}]"]
    with open(f"{WORK}/lsuv.log", "w") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as job:
        head = last = None
        layers = []
        for line in job.stdout:
            if line.startswith("layer "):
                head = time.perf_counter()
            stated = re.search(r" (\d+\.\d\d) s\s*$", line)
            if stated:
                last = time.perf_counter()
                layers.append(float(stated.group(1)))
    whole = time.perf_counter() - start
    if job.returncode:
        sys.exit(open(f"{WORK}/lsuv.log").read())
    shutil.rmtree(f"{WORK}/out")
    return whole, last - head, layers


def main():
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (IMAGES, 3, SIZE, SIZE), dtype=np.uint8)
    prepare(images)
    batch = random.standard_normal(images.shape, dtype=np.float32)
    run = session()
    before = forward(run, batch)
    whole, calibration, layers = lsuv()
    once = min(before, forward(run, batch))
    print(f"one forward pass, ONNX Runtime {onnxruntime.__version__}, {THREADS} threads   {once:7.2f} s")
    print(f"lsuv, whole process                                 {whole:7.2f} s")
    print(f"  sampling and {len(layers)} layers                            {calibration:7.2f} s")
    print(f"  the layers behind the first                       {sum(layers[1:]):7.2f} s = {sum(layers[1:]) / once:.2f} forward passes")
    if PEER:
        import resnet50_peer

        seconds, passes = resnet50_peer.run(batch, THREADS)
        print(f"Python package lsuv, {passes} forward passes            {seconds:7.2f} s = {seconds / whole:.1f} times the whole process")


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    main()
