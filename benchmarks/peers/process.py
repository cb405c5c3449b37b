"""Peers as processes: started, told what to time, asked for the seconds. Their side of the protocol is peer.py."""
import resource
import subprocess
import sys


class Lost(Exception):
    """A peer could not do what it was told."""


class Peer:
    """A process that answers "<task> <samples> <file or ->" with seconds; see peer.py."""

    def __init__(self, command, memory=None):
        limit = (lambda: resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))) if memory else None
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=limit)
        self.what = self._answer().removeprefix("ready ")
        print("started", self.what, file=sys.stderr, flush=True)

    def _answer(self):
        line = self.process.stdout.readline().strip()
        if not line:
            raise Lost(f"ended with status {self.process.wait()}")
        return line

    def __call__(self, task, samples, file="-"):
        """(seconds, value)"""
        try:
            self.process.stdin.write(f"{task} {samples} {file}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Lost("has ended") from None
        answer = self._answer()
        print(f"  {task} {samples}: {answer}", file=sys.stderr, flush=True)
        word, _, rest = answer.partition(" ")
        if word != "ok":
            raise Lost(rest)
        return tuple(float(number) for number in rest.split())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def warm(peer, *task):
    """The better of two runs in a row, or one of over 15 s: neither side waits for memory that the system took back."""
    first = peer(*task)
    return first if first[0] > 15 else min(first, peer(*task))
