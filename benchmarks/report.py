"""Fills the tables of README.md from what was measured; see measure.sh, which calls it.

    python3 benchmarks/report.py <folder>     with benchmarks.json, large.json and peers/peers.{json,md}, each if there

A table stands between <!-- name --> and <!-- end -->. Tables whose measurement is not in the folder are left alone.
"""
import json
import math
import pathlib
import re
import sys

README = pathlib.Path(__file__).with_name("README.md")


def medians(file):
    """Name -> its entry in Google Benchmark's JSON: the median of repetitions, or the only run."""
    entries = json.loads(file.read_text())["benchmarks"]
    found = {e["run_name"]: e for e in entries if e["run_type"] == "iteration"}
    found.update({e["run_name"]: e for e in entries if e.get("aggregate_name") == "median"})
    return found


def number(value, digits=3):
    if value is None:
        return ""
    return f"{value:.{digits}g}" if abs(value) < 10 ** digits else f"{value:,.0f}"


def rows_of(found, prefixes):
    lines = ["| benchmark | ms | GF/s | of the FMA peak | of a raw GEMM | us/sample and core | result, MiB | peak, MiB |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for name, e in found.items():
        if not name.startswith(prefixes):
            continue
        percent = lambda key: f"{100 * e[key]:.0f} %" if key in e else ""
        size = number(e["bytes"] / 2 ** 20) if "bytes" in e else ""
        lines.append(f"| `{name}` | {number(e['real_time'])} | {number(e.get('gflops'))} | {percent('peak_fraction')} | "
                     f"{percent('gemm_fraction')} | {number(e.get('core_us_per_sample'))} | {size} | {number(e.get('peak_mib'))} |")
    return lines


def exponents(found):
    """Slopes of log(time) and log(memory) against log(size), fitted to each sweep's three largest sizes."""
    sweeps = {}
    for name, e in found.items():
        match = re.match(r"scaling/(\w+)/(\w+)/(\d+)/", name)
        if match:
            sweeps.setdefault((match[1], match[2]), []).append((int(match[3]), e["real_time"], e["peak_mib"]))

    def slope(points):
        xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
        x0, y0 = sum(xs) / len(xs), sum(ys) / len(ys)
        return sum((x - x0) * (y - y0) for x, y in zip(xs, ys)) / sum((x - x0) ** 2 for x in xs)

    lines = ["| sweep | sizes of the fit | time grows as | memory grows as |", "| --- | --- | --- | --- |"]
    for (what, network), points in sweeps.items():
        points = sorted(points)[-3:]
        if len(points) == 3:
            lines.append(f"| {what}, {network} | {points[0][0]} to {points[-1][0]} | "
                         f"{slope([p[:2] for p in points]):.2f} | {slope([(p[0], p[2]) for p in points]):.2f} |")
    return lines


def cost_model(found):
    lines = ["| positions x inputs x outputs | N | formed, ms | factors, ms | pixels, ms | chosen / best |",
             "| --- | --- | --- | --- | --- | --- |"]
    for name, e in found.items():
        if name.startswith("cost_model/"):
            lines.append(f"| {e['positions']:.0f} x {e['inputs']:.0f} x {e['outputs']:.0f} | {e['samples']:.0f} | "
                         f"{number(e['formed_ms'])} | {number(e['factors_ms'])} | "
                         f"{number(e['pixels_ms']) if 'pixels_ms' in e else ''} | {e['chosen_over_best']:.2f} |")
    return lines


def budget(found):
    lines = ["| benchmark | ms | passes over the samples | peak, MiB |", "| --- | --- | --- | --- |"]
    for name, e in found.items():
        if name.startswith("budget/"):
            lines.append(f"| `{name}` | {number(e['real_time'])} | {e['passes']:.2f} | {number(e['peak_mib'], 4)} |")
    return lines


def facts(file):
    context = json.loads(file.read_text())["context"]
    cpu = "unknown CPU"
    try:
        cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    caches = ", ".join(f"L{c['level']} {c['size'] >> 10} KiB" for c in context["caches"] if c["type"] != "Instruction")
    peaks = "; ".join(f"{key.split(':')[1]} thread{'s' if not key.endswith(':1') else ''} {float(value):.0f} GF/s"
                      for key, value in context.items() if key.startswith("fma_peak"))
    return [f"{cpu}, {context['num_cpus']} cores, {caches}; vectors of {context['vector_bytes']} bytes; FMA peak at the start, "
            f"float32: {peaks}. Images: {context['images']}. Measured {context['date'][:10]}, load average before it "
            f"{', '.join(f'{load:.2f}' for load in context['load_avg'])}."]


def main():
    folder = pathlib.Path(sys.argv[1])
    tables, found = {}, {}
    if (folder / "benchmarks.json").exists():
        found.update(medians(folder / "benchmarks.json"))
        tables["machine"] = facts(folder / "benchmarks.json")
        tables["peak"] = rows_of(found, "peak/")
        tables["stages"] = rows_of(found, ("forward/", "features/", "pullback/", "jacobian/", "train_epoch/", "train/"))
        tables["convolutions"] = rows_of(found, "conv/")
        tables["gram"] = rows_of(found, ("gram/", "gram_bf16/", "gram_in_full/", "kernel/"))
        tables["rows"] = rows_of(found, ("rows/", "farthest_points", "by_class/"))
        tables["cost_model"] = cost_model(found)
        tables["budget"] = budget(found)
    if (folder / "large.json").exists():
        large = medians(folder / "large.json")
        found.update(large)
        tables["budget"] = budget(found)
        tables["large"] = rows_of(large, ("by_class/", "kernel/", "gram_in_full/"))
    if found:
        tables["scaling"] = rows_of(found, "scaling/") + [""] + exponents(found)
    if (folder / "peers" / "peers.md").exists():
        tables["peers"] = (folder / "peers" / "peers.md").read_text().strip().splitlines()
    text = README.read_text()
    for name, lines in tables.items():
        if len(lines) == 2:
            continue   # a header without rows: not measured
        text, count = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m: m[1] + "\n".join(lines) + "\n" + m[2], text,
                              flags=re.DOTALL)
        if count != 1:
            sys.exit(f"README.md has {count} places for the table {name}")
    README.write_text(text)


if __name__ == "__main__":
    main()
