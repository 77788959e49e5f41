"""Writes small PyTorch networks as ONNX, and what PyTorch itself computes, under src/test/resources/models/answers.

    python -m pip install torch torchvision timm transformers onnx onnxscript safetensors
    python src/test/python/export_answers.py src/test/resources/models/answers [NAME ...]

NAME-EXPORTER.onnx.gz is the graph of a fresh model, whose equal parameters the exporter has merged and whose weights it has
folded; values are taken away. NAME.safetensors holds the module's own state_dict with other, random values (the seed is fixed),
and as __input__ and __output__ what goes in and what PyTorch makes of it. The reader is right if the graph that it makes
computes the same from the same state_dict, by name.
"""

import pathlib
import sys

import export_zoo as zoo
import torch
from safetensors.torch import save_file
from torch import nn


class Recurrent(nn.Module):
    """Two layers and both directions of LSTM and GRU, a plain RNN, a head."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.single = nn.GRU(8, 3, batch_first=True)
        self.head = nn.Linear(3, 4)

    def forward(self, tokens):
        x = self.lstm(self.embed(tokens))[0]
        x = self.single(self.gru(x)[0])[0]
        return self.head(torch.tanh(x))


class Encoder(nn.Module):
    """Layers that start as copies of one, as nn.TransformerEncoder makes them, and a tied head."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 20, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens):
        return self.head(self.encoder(self.embed(tokens)))


class Scaled(nn.Module):
    """A branch with a scale at its end."""

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm = nn.GroupNorm(2, channels)
        self.act = nn.PReLU(channels)
        self.layer_scale = nn.Parameter(torch.full((channels, 1, 1), 0.1))

    def forward(self, x):
        return x + self.layer_scale * self.act(self.norm(self.conv(x)))


class Norms(nn.Module):
    """Group, instance, layer and RMS norm, PReLU, branch scales, grouped and transposed convolutions."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.blocks = nn.Sequential(Scaled(8), Scaled(8))
        self.inorm = nn.InstanceNorm2d(8, affine=True)
        self.up = nn.ConvTranspose2d(8, 6, 2, stride=2, groups=2)
        self.lnorm = nn.LayerNorm(6)
        self.rms = nn.RMSNorm(6)
        self.gated = nn.Linear(6, 12)
        self.head = nn.Linear(6, 5, bias=False)

    def forward(self, x):
        x = self.up(torch.relu(self.inorm(self.blocks(self.stem(x)))))
        x = self.rms(self.lnorm(x.permute(0, 2, 3, 1)))
        a, b = self.gated(x).chunk(2, dim=-1)
        return self.head((a * torch.sigmoid(b)).mean(dim=(1, 2)))


def small(name, config, **options):
    return lambda: zoo.transformers_model(name, config, vocab_size=50, **options)


def vision_transformer():
    zoo.import_torchvision()
    from timm.models.vision_transformer import VisionTransformer

    return VisionTransformer(
        img_size=16, patch_size=8, embed_dim=16, depth=2, num_heads=2, num_classes=5, init_values=0.1
    )


def image():
    return torch.randn(2, 3, 16, 16)


def tokens():
    return torch.randint(0, 20, (2, 5))


def nothing(name):
    return False


ANSWERS = {
    "recurrent": (Recurrent, tokens, ["old", "dynamo"], nothing),
    "encoder": (Encoder, tokens, ["old", "dynamo"], lambda name: name.endswith("out_proj.bias")),
    "norms": (Norms, image, ["dynamo"], nothing),
    "vit": (vision_transformer, image, ["old", "dynamo"], lambda name: name == "head.bias"),
    "llama": (
        small("LlamaForCausalLM", "LlamaConfig", hidden_size=16, intermediate_size=24, num_hidden_layers=2,
              num_attention_heads=4, num_key_value_heads=2),
        tokens, ["dynamo"], nothing,
    ),
    "gpt2": (
        small("GPT2LMHeadModel", "GPT2Config", n_embd=16, n_layer=2, n_head=2, n_positions=256),
        tokens, ["dynamo"], lambda name: name.endswith(("c_attn.bias", "c_proj.bias", "c_fc.bias", "wpe.weight")),
    ),
    "bert": (
        small("BertForSequenceClassification", "BertConfig", hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
              intermediate_size=32, max_position_embeddings=32),
        tokens, ["old", "dynamo"], lambda name: name.endswith(("pooler.dense.bias", "classifier.bias", "position_embeddings.weight")),
    ),
}


def randomise(model, dropped):
    """Gives every parameter other values, but for those that the exporter leaves out because they are zero."""
    seen = set()
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.is_floating_point() and not dropped(name) and value.data_ptr() not in seen:
                seen.add(value.data_ptr())
                value.add_(0.2 * torch.randn_like(value))


def main(folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ANSWERS:
        build, example, exporters, dropped = ANSWERS[name]
        torch.manual_seed(1)
        model = build().eval()
        given = example()
        for exporter in exporters:
            export = zoo.old_exporter if exporter == "old" else zoo.dynamo_exporter
            proto = zoo.strip(export(model, given), set(model.state_dict()))
            zoo.write(folder / f"{name}-{exporter}.onnx.gz", proto.SerializeToString(deterministic=True))
        randomise(model, dropped)
        state = {key: value.clone().contiguous() for key, value in model.state_dict().items()}
        save_file({**state, "__input__": given, "__output__": model(given).detach().contiguous()},
                  folder / f"{name}.safetensors")
        print(name, sum(value.numel() for value in state.values()))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
