"""Reads a checkpoint with pyarrow and verifies every tensor:  python docs/read_checkpoint.py CKPT [TENSOR]"""

import json
import pathlib
import sys
import zlib

import numpy
import pyarrow.compute as compute
import pyarrow.parquet as parquet


def narrowed(values, dtype):
    """Values as little-endian bytes of the checkpoint's dtype; those of 16 bits are stored as exact float32."""
    if dtype == "bf16":
        return (values.view(numpy.uint32) >> 16).astype("<u2").tobytes()
    return values.astype({"f16": "<f2", "f32": "<f4", "f64": "<f8"}[dtype]).tobytes()


def read(folder, tensor, manifest):
    """One tensor: only files that name it, only row groups and pages whose statistics can hold it."""
    rows = {}
    for shard in manifest["shards"]:
        if any(part["tensor"] == tensor["name"] for part in shard["ranges"]):
            table = parquet.read_table(folder / shard["path"], filters=compute.field("tensor") == tensor["name"])
            for row, values in zip(table["row"].to_pylist(), table["values"]):
                rows[row] = values.values.to_numpy()
    parts = [rows[row] for row in sorted(rows)]
    return numpy.concatenate(parts).reshape(tensor["shape"]) if parts else numpy.zeros(tensor["shape"], "f4")


folder = pathlib.Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
assert manifest["format-version"] == 1, "unknown format version"
for tensor in manifest["tensors"]:
    if len(sys.argv) < 3 or sys.argv[2] == tensor["name"]:
        values = read(folder, tensor, manifest)
        crc = zlib.crc32(narrowed(values, tensor["dtype"]))
        assert f"{crc:08x}" == tensor["crc32"], f"{tensor['name']} is damaged"
        print(tensor["name"], values.shape, tensor["dtype"], f"mean {values.mean():.4g} std {values.std():.4g}, digest right")
