#!/usr/bin/env python3
"""Writes the golden values of tests/data: what PyTorch computes in float64 for small layers, networks and steps.

    python3 make_golden.py [folder]        # needs torch and numpy; folder: where this script is

Everything is converted to this library's conventions, so that a test only loads and compares:
  images    channels last: one row for each sample, index (y * width + x) * channels + c
  weights   one row for each network or layer, (inputs + bias) x outputs row-major, the bias row last; for a convolution
            input (ky * kernel + kx) * channels + c; for a linear layer behind a flatten the pixels channels last
Arrays are float64 with two axes; labels are int64 with one.
"""

import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)


def save(name, values):
    values = values.detach().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    if values.dtype == np.int64:
        assert values.ndim == 1
    else:
        assert values.dtype == np.float64 and np.isfinite(values).all()
        values = values.reshape(1, -1) if values.ndim < 2 else values
        assert values.ndim == 2
    file = folder / f"{name}.npy"
    file.parent.mkdir(exist_ok=True)
    np.save(file, np.ascontiguousarray(values))


def rows(x):
    """N x C x H x W, or N x D, to one channels-last row for each sample."""
    return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).reshape(x.shape[0], -1)


def library_weights(weight, bias, image=None):
    """A layer's weight (or gradient) and bias as the library stores them; image: C, H, W in front of a flatten."""
    if weight.dim() == 4:  # out, in, ky, kx
        matrix = weight.permute(2, 3, 1, 0).reshape(-1, weight.shape[0])
    elif image is not None:
        matrix = weight.reshape(-1, *image).permute(2, 3, 1, 0).reshape(-1, weight.shape[0])
    else:
        matrix = weight.T
    return (matrix if bias is None else torch.cat([matrix, bias[None, :]])).reshape(-1)


def layer(name, module, x):
    """name_x, _y = f(x), _dy random, _dx = dy df/dx, _w weights, _dw (sample by sample) = dy df/dw."""
    x = x.clone().requires_grad_()
    y = module(x)
    dy = torch.randn_like(y)
    (dx,) = torch.autograd.grad(y, x, dy, retain_graph=True)
    for key, value in dict(x=x, y=y, dy=dy, dx=dx).items():
        save(f"layers/{name}_{key}", rows(value))
    if list(module.parameters()):
        save(f"layers/{name}_w", library_weights(module.weight, module.bias))
        of = list(module.parameters())
        each = [torch.autograd.grad(y[i], of, dy[i], retain_graph=True) for i in range(len(x))]
        save(f"layers/{name}_dw", torch.stack([library_weights(g[0], g[1] if len(g) > 1 else None) for g in each]))


def layers():
    torch.manual_seed(1)
    layer("linear", nn.Linear(5, 3), torch.randn(4, 5))
    layer("conv2d", nn.Conv2d(2, 3, 3), torch.randn(3, 2, 5, 6))
    layer("conv2d_padded", nn.Conv2d(3, 4, 3, padding=1), torch.randn(2, 3, 4, 5))
    layer("conv2d_strided", nn.Conv2d(2, 3, 3, stride=2, padding=1), torch.randn(2, 2, 7, 6))
    layer("conv2d_1x1", nn.Conv2d(3, 2, 1, stride=2), torch.randn(2, 3, 5, 4))
    points = torch.cat([torch.linspace(-4, 4, 17) + 0.01, torch.tensor([-30.0, -8.0, 8.0, 30.0, 1e-9])])[None, :]
    layer("relu", nn.ReLU(), points)
    layer("tanh", nn.Tanh(), points)
    layer("gelu", nn.GELU(approximate="none"), points)  # x Phi(x), with erf
    layer("max_pool", nn.MaxPool2d(2), torch.randn(2, 3, 5, 4))  # 5 rows: the last is left out
    layer("average_pool", nn.AvgPool2d(2), torch.randn(2, 3, 5, 4))
    layer("average_pool_all", nn.AvgPool2d(4), torch.randn(2, 3, 4, 4))
    layer("flatten", nn.Identity(), torch.randn(2, 3, 2, 2))  # channels last, so the numbers stay where they are
    layer("linear_no_bias", nn.Linear(5, 3, bias=False), torch.randn(4, 5))
    layer("conv2d_no_bias", nn.Conv2d(2, 3, 3, bias=False), torch.randn(2, 2, 5, 4))
    layer("conv2d_wide", nn.Conv2d(16, 19, 3, padding=1, bias=False), torch.randn(2, 16, 5, 4))  # as Winograd takes it
    layer("conv2d_rectangle", nn.Conv2d(2, 3, (2, 3), stride=(1, 2), padding=(1, 0)), torch.randn(2, 2, 4, 7))
    layer("max_pool_overlapping", nn.MaxPool2d(3, stride=2, padding=1), torch.randn(2, 3, 7, 6) - 2)  # padding 0 would win
    layer("max_pool_rectangle", nn.MaxPool2d((1, 3), stride=(2, 1), padding=(0, 1)), torch.randn(2, 3, 5, 4))
    layer("average_pool_overlapping", nn.AvgPool2d(3, stride=2, padding=1), torch.randn(2, 3, 7, 6))
    layer("average_pool_rectangle", nn.AvgPool2d((2, 1), stride=(1, 2)), torch.randn(2, 3, 5, 4))
    layer("global_average_pool", nn.AdaptiveAvgPool2d(1), torch.randn(2, 3, 5, 4))


