"""Runs the peers beside the library: same weights, images, threads, in turns; checks every kernel; prints the ratios.

Started by run.sh, which makes the environments. `--help` lists the options.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import sys

import numpy as np

from process import Lost, Peer, warm

HERE = pathlib.Path(__file__).parent
GIB = 1 << 30


class Comparison:
    def __init__(self, options):
        self.options = options
        self.rows, self.checks, self.versions = [], [], []
        images = max(options.authors, options.per_sample, options.contracted, options.epoch, options.tangents, 64)
        self.ours = Peer([options.peer, options.folder, options.threads, images] + ([options.data] if options.data else []))
        self.versions.append(self.ours.what)

    def start(self, script, python):
        peer = Peer([python, HERE / script, self.options.folder, self.options.threads], self.options.memory * GIB)
        self.versions.append(peer.what)
        return peer

    def file(self, name):
        return self.options.folder / f"{name}.npy"

    def check(self, name, samples):
        """The kernel of `name` against float64 on the samples that it covers, and against ours on all of them."""
        kernel, exact, ours = (np.load(self.file(f)) for f in (name, "reference", "ours"))
        largest, n = np.max(np.diag(exact)), min(samples, len(exact))
        error = float(np.max(np.abs(kernel[:n, :n] - exact[:n, :n])) / largest)
        distance = float(np.max(np.abs(kernel - ours[:samples, :samples])) / largest)
        mine = float(np.max(np.abs(ours[:n, :n] - exact[:n, :n])) / largest)
        agree = error <= 1e-4 and distance <= 1e-4 and mine <= 1e-4
        self.checks.append({"kernel": name, "samples": samples, "error": error, "our_error": mine,
                            "largest_difference_to_ours": distance, "agree": agree})
        if not agree:
            print(f"DISAGREES: {self.checks[-1]}", file=sys.stderr)

    def kernels(self, name, peer, task, samples, warm_up, our_task="kernel", our_peer=None):
        """Ours and the peer's in turns; a row of medians. Raises Lost when the peer cannot."""
        mine = our_peer or self.ours
        peer(task, warm_up)
        mine(our_task, warm_up if our_peer else samples)
        ours, theirs, peaks = [], [], []
        for turn in range(self.options.repetitions):
            peaks.append(self.ours("peak", 1)[1])
            ours.append(warm(mine, our_task, samples, self.file("ours"))[0])
            theirs.append(warm(peer, task, samples, self.file(task.replace(":", "_")))[0])
        self.check(task.replace(":", "_"), samples)
        self.row(name, samples, ours, theirs, peaks)

    def row(self, name, samples, ours, theirs, peaks=()):
        middle = statistics.median(ours), statistics.median(theirs)
        self.rows.append({"peer": name, "samples": samples, "our_seconds": middle[0], "peer_seconds": middle[1],
                          "ratio": middle[1] / middle[0], "our_best": min(ours), "peer_best": min(theirs),
                          "fma_peak_gflops": max(peaks, default=None)})
        print(f"{name}, N = {samples}: {self.rows[-1]['ratio']:.1f} times", file=sys.stderr, flush=True)

    def training(self, peer, samples):
        """One epoch; PyTorch's with both memory layouts, the faster one counts."""
        for task in ("epoch", "epoch_channels_last"):
            peer(task, min(samples, 512))
        self.ours("epoch", min(samples, 512))
        ours, theirs = [], {"epoch": [], "epoch_channels_last": []}
        for _ in range(self.options.repetitions):
            ours.append(warm(self.ours, "epoch", samples))
            for task, seconds in theirs.items():
                seconds.append(warm(peer, task, samples)[0])
        best = min(theirs.values(), key=statistics.median)
        self.row("PyTorch, one training epoch", samples, [seconds for seconds, _ in ours], best)
        self.rows[-1]["our_accuracy"] = ours[-1][1]
        self.rows[-1]["peer_accuracy"] = peer("accuracy", samples)[1]

    def resnet18(self):
        """Training and forward passes, with batch normalisation and without; kernels."""
        self.ours("resnet18_write", max(self.options.resnet18, self.options.resnet18_kernel, self.options.torchscript))
        peer = self.start("torch_resnet_peer.py", self.options.python)
        for what, ours_task, task in (("training", "resnet18_epoch", "resnet18_train"),
                                      ("forward", "resnet18_forward", "resnet18_forward")):
            pairs = {"": (ours_task, task),
                     ", batch normalisation": (f"normalised_{ours_task}", f"{task}_normalised")}
            seconds = {kind: ([], []) for kind in pairs}
            for turn in range(self.options.repetitions):
                for kind, (ours, theirs) in pairs.items():
                    seconds[kind][0].append(warm(self.ours, ours, self.options.resnet18)[0])
                    seconds[kind][1].append(warm(peer, theirs, self.options.resnet18)[0])
            for kind, (ours, theirs) in seconds.items():
                self.row(f"ResNet-18, {what}{kind}, PyTorch", self.options.resnet18, ours, theirs)
        if self.options.resnet18_kernel:
            peer("reference", min(8, self.options.resnet18_kernel), self.file("reference"))
            self.kernels("ResNet-18, per-sample gradients, PyTorch", peer, "resnet18_per_sample",
                         self.options.resnet18_kernel, 16, "resnet18_kernel")
        if self.options.torchscript and self.options.torch_peer:
            self.torchscript(peer, self.options.torchscript)
        peer.close()

    def torchscript(self, peer, samples):
        """A TorchScript ResNet-18 with batch normalisation, as it is: ours over libtorch."""
        peer("export", 1)
        ours = Peer([self.options.torch_peer, self.options.folder, self.options.threads])
        self.versions.append(ours.what)
        peer("reference_frozen", min(8, samples), self.file("reference"))
        self.kernels("TorchScript ResNet-18, per-sample gradients, PyTorch", peer, "per_sample_frozen", samples, 16,
                     "kernel", ours)
        ours.close()

    def cover(self, samples):
        """Facility location on a kernel that is there, by the fastest of apricot's exact optimisers."""
        peer = self.start("apricot_peer.py", self.options.python)
        self.ours("cover", samples, self.file("cover"))
        peer("load", samples)
        seconds, values = {}, {}
        for task in ("cover:naive", "cover:lazy", "cover:two-stage"):
            peer(task, min(samples, 500))   # compiles
            seconds[task], values[task] = peer(task, samples)
        task = min(seconds, key=seconds.get)
        ours, theirs = [], []
        for _ in range(self.options.repetitions):
            (mine, objective), (other, theirs_objective) = self.ours("cover", samples), peer(task, samples)
            ours.append(mine)
            theirs.append(other)
        self.row(f"facility location of {samples // 10}, kernel given, apricot ({task.split(':')[1]})", samples, ours, theirs)
        self.rows[-1]["objective"], self.rows[-1]["peer_objective"] = objective, theirs_objective
        if abs(objective - theirs_objective) > 1e-6 * objective:
            print(f"OTHER OBJECTIVE: {objective} and {theirs_objective}", file=sys.stderr)
        peer.close()

    def neural_tangents(self, peer):
        """The fastest implementation of each kind, at the largest N that the limits of time and memory allow."""
        for kind, name in (("blocks", "neural-tangents, K x K blocks"), ("signed", "neural-tangents, on u . z")):
            seconds = {}
            for implementation in ("jacobian_contraction", "ntk_vector_products", "structured_derivatives"):
                task = f"{kind}:{implementation}"
                try:
                    peer(task, 16)
                    seconds[task] = min(peer(task, 16)[0] for _ in range(2))
                except Lost as problem:
                    print(f"  {task}: {problem}", file=sys.stderr)
            if not seconds:
                continue
            task, samples = min(seconds, key=seconds.get), 16
            last = seconds[task]
            while 2 * samples <= self.options.tangents and 4 * last <= self.options.seconds:
                try:
                    peer(task, 2 * samples)
                    last = peer(task, 2 * samples)[0]
                except Lost as problem:
                    print(f"  N = {2 * samples}: {problem}", file=sys.stderr)
                    if peer.process.poll() is not None:
                        peer = self.start("neural_tangents_peer.py", self.options.tangents_python)
                    break
                samples *= 2
            self.kernels(f"{name} ({task.split(':')[1]})", peer, task, samples, samples)
        return peer

    def run(self):
        options = self.options
        torch = self.start("torch_peer.py", options.python)
        torch("reference", options.reference, self.file("reference"))
        if options.authors:
            for samples in (options.authors, 2 * options.authors):
                self.kernels("(a) the authors' way, PyTorch", torch, "authors", samples, 16)
        if options.per_sample:
            self.kernels("(b) per-sample gradients, PyTorch", torch, "per_sample", options.per_sample, 64)
        if options.contracted:
            self.kernels("(c) contracted, PyTorch", torch, "contracted", options.contracted, 256)
        if options.epoch:
            self.training(torch, options.epoch)
        torch.close()
        if options.per_sample:
            jax = self.start("jax_peer.py", options.python)
            self.kernels("(b') per-sample gradients, JAX", jax, "vjp_vmap", options.per_sample, options.per_sample)
            jax.close()
        if options.tangents_python and options.tangents:
            self.neural_tangents(self.start("neural_tangents_peer.py", options.tangents_python)).close()
        if options.cover:
            self.cover(options.cover)
        if options.resnet18:
            self.resnet18()
        self.ours.close()


