"""Draws PyTorch's initialisers and layers.

Run: python src/test/python/torch_schemes.py > src/test/resources/golden/schemes/torch.csv
Needs torch, transformers, numpy and scipy.

No peer was at hand for megatron (pip found no megatron-core for Python 3.11), chrono and gru_bias. Their numbers, from the
papers' formulas, are in SchemeMomentsTest and PatternsTest.
"""

import math
import platform

import scipy.linalg
import torch
from scheme_moments import write
from torch import nn
from transformers import __version__ as version
from transformers import BertConfig, BertModel, GPT2Config, GPT2Model
from transformers.models.xlstm.modeling_xlstm import small_init_method, wang_init_method

torch.manual_seed(20261122)
GAIN = nn.init.calculate_gain
SHAPE = (1024, 600)
KERNEL = (256, 64, 5, 5)


def drawn(shape, init, dtype=torch.float64):
    w = torch.empty(shape, dtype=dtype)
    init(w)
    return w.numpy()


def held(parameter):
    return parameter.detach().numpy()


def fixed():
    i = nn.init
    yield "zeros", "", "dense", "", drawn((5, 7), i.zeros_)
    yield "ones", "", "dense", "", drawn((5, 7), i.ones_)
    yield "constant", "value=0.3", "dense", "", drawn((5, 7), lambda w: i.constant_(w, 0.3), torch.float32)
    yield "eye", "", "dense", "", drawn((5, 7), i.eye_)
    yield "identity", "", "dense", "", drawn((7, 5), i.eye_)
    yield "dirac", "", "conv", "", drawn((6, 4, 5), i.dirac_)
    yield "dirac", "", "conv", "", drawn((6, 4, 4, 3), i.dirac_)
    yield "dirac", "", "conv", "groups=3", drawn((12, 4, 3, 3, 3), lambda w: i.dirac_(w, 3))
    for rows, columns in ((10, 6), (5, 3), (3, 5)):
        yield "hadamard", "", "dense", "", drawn((rows, columns), lambda w: w.copy_(zer_o(rows, columns)))


def zer_o(rows, columns):
    """Algorithm 1 of Zhao, Schaefer, Anandkumar 2022 by SciPy's Hadamard matrix."""
    if rows <= columns:
        return torch.eye(rows, columns)
    size = 1 << (rows - 1).bit_length()
    return torch.tensor(scipy.linalg.hadamard(size)[:rows, :columns] / math.sqrt(size))


def plain():
    i = nn.init
    yield "normal", "", "dense", "", drawn(SHAPE, i.normal_)
    yield "uniform", "", "dense", "", drawn(SHAPE, i.uniform_)
    yield "truncated_normal", "", "dense", "", drawn(SHAPE, i.trunc_normal_)
    yield "truncated_normal", "std=0.02", "dense", "", drawn(SHAPE, lambda w: i.trunc_normal_(w, std=0.02))
    yield ("truncated_normal", "std=1.5;low=-1;high=2.5;mean=0.5", "dense", "",
           drawn(SHAPE, lambda w: i.trunc_normal_(w, 0.5, 1.5, -1, 2.5)))


def by_fans():
    i = nn.init
    yield "xavier_normal", "", "dense", "", drawn(SHAPE, i.xavier_normal_)
    yield "xavier_normal", "gain=tanh", "conv", "", drawn(KERNEL, lambda w: i.xavier_normal_(w, GAIN("tanh")))
    yield "xavier_uniform", "", "conv", "", drawn(KERNEL, i.xavier_uniform_)
    yield "xavier_uniform", "gain=selu", "dense", "", drawn(SHAPE, lambda w: i.xavier_uniform_(w, GAIN("selu")))
    yield ("xavier_uniform", "gain=leaky_relu", "dense", "",
           drawn(SHAPE, lambda w: i.xavier_uniform_(w, GAIN("leaky_relu"))))
    yield "kaiming_normal", "", "dense", "", drawn(SHAPE, i.kaiming_normal_)
    yield ("kaiming_normal", "mode=fan_out;slope=0.2", "conv", "",
           drawn(KERNEL, lambda w: i.kaiming_normal_(w, 0.2, "fan_out")))
    yield "kaiming_uniform", "", "conv", "", drawn(KERNEL, i.kaiming_uniform_)
    yield ("lecun_normal", "gain=sigmoid", "dense", "",
           drawn(SHAPE, lambda w: i.kaiming_normal_(w, nonlinearity="sigmoid")))
    yield "xavier_normal", "", "conv", "groups=8", drawn((512, 16, 5, 5), i.xavier_normal_)
    yield ("kaiming_normal", "mode=fan_out", "depthwise", "groups=8192",
           drawn((8192, 1, 7, 7), lambda w: i.kaiming_normal_(w, mode="fan_out")))
    yield "kaiming_normal", "", "transposed-conv", "strides=4", drawn((256, 64, 5, 5), i.kaiming_normal_)
    yield ("random_walk", "activation=linear", "dense", "",
           drawn((700, 600), lambda w: i.normal_(w, 0, float(torch.exp(torch.tensor(1 / 1200.0))) / 600**0.5)))