def losses():
    torch.manual_seed(2)
    logits = (3 * torch.randn(6, 4)).clone()
    logits[4] *= 1000  # a stable softmax only
    logits.requires_grad_()
    labels = torch.tensor([0, 3, 1, 2, 1, 0])
    loss = F.cross_entropy(logits, labels, reduction="none")
    (gradient,) = torch.autograd.grad(loss.sum(), logits)
    save("sgd/cross_entropy_logits", logits)
    save("sgd/cross_entropy_labels", labels.numpy())
    save("sgd/cross_entropy_loss", loss[:, None])
    save("sgd/cross_entropy_gradient", gradient)  # of each sample's own loss; of the mean: divide by 6
    smoothed = F.cross_entropy(logits, labels, reduction="none", label_smoothing=0.1)
    (gradient,) = torch.autograd.grad(smoothed.sum(), logits)
    save("sgd/cross_entropy_smoothed_loss", smoothed[:, None])
    save("sgd/cross_entropy_smoothed_gradient", gradient)


def sgd():
    """start (1 x 8), gradients (4 x 8, one step a row), plain, momentum, decay (4 x 8, the weights after each step)."""
    torch.manual_seed(3)
    start, gradients = torch.randn(8), torch.randn(4, 8)
    save("sgd/start", start)
    save("sgd/gradients", gradients)
    for name, how in dict(plain=dict(lr=0.1), momentum=dict(lr=0.1, momentum=0.9),
                          decay=dict(lr=0.05, momentum=0.9, weight_decay=0.01)).items():
        w = start.clone().requires_grad_()
        optimizer, after = torch.optim.SGD([w], **how), []
        for g in gradients:
            w.grad = g.clone()
            optimizer.step()
            after.append(w.detach().clone())
        save(f"sgd/{name}", torch.stack(after))
    rate = torch.optim.lr_scheduler
    for name, make in dict(step=lambda o: rate.StepLR(o, step_size=2, gamma=0.7),
                           multi_step=lambda o: rate.MultiStepLR(o, milestones=[2, 3, 6], gamma=0.3),
                           cosine=lambda o: rate.CosineAnnealingLR(o, T_max=8),
                           warm_up=lambda o: rate.SequentialLR(o, [rate.LinearLR(o, 0.2, total_iters=3),
                                                                   rate.CosineAnnealingLR(o, T_max=5)], [3])).items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        schedule, rates = make(optimizer), []
        for _ in range(8):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        save(f"sgd/schedule_{name}", np.array(rates))  # the learning rate of each of 8 epochs


def flat(model, values, image):
    """All layers' weights or gradients in the library's order; image: C, H, W in front of the flatten, if any."""
    parts, pending = [], None
    iterator = iter(values)
    for module in model.modules():
        if isinstance(module, nn.Flatten):
            pending = image
        elif isinstance(module, (nn.Linear, nn.Conv2d)):
            parts.append(library_weights(next(iterator), None if module.bias is None else next(iterator), pending))
            pending = None
        elif isinstance(module, nn.BatchNorm2d):
            parts += [next(iterator), next(iterator)]
    return torch.cat(parts)


