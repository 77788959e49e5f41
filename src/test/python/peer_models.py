"""Real models that take their weights from exports; needs torch, transformers, safetensors, onnx, onnxruntime.

  python src/test/python/peer_models.py make DIR    shapes of two language models on the meta device, graphs of two networks
  python src/test/python/peer_models.py load DIR    loads DIR/NAME-export into each, strictly; holds the networks against DIR/NAME-onnx
"""

import json
import math
import pathlib
import sys
import warnings

import onnxruntime
import safetensors.torch
import torch
import transformers

warnings.filterwarnings("ignore")
VOCABULARY = 5003
LANGUAGE = {
    "gpt2": (
        transformers.GPT2LMHeadModel,
        transformers.GPT2Config(vocab_size=VOCABULARY, n_positions=128, n_embd=128, n_layer=4, n_head=4),
    ),
    "llama": (
        transformers.LlamaForCausalLM,
        transformers.LlamaConfig(
            vocab_size=VOCABULARY, hidden_size=128, intermediate_size=352, num_hidden_layers=4, num_attention_heads=8,
            num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=False,
        ),
    ),
}


class Tied(torch.nn.Module):
    """An embedding that is also the head, a dense layer on rank 3 (whose weight exporters transpose), a norm."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(311, 48)
        self.inner = torch.nn.Linear(48, 48)
        self.norm = torch.nn.LayerNorm(48)
        self.head = torch.nn.Linear(48, 311, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens):
        return self.head(self.norm(torch.relu(self.inner(self.embedding(tokens)))))


class Convolutions(torch.nn.Module):
    """Convolutions with batch norms, one of them transposed, one of groups, a dense layer and integers."""

    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 3), torch.nn.BatchNorm2d(16), torch.nn.PReLU(16))
        self.groups = torch.nn.Conv2d(16, 16, 3, padding=1, groups=4, bias=False)
        self.up = torch.nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.head = torch.nn.Linear(8, 10)
        self.register_buffer("order", torch.arange(9, -1, -1))

    def forward(self, images):
        return self.head(torch.relu(self.up(self.groups(self.stem(images)))).mean((2, 3)))[:, self.order]


NETWORKS = {
    "convolutions": (Convolutions, torch.randn(2, 3, 12, 12)),
    "tied": (Tied, torch.randint(0, 311, (2, 9))),
}


def make(folder):
    for name, (model, config) in LANGUAGE.items():
        with torch.device("meta"):
            parameters = model(config).named_parameters()
        shapes = {parameter: list(values.shape) for parameter, values in parameters}
        (folder / f"{name}.json").write_text(json.dumps(shapes))
    for name, (model, example) in NETWORKS.items():
        torch.onnx.export(
            model().eval(), (example,), folder / f"{name}.onnx", dynamo=name == "tied", input_names=["data"],
            do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE,
        )


def load(folder):
    for name, (model, config) in LANGUAGE.items():
        export = folder / f"{name}-export"
        config.save_pretrained(export)
        loaded, info = model.from_pretrained(export, output_loading_info=True)
        assert not any(info[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
        torch.manual_seed(1)
        tokens = torch.randint(0, VOCABULARY, (8, 128))
        with torch.no_grad():
            loss = loaded.eval()(input_ids=tokens, labels=tokens).loss.item()
        assert abs(loss / math.log(VOCABULARY) - 1) < 0.03, (name, loss)
        print(f"{name}: from_pretrained finds every key, loss {loss:.3f}, ln(vocabulary) {math.log(VOCABULARY):.3f}")
    for name, (model, example) in NETWORKS.items():
        state = safetensors.torch.load_file(folder / f"{name}-export" / "model.safetensors")
        network = model().eval()
        expected = network.state_dict()
        for key, values in state.items():
            assert values.dtype == expected[key].dtype and values.shape == expected[key].shape, key
        # Counters of batches are no weights: no graph has them, and PyTorch itself fills them in when they are missing.
        absent = {key for key in expected if key not in state and not key.endswith("num_batches_tracked")}
        assert not absent, absent
        network.load_state_dict(state, strict=True)
        # The graph with the same weights, whose exporter had transposed some, computes the same.
        session = onnxruntime.InferenceSession(folder / f"{name}-onnx" / "model.onnx")
        graph, = session.run(None, {"data": example.numpy()})
        with torch.no_grad():
            torch.testing.assert_close(torch.from_numpy(graph), network(example), rtol=1e-4, atol=1e-5)
        print(f"{name}: {len(state)} tensors load with strict=True, and the exported graph gives the same numbers")


torch.manual_seed(0)
{"make": make, "load": load}[sys.argv[1]](pathlib.Path(sys.argv[2]))
