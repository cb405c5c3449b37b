"""PyTorch: the authors' way, per-sample gradients, the contracted form, one epoch of training, and the float64 reference."""
import sys

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, grad, jacrev, vmap
from torch.nn import functional as F

import peer

work = peer.Work(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))


def lenet(dropout=True):
    drop = (lambda p: nn.Dropout(p)) if dropout else (lambda p: nn.Identity())
    net = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), drop(0.25),
                        nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), drop(0.5), nn.Linear(128, 10))
    with torch.no_grad():
        layers = [layer for layer in net if hasattr(layer, "weight")]
        for layer, (weight, bias) in zip(layers, work.weights.values()):
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.copy_(torch.from_numpy(bias))
    return net


net = lenet(dropout=False)
parameters = {name: value.detach() for name, value in net.named_parameters()}


def inputs(samples):
    return torch.from_numpy(work.images[:samples]).view(-1, 1, 28, 28), torch.from_numpy(work.signs(samples))


def logits(weights, image):
    return functional_call(net, weights, (image.unsqueeze(0),)).squeeze(0)


def reference(samples):
    """J^T u of each sample by a plain backward pass, all in float64, and its Gram."""
    exact = lenet(dropout=False).double()
    images, signs = (value.double() for value in inputs(samples))
    phi = torch.empty(samples, sum(p.numel() for p in exact.parameters()), dtype=torch.float64)
    for i in range(samples):
        z = exact(images[i:i + 1])[0]
        phi[i] = torch.cat([g.flatten() for g in torch.autograd.grad(z @ signs[i], list(exact.parameters()))])
    return (phi @ phi.T).numpy()


def authors(samples, chunk=16):
    """The K x K block of every pair from whole Jacobians, one contraction a parameter; then the signs.

    Kinder than the published code: each Jacobian is made once, not once for each block of pairs."""
    images, signs = inputs(samples)
    chunks = [vmap(jacrev(logits), (None, 0))(parameters, part) for part in images.split(chunk)]
    jacobians = [torch.cat([part[name] for part in chunks]).flatten(2) for name in parameters]
    del chunks
    blocks = 0
    while jacobians:
        j = jacobians.pop()
        blocks = blocks + torch.einsum("Naf,Mbf->NMab", j, j)
    return torch.einsum("NMab,Na,Mb->NM", blocks, signs, signs).numpy()


def per_sample(samples, chunk=64):
    """phi in full by vmap(grad), N x P numbers, and one matrix product."""
    images, signs = inputs(samples)
    gradient = vmap(grad(lambda weights, image, u: logits(weights, image) @ u), (None, 0, 0))
    phi = torch.empty(samples, sum(p.numel() for p in parameters.values()))
    for first in range(0, samples, chunk):
        part = gradient(parameters, images[first:first + chunk], signs[first:first + chunk])
        torch.cat([g.flatten(1) for g in part.values()], dim=1, out=phi[first:first + chunk])
    return (phi @ phi.T).numpy()


def contracted(samples, batch=64):
    """Outer products of the linear layers contracted without being formed; convolutions formed from their patches."""
    images, signs = inputs(samples)
    weight = {name: (torch.from_numpy(w), torch.from_numpy(b)) for name, (w, b) in work.weights.items()}
    formed = torch.empty(samples, 32 * 10 + 64 * 289)
    factors = [torch.empty(samples, width) for width in (9216, 128, 128, 10)]
    for first in range(0, samples, batch):
        rows = slice(first, min(first + batch, samples))
        x = images[rows]
        y1 = F.conv2d(x, *weight["conv1"]).requires_grad_()
        a1 = F.relu(y1)
        y2 = F.conv2d(a1, *weight["conv2"])
        a2 = F.max_pool2d(F.relu(y2), 2).flatten(1)
        h = F.linear(a2, *weight["linear1"])
        a3 = F.relu(h)
        z = F.linear(a3, *weight["linear2"])
        d1, d2, dh = torch.autograd.grad((z * signs[rows]).sum(), (y1, y2, h))
        with torch.no_grad():
            at = 0
            for d, a in ((d1, x), (d2, a1)):
                d = d.flatten(2)
                g = torch.cat([torch.bmm(d, F.unfold(a, 3).transpose(1, 2)), d.sum(2, keepdim=True)], 2).flatten(1)
                formed[rows, at:at + g.shape[1]] = g
                at += g.shape[1]
            for factor, value in zip(factors, (a2, dh, a3, signs[rows])):
                factor[rows] = value
    kappa = formed @ formed.T
    for a, d in ((factors[0], factors[1]), (factors[2], factors[3])):
        gram = a @ a.T
        gram += 1
        kappa += gram.mul_(d @ d.T)
    return kappa.numpy()


def epoch(samples, layout):
    """One epoch of SGD; the accuracy after it. Timed inside, so that the accuracy is not."""
    torch.manual_seed(0)
    trained = lenet().to(memory_format=layout).train()
    images, _ = inputs(samples)
    images = images.contiguous(memory_format=layout)
    labels = torch.from_numpy(work.labels[:samples])
    optimiser = torch.optim.SGD(trained.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    for batch in torch.randperm(samples).split(128):
        optimiser.zero_grad()
        F.cross_entropy(trained(images[batch]), labels[batch]).backward()
        optimiser.step()
    return trained, images, labels


def accuracy(samples):
    trained, images, labels = epoch(samples, torch.contiguous_format)
    with torch.no_grad():
        return np.mean([(trained.eval()(x).argmax(1) == y).float().mean().item()
                        for x, y in zip(images.split(500), labels.split(500))])


def timed_epoch(layout):
    def run(samples):
        epoch(samples, layout)
        return 0.0
    return run


peer.serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}",
           {"reference": reference, "authors": authors, "per_sample": per_sample, "contracted": contracted,
            "epoch": timed_epoch(torch.contiguous_format), "epoch_channels_last": timed_epoch(torch.channels_last),
            "accuracy": accuracy})
