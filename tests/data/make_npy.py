#!/usr/bin/env python3
"""Writes npy/: files as NumPy writes them, for the tests of io/npy.hpp.

    python3 make_npy.py [folder]        # needs numpy; folder: where this script is
"""

import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "npy"
folder.mkdir(exist_ok=True)

labels = [3, 0, 9, 127]
for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i2", ">u4", ">i8"]:
    np.save(folder / f"labels_{kind.replace('>', 'big_')}.npy", np.array(labels, dtype=kind))
np.save(folder / "labels_bool.npy", np.array([True, False, True]))
np.save(folder / "negative_i2.npy", np.array([5, -300]).astype("i2"))
np.save(folder / "huge_u8.npy", np.array([1, 2**63], dtype="u8"))
np.save(folder / "kernel_f4.npy", np.array([[2, -1, 0.5], [-1, 3, 0.25], [0.5, 0.25, 1]], dtype="f4"))
