"""LSUV of ResNet-50 by the Python package lsuv (pip install lsuv torch), and how many forward passes it takes."""

import time

import torch
from lsuv import lsuv_with_singlebatch
from torch import nn


class Bottleneck(nn.Module):
    """torchvision's bottleneck, stride at the 3 x 3 convolution."""

    def __init__(self, width_in, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width_in, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        self.shortcut = nn.Identity()
        if stride != 1 or width_in != 4 * width:
            self.shortcut = nn.Sequential(nn.Conv2d(width_in, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(self.bn3(self.conv3(y)) + self.shortcut(x))


def resnet50():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    width_in = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(width_in, width, stride if block == 0 else 1))
            width_in = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width_in, 1000))


def run(batch, threads):
    """Returns seconds and forward passes."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = resnet50().eval()
    passes = 0

    def count(*_):
        nonlocal passes
        passes += 1

    model[0].register_forward_hook(count)
    start = time.perf_counter()
    lsuv_with_singlebatch(model, torch.from_numpy(batch), device=torch.device("cpu"), verbose=False)
    return time.perf_counter() - start, passes
