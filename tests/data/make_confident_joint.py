"""Writes confident_joint_80.txt: probabilities, labels and what cleanlab counts, for tests/attribution/confident_joint.cpp.

    python make_confident_joint.py        (made with NumPy 2.4.6 and cleanlab 2.9.0)

First line: samples, classes. Then, one row a line: the probabilities, the labels, cleanlab's confident joint (counts),
its estimate of the joint distribution (without its rounding to whole numbers), the samples that its
find_label_issues(filter_by="confident_learning") finds (0 or 1), and its label quality by self-confidence.
The paper takes the most probable of the confident classes, cleanlab the most probable of all where two are confident:
the samples here are ones where that is the same.
"""
import pathlib

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

samples, classes = 80, 4
random = np.random.default_rng(1)
truth = random.integers(classes, size=samples)
labels = np.where(random.random(samples) < 0.25, (truth + 1 + random.integers(2, size=samples)) % classes, truth)
scores = random.normal(size=(samples, classes)) + 2.2 * np.eye(classes)[truth]
probabilities = np.round(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True), 6)
probabilities[:, 0] += 1 - probabilities.sum(axis=1)
confident = probabilities >= get_confident_thresholds(labels, probabilities)
among = np.where(confident, probabilities, -1).argmax(axis=1)
assert (~(confident.sum(axis=1) > 1) | (among == probabilities.argmax(axis=1))).all()
counts = compute_confident_joint(labels, probabilities, calibrate=False)
joint = counts / counts.sum(axis=1, keepdims=True) * np.bincount(labels)[:, None] / samples
issues = find_label_issues(labels, probabilities, filter_by="confident_learning")
quality = get_label_quality_scores(labels, probabilities, method="self_confidence")
with open(pathlib.Path(__file__).parent / "confident_joint_80.txt", "w") as out:
    out.write(f"{samples} {classes}\n")
    for block in (probabilities, labels[None], counts, joint, issues[None].astype(int), quality[None]):
        np.savetxt(out, block, fmt="%.10g")
