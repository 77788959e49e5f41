"""Writes the graphs of well-known models under src/test/resources/models/zoo, without their weights.

    python -m pip install torch torchvision timm transformers keras onnx onnxscript
    python src/test/python/export_zoo.py src/test/resources/models/zoo [NAME ...]

Each network is built from its public package with random weights of a fixed seed and goes through one of PyTorch's two
exporters. Then every parameter loses its values: it becomes external data of a file that is not there, as of a model whose
weights were not copied along. Shapes, names and nodes stay as the exporter wrote them; paths of the exporting machine and stack
traces go. Beside each graph, NAME.shapes.json lists the module's own state_dict, which is what the reader should find.
"""

import argparse
import gzip
import io
import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import onnx
import torch
from onnx import external_data_helper
from torch import nn
from torch.onnx import TrainingMode

FLOATS = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16, onnx.TensorProto.DOUBLE}
STORED_METADATA = {"pkg.torch.onnx.name_scopes", "pkg.torch.onnx.original_node_name"}


def import_torchvision():
    """Imports torchvision also where its compiled operators, which no model here uses, do not load."""
    try:
        import torchvision
    except RuntimeError:
        for operator in ("nms", "qnms"):
            torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float threshold) -> Tensor")
        import torchvision
    return torchvision


class Recurrent(nn.Module):
    """Two bidirectional LSTM layers, a GRU, a plain RNN and a head."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(1000, 64, padding_idx=0)
        self.lstm = nn.LSTM(64, 96, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(192, 48, batch_first=True)
        self.rnn = nn.RNN(48, 32, nonlinearity="relu", batch_first=True)
        self.head = nn.Linear(32, 10)

    def forward(self, tokens):
        x = self.lstm(self.embed(tokens))[0]
        x = self.rnn(self.gru(x)[0])[0]
        return self.head(x[:, -1])


class OnlyLogits(nn.Module):
    """A Transformers model that takes token ids and returns one tensor."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids=input_ids, use_cache=False, return_dict=False)[0]


def images(side=224):
    return torch.randn(2, 3, side, side)


def tokens(vocabulary, length=16):
    return torch.randint(0, vocabulary, (2, length))


def torchvision_model(name, **options):
    return import_torchvision().models.get_model(name, weights=None, **options)


def timm_model(name):
    import_torchvision()
    import timm

    return timm.create_model(name, pretrained=False)


def transformers_model(name, config, **options):
    import_torchvision()
    import transformers

    made = getattr(transformers, config)(**options)
    made._attn_implementation = "eager"
    return OnlyLogits(getattr(transformers, name)(made))


def keras_model():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, strides=2, use_bias=False, name="stem"),
            layers.BatchNormalization(name="stem_bn"),
            layers.ReLU(name="stem_relu"),
            layers.SeparableConv2D(24, 3, name="separable"),
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dense(32, activation="gelu", name="hidden"),
            layers.Dense(10, name="head"),
        ]
    )


ZOO = {
    "resnet50": (lambda: torchvision_model("resnet50"), images, ["old", "dynamo"]),
    "vgg11": (lambda: torchvision_model("vgg11"), images, ["old"]),
    "densenet121": (lambda: torchvision_model("densenet121"), images, ["old"]),
    "mobilenet_v2": (lambda: torchvision_model("mobilenet_v2"), images, ["old", "dynamo"]),
    "mobilenet_v3_small": (lambda: torchvision_model("mobilenet_v3_small"), images, ["old"]),
    "convnext_tiny": (lambda: torchvision_model("convnext_tiny"), images, ["dynamo"]),
    "vit_b_16": (lambda: torchvision_model("vit_b_16"), images, ["old", "dynamo"]),
    "timm_vit_tiny": (lambda: timm_model("vit_tiny_patch16_224"), images, ["old", "dynamo"]),
    "bert": (
        lambda: transformers_model("BertForSequenceClassification", "BertConfig", num_hidden_layers=4),
        lambda: tokens(30522),
        ["old", "dynamo"],
    ),
    "gpt2": (
        lambda: transformers_model("GPT2LMHeadModel", "GPT2Config", n_layer=4),
        lambda: tokens(50257),
        ["dynamo"],
    ),
    "llama": (
        lambda: transformers_model(
            "LlamaForCausalLM",
            "LlamaConfig",
            vocab_size=1000,
            hidden_size=256,
            intermediate_size=688,
            num_hidden_layers=2,
            num_attention_heads=8,
            num_key_value_heads=2,
        ),
        lambda: tokens(1000),
        ["dynamo"],
    ),
    "t5": (
        lambda: transformers_model(
            "T5EncoderModel", "T5Config", vocab_size=1000, d_model=128, d_kv=32, d_ff=256, num_heads=4, num_layers=2
        ),
        lambda: tokens(1000),
        ["dynamo"],
    ),
    "neox": (
        lambda: transformers_model(
            "GPTNeoXForCausalLM",
            "GPTNeoXConfig",
            vocab_size=1000,
            hidden_size=256,
            intermediate_size=1024,
            num_hidden_layers=2,
            num_attention_heads=8,
        ),
        lambda: tokens(1000),
        ["dynamo"],
    ),
    "bloom": (
        lambda: transformers_model("BloomForCausalLM", "BloomConfig", vocab_size=1000, hidden_size=256, n_layer=2, n_head=8),
        lambda: tokens(1000),
        ["dynamo"],
    ),
    "recurrent": (Recurrent, lambda: tokens(1000), ["old", "dynamo"]),
    "keras_cnn": (keras_model, lambda: torch.randn(2, 32, 32, 3), ["dynamo"]),
}