def layers():
    yield "torch_default", "", "dense", "", held(nn.Linear(600, 1024).weight)
    yield "torch_default", "", "conv", "", held(nn.Conv2d(64, 256, 5).weight)
    yield "torch_default", "", "conv", "groups=8", held(nn.Conv2d(128, 512, 5, groups=8).weight)
    yield "torch_default", "", "transposed-conv", "", held(nn.ConvTranspose2d(512, 64, 5).weight)
    yield "torch_bias", "", "bias", "beside=30", held(nn.Linear(30, 500000).bias)
    yield "embedding", "", "embedding", "", held(nn.Embedding(5000, 100).weight)
    yield "embedding", "padding=0", "embedding", "", held(nn.Embedding(5000, 100, padding_idx=0).weight)
    lstm = nn.LSTM(600, 256)
    yield "torch_rnn", "units=256", "recurrent-input", "gates=ifgo:256", held(lstm.weight_ih_l0)
    yield "torch_rnn", "units=256", "recurrent-hidden", "gates=ifgo:256", held(lstm.weight_hh_l0)
    attention = nn.MultiheadAttention(384, 6)
    yield "xavier_uniform", "", "fused-qkv", "", held(attention.in_proj_weight)


def matrices():
    i = nn.init
    yield "orthogonal", "", "dense", "", drawn((600, 1024), i.orthogonal_)
    yield "orthogonal", "gain=relu", "conv", "", drawn((512, 64, 4, 4), lambda w: i.orthogonal_(w, GAIN("relu")))
    yield "orthogonal", "", "recurrent-hidden", "gates=ifgo:256", drawn((1024, 256), i.orthogonal_)
    yield "torch_sparse", "sparsity=0.9", "dense", "", drawn((1000, 600), lambda w: i.sparse_(w, 0.9))


def language_models():
    """As GPT2Model and BertModel of Hugging Face start; BERT's own code cuts at two deviations, its port does not."""
    gpt2 = GPT2Model(GPT2Config(vocab_size=1024, n_positions=64, n_embd=384, n_layer=12, n_head=6))
    yield "gpt2", "", "embedding", "", held(gpt2.wte.weight)
    yield "gpt2", "", "dense", "layout=in-out", held(gpt2.h[3].mlp.c_fc.weight)
    yield "gpt2", "layers=12", "dense", "layout=in-out", held(gpt2.h[3].mlp.c_proj.weight)
    yield "gpt2", "layers=12", "dense", "layout=in-out", held(gpt2.h[3].attn.c_proj.weight)
    bert = BertModel(BertConfig(vocab_size=1024, hidden_size=384, num_hidden_layers=1, num_attention_heads=6))
    yield "normal", "std=0.02", "dense", "", held(bert.encoder.layer[0].intermediate.dense.weight)
    yield "embedding", "std=0.02;padding=0", "embedding", "", held(bert.embeddings.word_embeddings.weight)
    yield "bert", "", "dense", "", drawn(SHAPE, lambda w: nn.init.trunc_normal_(w, std=0.02, a=-0.04, b=0.04))


def transformer_widths():
    """xLSTM's port in Hugging Face's library has GPT-NeoX's rules as functions."""
    yield "small_init", "", "dense", "", drawn(SHAPE, small_init_method(600))
    yield "small_init", "width=768", "dense", "", drawn(SHAPE, small_init_method(768))
    yield "wang_init", "layers=12", "dense", "", drawn(SHAPE, wang_init_method(12, 1024))
    yield "wang", "layers=24;width=768", "dense", "", drawn(SHAPE, wang_init_method(24, 768))


def incoming():
    """sparse_ leaves 600 - 450 values in each column, which of a kernel (in, out) is what one output reads."""
    yield ("sparse", "links=150;std=0.5", "dense", "layout=in-out",
           drawn((600, 2048), lambda w: nn.init.sparse_(w, 0.75, 0.5)))


if __name__ == "__main__":
    lines = [*fixed(), *plain(), *by_fans(), *layers(), *matrices(), *language_models()]
    lines += [*transformer_widths(), *incoming()]
    versions = "torch %s, transformers %s, Python %s" % (torch.__version__, version, platform.python_version())
    write("torch_schemes.py", versions, lines)
