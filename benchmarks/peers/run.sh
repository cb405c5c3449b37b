#!/bin/sh
# Compares the library with its peers (PyTorch, JAX, neural-tangents, apricot) on the same work:
#     sh benchmarks/peers/run.sh [options]
# Makes environments for the peers in a scratch folder that is removed at the end, builds build/peers/programs, writes peers.md and
# peers.json to --folder (build/peers). Other options go to compare.py: --threads, --repetitions, --data, samples of each.
# LPNTK_PEER_ENVIRONMENTS=<folder> keeps the environments there for the next run; LPNTK_TORCH, LPNTK_JAX name other
# versions. --quick: few samples, to see that everything runs.
set -eu
unset OPENBLAS_CORETYPE   # where it names an older CPU, OpenBLAS and PyTorch run at half their speed
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1:-}" = "--help" ]; then
    sed -n '2,7s/^# //p' "$0"
    exit
fi
if [ "${1:-}" = "--quick" ]; then
    shift
    set -- --reference 16 --authors 16 --per-sample 96 --contracted 256 --epoch 512 --tangents 32 --cover 1000 --resnet18 32 --resnet18-kernel 16 --torchscript 16 --repetitions 1 "$@"
fi

if [ -n "${LPNTK_PEER_ENVIRONMENTS:-}" ]; then
    environments=$LPNTK_PEER_ENVIRONMENTS
    mkdir -p "$environments"
else
    environments=$(mktemp -d)
    trap 'rm -rf "$environments"' EXIT
    trap 'exit 1' HUP INT TERM
fi

# pip_into <environment> <requirement>...
pip_into() {
    python="$environments/$1/bin/python"
    [ -x "$python" ] || python3 -m venv "$environments/$1"
    shift
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

if [ ! -e "$environments/complete" ]; then
    echo "installing the peers in $environments" >&2
    # The CPU build of PyTorch has an index of its own; where that cannot be reached, a version whose CPU wheel others carry.
    pip_into today --timeout 20 --retries 0 --index-url https://download.pytorch.org/whl/cpu "${LPNTK_TORCH:-torch}" 2>/dev/null ||
        pip_into today "${LPNTK_TORCH:-torch==2.13.0}"
    pip_into today numpy "${LPNTK_JAX:-jax}" apricot-select
    # neural-tangents 0.6.5, its last release, does not import with JAX 0.10.2 but does with this one; its TensorFlow bridge is not used.
    if pip_into tangents "jax[cpu]==0.4.23" "numpy<2" "scipy<1.13" frozendict && pip_into tangents --no-deps neural-tangents; then
        touch "$environments/complete"
    else
        echo "neural-tangents could not be installed: compared without it" >&2
    fi
fi
tangents=""
[ ! -e "$environments/complete" ] || tangents="$environments/tangents/bin/python"

sh "$root/cmake/install_dependencies.sh"
torch=$("$environments/today/bin/python" -c "import os, torch; print(os.path.dirname(torch.__file__))")
built=$root/build/peers/programs
(cd "$root" && cmake --preset release -B "$built" -DLPNTK_TORCH=ON -DLPNTK_TORCH_FOLDER="$torch" &&
    cmake --build "$built" --target lpntk_peer lpntk_torch_peer) >&2

"$environments/today/bin/python" "$root/benchmarks/peers/compare.py" --folder "$root/build/peers" \
    --peer "$built/benchmarks/lpntk_peer" --torch-peer "$built/benchmarks/lpntk_torch_peer" ${tangents:+--tangents-python "$tangents"} "$@"