def old_exporter(model, example):
    exported = io.BytesIO()
    torch.onnx.export(
        model,
        (example,),
        exported,
        dynamo=False,
        training=TrainingMode.PRESERVE,
        do_constant_folding=False,
        opset_version=17,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "batch"}},
    )
    return onnx.load_from_string(exported.getvalue())


def keras(model):
    """Keras's modules take any number of inputs."""
    return type(model).__module__.startswith("keras")


def dynamo_exporter(model, example):
    batch = torch.export.Dim("batch", min=2, max=1024)
    program = torch.onnx.export(
        model, (example,), dynamo=True, input_names=["input"], output_names=["output"],
        dynamic_shapes=(({0: batch},),) if keras(model) else ({0: batch},), verbose=False,
    )
    return program.model_proto


def is_parameter(tensor, graph, parameters):
    """Whether a tensor is or was made from a parameter; masks and tables of sines are not."""
    if tensor.data_type not in FLOATS:
        return False
    reads = [node.op_type for node in graph.node for at, value in enumerate(node.input) if value == tensor.name and at > 0]
    folded = {"MatMul", "Gemm", "Conv", "LSTM", "GRU", "RNN", "PRelu"}.intersection(reads)
    return tensor.name in parameters or bool(folded) and (len(tensor.dims) > 1 or "Gemm" in reads)


def strip(proto, parameters):
    """Takes away the values of all parameters, and what tells of the exporting machine."""
    for tensor in proto.graph.initializer:
        if is_parameter(tensor, proto.graph, parameters):
            for field in ("raw_data", "float_data", "double_data", "int32_data"):
                tensor.ClearField(field)
            tensor.ClearField("external_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="weights.bin")
    graphs = [proto.graph, *proto.functions]
    for holder in [proto, *graphs, *(node for graph in graphs for node in graph.node), *proto.graph.initializer,
                   *proto.graph.value_info, *proto.graph.input, *proto.graph.output]:
        kept = [(p.key, p.value) for p in holder.metadata_props if p.key in STORED_METADATA]
        del holder.metadata_props[:]
        for key, value in kept:
            holder.metadata_props.add(key=key, value=value)
    for node in proto.graph.node:
        node.ClearField("doc_string")
    proto.graph.ClearField("doc_string")
    return proto


def shapes(model):
    state = {name.removeprefix("model."): list(t.shape) for name, t in model.state_dict().items()}
    return state if isinstance(model, OnlyLogits) else {name: list(t.shape) for name, t in model.state_dict().items()}


def write(path, data):
    with open(path, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9, mtime=0, filename="") as zipped:
        zipped.write(data)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("names", nargs="*")
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.names or ZOO:
        build, example, exporters = ZOO[name]
        for exporter in exporters:
            torch.manual_seed(1)
            model = build().eval()
            export = old_exporter if exporter == "old" else dynamo_exporter
            proto = strip(export(model, example()), set(model.state_dict()))
            write(given.folder / f"{name}-{exporter}.onnx.gz", proto.SerializeToString(deterministic=True))
            print(name, exporter, len(proto.graph.node), "nodes")
        write(given.folder / f"{name}.shapes.json.gz", json.dumps(shapes(model), indent=0).encode())


if __name__ == "__main__":
    main()
