"""What cleanlab finds with the cross-validated probabilities that find_mislabelled --folds wrote.

    find_mislabelled --data data/mnist --samples 10000 --folds 5 --seeds 3 --out out/uniform
    python cleanlab_peer.py out/uniform        (cleanlab 2.9, scikit-learn)

Average precision of each of its label quality scores, and precision, recall and F1 of each of its filters; mean and
deviation over the seeds.
"""
import collections
import pathlib
import sys
import warnings

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score, roc_auc_score

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])
found = collections.defaultdict(list)
files = sorted(folder.glob("probabilities_*.npy"))
if not files:
    sys.exit(f"{folder} holds no probabilities_*.npy: run find_mislabelled with --folds 5 and this folder as --out")
for file in files:
    seed = file.stem.split("_")[1]
    probabilities = np.load(file)
    labels = np.load(folder / f"labels_{seed}.npy").ravel()
    flipped = np.load(folder / f"flipped_{seed}.npy").ravel() == 1
    for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy"):
        score = -get_label_quality_scores(labels, probabilities, method=method)
        found[f"{method}: AUROC, average precision"].append(
            (roc_auc_score(flipped, score), average_precision_score(flipped, score)))
    for rule in ("prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "predicted_neq_given",
                 "low_normalized_margin", "low_self_confidence"):
        wrong = find_label_issues(labels, probabilities, filter_by=rule, n_jobs=1)
        found[f"{rule}: precision, recall, F1"].append(
            (precision_score(flipped, wrong), recall_score(flipped, wrong), f1_score(flipped, wrong)))
for name, values in found.items():
    values = np.array(values)
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    print(name, " ".join(f"{m:.4f} ± {d:.4f}" for m, d in zip(values.mean(axis=0), spread)))