def statistics(model):
    """The running means and variances, layer by layer."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    return torch.cat([s.detach().clone() for m in norms for s in (m.running_mean, m.running_var)])


class Residual(nn.Module):
    def __init__(self, body, shortcut=nn.Identity()):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def network(name, model, x, image=None):
    """_x, _labels, _w, _logits, _gram_<cotangent> by explicit Jacobians, and three SGD steps on all samples.

    With batch normalisation also _statistics, frozen but in the steps, and _trained_statistics after each of these.
    """
    model.eval()
    normalises = any(isinstance(m, nn.BatchNorm2d) for m in model.modules())
    if normalises:
        save(f"networks/{name}_statistics", statistics(model))
    n, labels = len(x), torch.arange(len(x)) % 3
    parameters = list(model.parameters())
    z = model(x)
    classes = z.shape[1]
    save(f"networks/{name}_x", rows(x))
    save(f"networks/{name}_labels", labels.numpy())
    save(f"networks/{name}_w", flat(model, [p.detach() for p in parameters], image))
    save(f"networks/{name}_logits", z)
    jacobian = torch.stack([torch.stack([
        flat(model, torch.autograd.grad(z[i, k], parameters, retain_graph=True), image)
        for k in range(classes)]) for i in range(n)])  # N x K x P
    target, z = F.one_hot(labels, classes).double(), z.detach()
    others = torch.where(target.bool(), -torch.inf, z)
    cotangents = {
        "label_signs": (2 * target - 1) / math.sqrt(classes),
        "all_ones": torch.ones_like(z) / math.sqrt(classes),
        "loss_gradient": target - torch.softmax(z, 1),
        "margin": target - torch.softmax(others, 1),
    }
    for key, u in cotangents.items():
        phi = torch.einsum("nk,nkp->np", u, jacobian)
        save(f"networks/{name}_gram_{key}", phi @ phi.T)
        if key == "label_signs":
            save(f"networks/{name}_features", phi)
    blocks = torch.einsum("nkp,mlp->nkml", jacobian, jacobian)
    save(f"networks/{name}_empirical_ntk", blocks.reshape(n * classes, n * classes))  # block (i, j) is J(x_i) J(x_j)^T
    optimizer, after, values = torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.01), [], []
    watched = []
    model.train()
    for _ in range(3):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        values.append(loss.item())
        after.append(flat(model, [p.detach().clone() for p in parameters], image))
        if normalises:
            watched.append(statistics(model))
    if normalises:
        save(f"networks/{name}_trained_statistics", torch.stack(watched))
    save(f"networks/{name}_trained_w", torch.stack(after))
    save(f"networks/{name}_trained_loss", np.array(values))  # before each of the steps


def networks():
    torch.manual_seed(4)
    network("mlp", nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)), torch.randn(6, 6))
    network("cnn", nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2),
                                 nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 3)),
            torch.randn(6, 2, 8, 8), image=(4, 2, 2))
    network("strided_cnn", nn.Sequential(nn.Conv2d(1, 3, 3, stride=2, padding=1), nn.GELU(),
                                         nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.Tanh(), nn.AvgPool2d(2),
                                         nn.Flatten(), nn.Linear(4, 3)),
            torch.randn(6, 1, 7, 8), image=(4, 1, 1))
    conv = lambda *a, **how: nn.Conv2d(*a, bias=False, **how)
    network("resnet", nn.Sequential(
        conv(2, 4, 3, padding=1), nn.ReLU(),
        Residual(nn.Sequential(conv(4, 4, 3, padding=1), nn.Tanh(), nn.Conv2d(4, 4, 3, padding=1))), nn.ReLU(),
        Residual(nn.Sequential(conv(4, 6, 3, stride=2, padding=1), nn.Sequential(nn.GELU(), conv(6, 6, 3, padding=1))),
                 conv(4, 6, 1, stride=2)),
        nn.MaxPool2d(3, stride=2, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        Residual(nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 6, bias=False))), nn.Linear(6, 3)),
        torch.randn(6, 2, 8, 8), image=(6, 1, 1))
    norm = lambda i, o, k, stride: nn.Sequential(conv(i, o, k, stride=stride, padding=k // 2), nn.BatchNorm2d(o))
    block = lambda i, o, stride: Residual(nn.Sequential(norm(i, o, 3, stride), nn.ReLU(), norm(o, o, 3, 1)),
                                          nn.Identity() if i == o else norm(i, o, 1, stride))
    model = nn.Sequential(norm(2, 3, 3, 1), nn.ReLU(), block(3, 3, 1), nn.ReLU(), block(3, 4, 2), nn.ReLU(),
                          nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for numbers in (module.weight, module.bias, module.running_mean, module.running_var):
                numbers.data.add_(0.3 * torch.rand_like(numbers))
    network("norm_resnet", model, torch.randn(6, 2, 8, 8), image=(4, 1, 1))


layers()
losses()
sgd()
networks()
