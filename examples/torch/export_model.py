#!/usr/bin/env python3
"""Writes net.pt, images.npy and labels.npy for torchscript_model: a small network, trained for a moment on two patterns.

    python3 export_model.py [folder]        # needs torch and numpy

For a network of your own: model.eval(), torch.jit.trace or torch.jit.script, save; samples as N x D float32.
"""

import pathlib
import sys

import numpy as np
import torch
from torch import nn

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
folder.mkdir(exist_ok=True)
torch.manual_seed(1)
labels = torch.arange(200) % 2
images = torch.randn(200, 1, 28, 28) + labels[:, None, None, None] * torch.linspace(-1, 1, 28)
model = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 13 * 13, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(20):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
model.eval()
torch.jit.trace(model, images[:2]).save(str(folder / "net.pt"))
np.save(folder / "images.npy", images.reshape(200, -1).numpy())
np.save(folder / "labels.npy", labels.numpy())
