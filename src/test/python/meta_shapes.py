"""Writes the shapes of well-known models of full size under src/test/resources/models/shapes.

    python -m pip install torch torchvision transformers onnx
    python src/test/python/meta_shapes.py src/test/resources/models/shapes

Each network is built from its public package on PyTorch's meta device, where tensors have shapes and no storage, with the sizes that
its configuration class has by default: Llama 7B, T5 small, GPT-NeoX 20B, Mixtral 8x7B. Tied names are left out, as they are of a
checkpoint.
"""

import argparse
import gzip
import json
import pathlib

import torch
from export_zoo import import_torchvision

import_torchvision()

import transformers  # noqa: E402  (imports torchvision by itself)

MODELS = {
    "llama-7b": ("LlamaForCausalLM", "LlamaConfig"),
    "t5-small": ("T5ForConditionalGeneration", "T5Config"),
    "neox-20b": ("GPTNeoXForCausalLM", "GPTNeoXConfig"),
    "mixtral-8x7b": ("MixtralForCausalLM", "MixtralConfig"),
}


def shapes(model):
    """The state_dict's shapes, each tensor once."""
    seen = set()
    found = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        if id(tensor) not in seen:
            seen.add(id(tensor))
            found[name] = list(tensor.shape)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, (model, config) in MODELS.items():
        with torch.device("meta"):
            built = getattr(transformers, model)(getattr(transformers, config)())
        text = json.dumps(shapes(built), separators=(",", ":"))
        with gzip.GzipFile(folder / f"{name}.shapes.json.gz", "wb", mtime=0) as file:
            file.write(text.encode())
        print(name, len(shapes(built)))


if __name__ == "__main__":
    main()
