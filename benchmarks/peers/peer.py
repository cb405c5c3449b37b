"""What the Python peers share: LeNet's weights and the images as written by lpntk_peer, and the line protocol.

A peer is started as `python <peer>.py <folder> <threads>`, says "ready <what it is>", then answers each line
"<task> <samples> <file or ->" with "ok <seconds> <value>" or "error <why>".
"""
import pathlib
import sys
import time

import numpy as np

CLASSES = 10
# Rows (inputs and one bias), outputs of each layer with weights; see include/lpntk/nn/zoo.hpp.
LAYERS = {"conv1": (9, 32), "conv2": (288, 64), "linear1": (9216, 128), "linear2": (128, 10)}


class Work:
    """Weights in torch's layout, images N x 784, label signs N x K."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.images = np.load(folder / "images.npy")
        self.labels = np.load(folder / "labels.npy")
        flat, self.weights = np.load(folder / "weights.npy").ravel(), {}
        at = 0
        for name, (inputs, outputs) in LAYERS.items():
            part = flat[at:at + (inputs + 1) * outputs].reshape(inputs + 1, outputs)
            at += part.size
            weight = part[:-1].T
            if name.startswith("conv"):  # (ky, kx, c) to (c, ky, kx)
                weight = weight.reshape(outputs, 3, 3, inputs // 9).transpose(0, 3, 1, 2)
            if name == "linear1":  # flattened (h, w, c) to (c, h, w)
                weight = weight.reshape(outputs, 12, 12, 64).transpose(0, 3, 1, 2).reshape(outputs, inputs)
            self.weights[name] = np.ascontiguousarray(weight), part[-1].copy()
        assert at == flat.size, "the weights are not LeNet's"

    def signs(self, samples):
        """u = s(y) / sqrt(K): the lpNTK's cotangents."""
        u = -np.ones((samples, CLASSES), np.float32)
        u[np.arange(samples), self.labels[:samples]] = 1
        return u / np.sqrt(np.float32(CLASSES))


def serve(what, tasks):
    """tasks: name -> f(samples), which returns a kernel (N x N) or a number."""
    print("ready", what, flush=True)
    for line in sys.stdin:
        task, samples, file = line.split()
        try:
            start = time.perf_counter()
            result = tasks[task](int(samples))
            seconds = time.perf_counter() - start
            if np.ndim(result) == 2 and file != "-":
                np.save(file, result)
            print("ok", seconds, float(result) if np.ndim(result) == 0 else 0.0, flush=True)
        except Exception as problem:  # out of memory, most of all: the driver goes on without it
            print("error", type(problem).__name__, str(problem).replace("\n", " ")[:200], flush=True)