def machine():
    cpu = "unknown"
    try:
        cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {"cpu": cpu, "system": platform.platform(), "python": platform.python_version()}


def table(comparison):
    images = "MNIST" if comparison.options.data else "noise"
    lines = [f"{comparison.options.threads} threads, {images}, float32, medians of {comparison.options.repetitions}, "
             "peer and library in turns. " + "; ".join(comparison.versions) + ".", "",
             "| peer | N | lpntk, s | peer, s | ratio |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {r['peer']} | {r['samples']} | {r['our_seconds']:.3g} | {r['peer_seconds']:.3g} | {r['ratio']:.1f} |"
              for r in comparison.rows]
    lines += ["", "| kernel | N | its error against float64 | lpntk's | largest difference between them |",
              "| --- | --- | --- | --- | --- |"]
    lines += [f"| {c['kernel']} | {c['samples']} | {c['error']:.1e} | {c['our_error']:.1e} | "
              f"{c['largest_difference_to_ours']:.1e}{'' if c['agree'] else ' DISAGREES'} |" for c in comparison.checks]
    lines += ["", "Errors are relative to the largest diagonal entry; float64 is PyTorch's autograd on the first "
              f"{comparison.options.reference} samples, of ResNet-18 on the first 8."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where everything is written")
    parser.add_argument("--peer", required=True, help="the program lpntk_peer")
    parser.add_argument("--torch-peer", help="the program lpntk_torch_peer; none: left out")
    parser.add_argument("--python", default=sys.executable, help="with torch and jax")
    parser.add_argument("--tangents-python", help="with neural-tangents; none: left out")
    parser.add_argument("--data", default="", help="folder with MNIST's IDX files; none: noise")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--memory", type=int, default=20, help="GiB that a peer may take")
    parser.add_argument("--seconds", type=float, default=20, help="longest run of neural-tangents that is tried")
    for name, samples in (("reference", 64), ("authors", 64), ("per-sample", 1024), ("contracted", 4096), ("epoch", 10000),
                          ("tangents", 1024), ("cover", 10000), ("resnet18", 256), ("resnet18-kernel", 128), ("torchscript", 512)):
        parser.add_argument(f"--{name}", type=int, default=samples, help="samples (0: left out), default %(default)s")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    os.environ.pop("OPENBLAS_CORETYPE", None)   # some shells set it to a CPU older than theirs
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    if hasattr(os, "sched_setaffinity"):        # JAX takes all the cores it sees
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.threads])
    comparison = Comparison(options)
    comparison.run()
    result = {"machine": machine(), "versions": comparison.versions, "threads": options.threads,
              "images": "MNIST" if options.data else "noise", "rows": comparison.rows, "checks": comparison.checks}
    (options.folder / "peers.json").write_text(json.dumps(result, indent=2) + "\n")
    (options.folder / "peers.md").write_text(table(comparison))
    print(table(comparison))
    sys.exit(0 if all(check["agree"] for check in comparison.checks) else 1)


if __name__ == "__main__":
    main()
