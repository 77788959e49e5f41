"""Holds exported safetensors or NumPy files against the checkpoint:  python src/test/python/read_export.py CKPT EXPORT

Uses the safetensors library or numpy.load, PyTorch's rounding and load_state_dict(strict=True); expects f32 in the checkpoint.
"""

import json
import pathlib
import sys

import numpy
import pyarrow.compute as compute
import pyarrow.parquet as parquet
import safetensors.torch
import torch

checkpoint, export = map(pathlib.Path, sys.argv[1:])
manifest = json.loads((checkpoint / "manifest.json").read_text(encoding="utf-8"))
index = export / "model.safetensors.index.json"
if index.exists():
    places = json.loads(index.read_text())["weight_map"]
    files = {name: safetensors.torch.load_file(export / name) for name in set(places.values())}
    assert {name: file for file, held in files.items() for name in held} == places, "index and files differ"
    state = {name: files[file][name] for name, file in places.items()}
elif any(export.glob("*.npy")):
    state = {file.name.removesuffix(".npy"): torch.from_numpy(numpy.load(file)) for file in export.glob("*.npy")}
else:
    state = safetensors.torch.load_file(export / "model.safetensors")

module = torch.nn.Module()
for tensor in manifest["tensors"]:
    found = state[tensor["name"]]
    table = parquet.ParquetDataset(
        [checkpoint / shard["path"] for shard in manifest["shards"]],
        filters=compute.field("tensor") == tensor["name"],
    ).read().sort_by("row")
    expected = torch.tensor(table["values"].combine_chunks().flatten().to_numpy()).reshape(tensor["shape"])
    assert torch.equal(found, expected.to(found.dtype)), tensor["name"]
    parent = module
    *path, leaf = tensor["name"].split(".")
    for part in path:
        if not hasattr(parent, part):
            parent.add_module(part, torch.nn.Module())
        parent = getattr(parent, part)
    parent.register_parameter(leaf, torch.nn.Parameter(torch.empty(tensor["shape"], dtype=found.dtype)))
module.load_state_dict(state, strict=True)
print(len(state), "tensors of", export.name, "are equal and load strictly as", *{str(values.dtype) for values in state.values()})
