"""Writes ridge_30.txt: a kernel, targets and scikit-learn's kernel ridge regression, for tests/attribution/kernel_ridge.cpp.

    python make_ridge.py        (made with NumPy 2.4.6 and scikit-learn 1.9.1)

First line: items, outputs, new items, lambda. Then, one row a line: the kernel (its mean diagonal is 1 to rounding), the
labels, the kernel of new items with items; KernelRidge's dual_coef_ for one-hot labels, its predictions for the new
items, and the predictions for each item by a KernelRidge fitted to all others, all with 1 added to the kernel.
"""
import pathlib

import numpy as np
from sklearn.kernel_ridge import KernelRidge
from sklearn.model_selection import LeaveOneOut, cross_val_predict

items, outputs, new, ridge = 30, 3, 5, 0.3
random = np.random.default_rng(1)
phi = random.normal(size=(items + new, 6)) + 0.5
phi /= np.sqrt((phi[:items] ** 2).sum(axis=1).mean())
kernel = phi @ phi.T
labels = random.integers(outputs, size=items)
targets = np.eye(outputs)[labels]
model = KernelRidge(alpha=ridge, kernel="precomputed")
known, cross = 1 + kernel[:items, :items], 1 + kernel[items:, :items]
left_out = cross_val_predict(model, known, targets, cv=LeaveOneOut())
model.fit(known, targets)
with open(pathlib.Path(__file__).parent / "ridge_30.txt", "w") as out:
    out.write(f"{items} {outputs} {new} {ridge}\n")
    for block in (known - 1, labels[None], cross - 1, model.dual_coef_, model.predict(cross), left_out):
        np.savetxt(out, block, fmt="%.15g")
