"""PyTorch on ResNet-18: training, forward passes, per-sample gradients and their product, and the float64 reference.

Reads resnet18_weights.npy, resnet18_images.npy and resnet18_labels.npy as lpntk_peer writes them.
"""
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, grad, vmap
from torch.nn import functional as F

import peer

folder = pathlib.Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
LAYOUT = torch.channels_last


class Block(nn.Module):
    def __init__(self, channels, width, stride, normalised):
        super().__init__()
        norm = nn.BatchNorm2d if normalised else lambda _: nn.Identity()
        self.body = nn.Sequential(nn.Conv2d(channels, width, 3, stride, 1, bias=not normalised), norm(width), nn.ReLU(),
                                  nn.Conv2d(width, width, 3, 1, 1, bias=not normalised), norm(width))
        self.shortcut = nn.Identity() if stride == 1 and channels == width else nn.Sequential(
            nn.Conv2d(channels, width, 1, stride, bias=not normalised), norm(width))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet18(normalised=False):
    layers, channels = [nn.Conv2d(3, 64, 3, 1, 1, bias=not normalised)], 64
    layers += [nn.BatchNorm2d(64), nn.ReLU()] if normalised else [nn.ReLU()]
    for width in (64, 128, 256, 512):
        for stride in (1 if width == 64 else 2, 1):
            layers.append(Block(channels, width, stride, normalised))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10)).to(memory_format=LAYOUT)


def with_weights(net):
    """The library's weights: (ky, kx, c) x outputs and the biases of each layer."""
    flat, at = torch.from_numpy(np.load(folder / "resnet18_weights.npy").ravel()), 0
    with torch.no_grad():
        for layer in net.modules():
            if not isinstance(layer, (nn.Conv2d, nn.Linear)):
                continue
            rows, outputs = layer.weight[0].numel(), layer.weight.shape[0]
            part = flat[at:at + rows * outputs].reshape(rows, outputs)
            if isinstance(layer, nn.Conv2d):
                size, channels = layer.kernel_size[0], layer.in_channels
                layer.weight.copy_(part.reshape(size, size, channels, outputs).permute(3, 2, 0, 1))
            else:
                layer.weight.copy_(part.T)
            layer.bias.copy_(flat[at + rows * outputs:at + (rows + 1) * outputs])
            at += (rows + 1) * outputs
    assert at == flat.numel(), "the weights are not ResNet-18's"
    return net


images = torch.from_numpy(np.load(folder / "resnet18_images.npy")).view(-1, 32, 32, 3).permute(0, 3, 1, 2)
labels = torch.from_numpy(np.load(folder / "resnet18_labels.npy").ravel())
signs = (2 * F.one_hot(labels, 10) - 1).float() / np.sqrt(np.float32(10))
nets = {normalised: resnet18(normalised) for normalised in (False, True)}
with_weights(nets[False])


def forward(normalised):
    def run(samples):
        net = nets[normalised].eval()
        with torch.no_grad():
            return sum(net(part).sum().item() for part in images[:samples].split(64))
    return run


def train(normalised):
    def run(samples):
        net = nets[normalised].train()
        optimiser = torch.optim.SGD(net.parameters(), lr=1e-6, momentum=0.9)
        for batch in torch.randperm(samples).split(128):
            optimiser.zero_grad()
            F.cross_entropy(net(images[batch].contiguous(memory_format=LAYOUT)), labels[batch]).backward()
            optimiser.step()
        return 0.0
    return run


def frozen():
    """With batch normalisation and random statistics, the same at every call."""
    torch.manual_seed(0)
    net = resnet18(normalised=True).to(memory_format=torch.contiguous_format).eval()
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    return net


def export(_):
    torch.jit.trace(frozen(), images[:2].contiguous()).save(str(folder / "resnet18.pt"))
    return 0.0


def reference(samples, net=None):
    """J^T u of each sample by a plain backward pass, all in float64, and its Gram."""
    net = (net or with_weights(resnet18())).double()
    rows = []
    for image, u in zip(images[:samples].double(), signs[:samples].double()):
        z = net(image.unsqueeze(0))[0]
        rows.append(torch.cat([g.flatten() for g in torch.autograd.grad(z @ u, list(net.parameters()))]))
    phi = torch.stack(rows)
    return (phi @ phi.T).numpy()


def groups_of(parameters, samples, most=10e9):
    """The parameters in turn, as many at once as their gradients fit into so many bytes."""
    groups, bytes_so_far = [{}], 0
    for name, value in parameters.items():
        own = 4.0 * samples * value.numel()
        if groups[-1] and bytes_so_far + own > most:
            groups.append({})
            bytes_so_far = 0
        groups[-1][name] = value
        bytes_so_far += own
    return groups


def per_sample(network):
    """phi by vmap(grad) and one product, group by group of the parameters where memory asks for that."""
    def kernel(samples, chunk=16):
        net = network()
        parameters = {name: value.detach() for name, value in net.named_parameters()}
        buffers = dict(net.named_buffers())
        kappa = torch.zeros(samples, samples)
        for group in groups_of(parameters, samples):
            others = {**buffers, **{name: value for name, value in parameters.items() if name not in group}}
            gradient = vmap(grad(lambda w, image, u:
                                 functional_call(net, {**others, **w}, (image.unsqueeze(0),))[0] @ u), (None, 0, 0))
            phi = torch.empty(samples, sum(p.numel() for p in group.values()))
            for first in range(0, samples, chunk):
                part = gradient(group, images[first:first + chunk], signs[first:first + chunk])
                torch.cat([g.flatten(1) for g in part.values()], dim=1, out=phi[first:first + chunk])
            kappa += phi @ phi.T
            del phi
        return kappa.numpy()
    return kernel


peer.serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}",
           {"reference": reference, "export": export, "reference_frozen": lambda samples: reference(samples, frozen()),
            "per_sample_frozen": per_sample(frozen),
            "resnet18_per_sample": per_sample(lambda: with_weights(resnet18())), "resnet18_forward": forward(False),
            "resnet18_train": train(False), "resnet18_forward_normalised": forward(True),
            "resnet18_train_normalised": train(True)})
