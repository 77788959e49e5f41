"""Writes the ONNX models under src/test/resources/models that the reader's tests use.

    python -m pip install torch onnx onnxscript
    python src/test/python/export_models.py src/test/resources/models

Three small networks, each through PyTorch's TorchScript-based exporter (told to keep training-time nodes and not to fold
constants) and its dynamo-based one (which folds batch norms of a model in evaluation mode by itself). The seed is fixed; the
values do not matter to the tests, the names, shapes and node patterns do.
"""

import pathlib
import sys


import onnx
import torch
from torch import nn
from torch.onnx import TrainingMode


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)

    def forward(self, x):
        return torch.relu(x + self.depthwise(torch.relu(self.bn1(self.conv1(x)))))


class SmallCnn(nn.Module):
    """Convolution, batch norm, residual Add, depthwise and transposed convolution, dense layers."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 6, 3, padding=1)
        self.block = Residual(6)
        self.grouped = nn.Conv2d(6, 8, 3, stride=2, padding=1, groups=2)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.fc1 = nn.Linear(4 * 8 * 8, 12)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(12, 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = self.block(x)
        x = torch.sigmoid(self.grouped(x))
        x = torch.tanh(self.up(x))
        x = self.drop(self.fc1(torch.flatten(x, 1)))
        return self.head(torch.relu(x))


class TokenMixer(nn.Module):
    """Embedding, position table, layer norm, dense layers on rank-3 activations, GELU, LSTM."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.position = nn.Parameter(torch.randn(1, 5, 8))
        self.norm = nn.LayerNorm(8)
        self.up = nn.Linear(8, 16)
        self.down = nn.Linear(16, 8)
        self.plain = nn.Linear(8, 8, bias=False)
        self.lstm = nn.LSTM(8, 4, batch_first=True)

    def forward(self, tokens):
        x = self.embed(tokens) + self.position
        x = x + self.down(nn.functional.gelu(self.up(self.norm(x))))
        x = torch.tanh(self.plain(x))
        return self.lstm(x)[0]


class Twice(nn.Module):
    """One dense layer that is used twice and an embedding that is also the head."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.shared = nn.Linear(8, 8)

    def forward(self, tokens):
        x = self.shared(torch.relu(self.shared(self.embed(tokens))))
        return x @ self.embed.weight.t()


def old_exporter(model, example, path, **options):
    torch.onnx.export(
        model,
        (example,),
        path,
        dynamo=False,
        training=TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "batch"}},
        **options,
    )


def dynamo_exporter(model, example, path):
    batch = torch.export.Dim("batch", min=2, max=1024)
    torch.onnx.export(
        model,
        (example,),
        path,
        dynamo=True,
        external_data=False,
        input_names=["input"],
        output_names=["output"],
        dynamic_shapes=({0: batch},),
        verbose=False,
    )
    without_stack_traces(path)


def without_stack_traces(path):
    """Removes the exporting machine's paths, which the exporter writes into every node."""
    model = onnx.load(path)
    graphs = [model.graph, *model.functions]
    for holder in [model, *graphs, *(node for graph in graphs for node in graph.node)]:
        kept = [p for p in holder.metadata_props if p.key != "pkg.torch.onnx.stack_trace"]
        kept = [onnx.StringStringEntryProto(key=p.key, value=p.value) for p in kept]
        del holder.metadata_props[:]
        holder.metadata_props.extend(kept)
    onnx.save(model, path)


def main(folder):
    torch.manual_seed(1)
    image = torch.randn(2, 1, 8, 8)
    tokens = torch.randint(0, 20, (2, 5))
    for name, model, example in [
        ("cnn", SmallCnn(), image),
        ("tokens", TokenMixer(), tokens),
        ("tied", Twice(), tokens),
    ]:
        model.eval()
        old_exporter(model, example, folder / f"{name}-torchscript.onnx", opset_version=17)
        dynamo_exporter(model, example, folder / f"{name}-dynamo.onnx")
    # Layer norm in single nodes, and weights that are declared but have no values.
    old_exporter(TokenMixer().eval(), tokens, folder / "tokens-opset16.onnx", opset_version=16)
    old_exporter(SmallCnn().eval(), image, folder / "cnn-weightless.onnx", opset_version=17, export_params=False)
    old_exporter(TokenMixer().eval(), tokens, folder / "tokens-weightless.onnx", opset_version=16, export_params=False)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
