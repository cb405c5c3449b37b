"""apricot: facility location on the kernel that lpntk_peer wrote to cover.npy, a tenth of its samples chosen."""
import pathlib
import sys
from importlib.metadata import version

import numpy as np
from apricot import FacilityLocationSelection

import peer

FOLDER = pathlib.Path(sys.argv[1])


def covers(optimizer):
    def cover(samples):
        """The objective reached."""
        chosen = FacilityLocationSelection(samples // 10, metric="precomputed", optimizer=optimizer).fit(kernel(samples)).ranking
        return kernel(samples)[chosen].max(axis=0).sum()
    return cover


loaded = {}


def kernel(samples):
    if samples not in loaded:
        loaded.clear()
        loaded[samples] = np.load(FOLDER / "cover.npy")[:samples, :samples].astype(np.float64)
    return loaded[samples]


peer.serve(f"apricot {version('apricot-select')}", {"load": lambda samples: kernel(samples)[0, 0],
                                                    **{f"cover:{o}": covers(o) for o in ("naive", "lazy", "two-stage")}})
