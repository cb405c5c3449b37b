#!/usr/bin/env python3
"""Writes pytorch/: networks saved as safetensors by PyTorch, inputs and what PyTorch makes of them.

    python3 make_pytorch.py [folder]        # needs torch, safetensors and numpy; folder: where this script is

cnn has a linear layer behind a flattened image; norm_resnet has torchvision's names and no metadata; types.safetensors
has the numbers 0 ... 5 in every type. Images in _x are channels last, as in make_golden.py.
"""

import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "pytorch"
folder.mkdir(exist_ok=True)


def save(name, model, x, metadata):
    state = {key: value.contiguous() for key, value in model.state_dict().items()}
    save_file(state, folder / f"{name}.safetensors", metadata=metadata(state))
    model.double().eval()
    x = x.double()
    np.save(folder / f"{name}_x.npy", x.permute(0, 2, 3, 1).reshape(len(x), -1).numpy())
    np.save(folder / f"{name}_logits.npy", model(x).detach().numpy())


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential() if inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.downsample(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 3, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.layer1 = nn.Sequential(Block(3, 3, 1))
        self.layer2 = nn.Sequential(Block(3, 4, 2))
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        x = self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x)))))
        return self.fc(x.mean((2, 3)))


torch.manual_seed(5)
cnn = nn.Sequential(nn.Conv2d(2, 3, (3, 2), padding=(1, 0)), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(),
                    nn.Linear(36, 5), nn.Tanh(), nn.Linear(5, 3, bias=False))
save("cnn", cnn, torch.randn(4, 2, 8, 7), lambda state: {"order": " ".join(state)})
resnet = ResNet()
for module in resnet.modules():
    if isinstance(module, nn.BatchNorm2d):
        for numbers in (module.weight, module.bias, module.running_mean, module.running_var):
            numbers.data.add_(0.3 * torch.rand_like(numbers))
save("norm_resnet", resnet, torch.randn(4, 2, 8, 8), lambda state: None)

numbers = torch.arange(6).reshape(2, 3)
kinds = dict(f16=torch.float16, bf16=torch.bfloat16, f32=torch.float32, f64=torch.float64, i8=torch.int8,
             i16=torch.int16, i32=torch.int32, i64=torch.int64, u8=torch.uint8, boolean=torch.bool)
tensors = {name: numbers.to(kind) for name, kind in kinds.items()}
tensors |= {"scalar": torch.tensor(-2.5), "none": torch.zeros(0, 3), 'n"\u00e9': torch.tensor([1 / 3]).half()}
save_file(tensors, folder / "types.safetensors", metadata={"made by": "make_pytorch.py"})
