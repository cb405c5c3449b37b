"""The linear datamodeling score of TRAK's own package on the networks that attribution --dump wrote.

    attribution --data data/mnist --dump --out out/attribution
    python trak_peer.py out/attribution        (traker 0.3, torch, safetensors, scipy)

LeNet on MNIST, all networks together. The mean over the test samples and its 95 % interval.
"""
import pathlib
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import load_file
from scipy.stats import spearmanr
from torch import nn
from trak import TRAKer
from trak.projectors import BasicProjector, ProjectionType

BATCH = 1000  # a batch of gradients is 4.8 GB; the projection is drawn anew for each
folder = pathlib.Path(sys.argv[1])
torch.set_num_threads(2)


def load(name):
    return np.load(folder / f"{name}.npy")


def image_set(name):
    images = torch.from_numpy(load(f"{name}_images")).view(-1, 1, 28, 28)
    return list(zip(images.split(BATCH), torch.from_numpy(load(f"{name}_labels").ravel()).split(BATCH)))


def network(file):
    net = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                        nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    stored = load_file(file)
    layers = ["conv2d_1", "conv2d_3", "linear_8", "linear_11"]
    if {name.split(".")[0] for name in stored} != set(layers):
        sys.exit(f"{file} is no LeNet: run attribution with --network lenet")
    with torch.no_grad():
        for name, layer in zip(layers, (layer for layer in net if hasattr(layer, "weight"))):
            layer.weight.copy_(stored[f"{name}.weight"])
            layer.bias.copy_(stored[f"{name}.bias"])
    return net.eval()


def correlations(scores, outputs, parts):
    sums = np.stack([scores[part].sum(axis=0) for part in parts])
    found = np.array([spearmanr(sums[:, m], outputs[:, m])[0] for m in range(outputs.shape[1])])
    return found[~np.isnan(found)]


train, test, outputs = image_set("train"), image_set("test"), load("outputs")
parts = load("parts").ravel().astype(int).reshape(len(outputs), -1)
networks = [network(file) for file in sorted(folder.glob("network_*.safetensors"))]
if not networks:
    sys.exit(f"{folder} holds no network_*.safetensors: run attribution with --dump and this folder as --out")
samples = sum(len(labels) for _, labels in train)
size = sum(p.numel() for p in networks[0].parameters())
for width in (256, 512):  # TRAK inverts a matrix of that size, so fewer than there are samples
    projector = BasicProjector(size, width, 0, ProjectionType.rademacher, "cpu", block_size=256)
    with tempfile.TemporaryDirectory() as place:
        traker = TRAKer(model=networks[0], task="image_classification", train_set_size=samples, save_dir=place,
                        device="cpu", projector=projector, proj_dim=width, use_half_precision=False)
        for k, net in enumerate(networks):
            traker.load_checkpoint(net.state_dict(), model_id=k)
            for batch in train:
                traker.featurize(batch, num_samples=len(batch[1]))
        traker.finalize_features()
        for k, net in enumerate(networks):
            traker.start_scoring_checkpoint("test", net.state_dict(), k, num_targets=outputs.shape[1])
            for batch in test:
                traker.score(batch, num_samples=len(batch[1]))
        scores = traker.finalize_scores("test")
    found = correlations(scores, outputs, parts)
    half = 1.96 * found.std(ddof=1) / np.sqrt(len(found))
    print(f"TRAK, {len(networks)} networks, {width} projections: {found.mean():.3f} "
          f"({found.mean() - half:.3f} .. {found.mean() + half:.3f})", flush=True)
