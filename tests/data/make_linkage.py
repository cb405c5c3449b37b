"""Writes linkage_<n>.txt: a kernel and SciPy's single linkage of it, for tests/cluster/single_linkage.cpp.

    python make_linkage.py        (made with NumPy 2.x and SciPy 1.17.1)

First line: n. Then the n rows of a random kernel, then the n - 1 rows of
scipy.cluster.hierarchy.linkage(max(diagonal) - kernel, "single"): a distance that reverses the order.
"""
import pathlib

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

for n in (2, 40):
    phi = np.random.default_rng(n).normal(size=(n, 4)) + 0.5
    kernel = np.round(phi @ phi.T, 6)
    distance = kernel.diagonal().max() - kernel
    np.fill_diagonal(distance, 0.0)
    merges = linkage(squareform(distance, checks=False), "single")
    with open(pathlib.Path(__file__).parent / f"linkage_{n}.txt", "w") as out:
        out.write(f"{n}\n")
        np.savetxt(out, kernel, fmt="%.6f")
        np.savetxt(out, merges, fmt="%.15g")
