"""mote from Python: the features that the chip computes, for training. Needs NumPy, and the `mote` program on the path, in the variable MOTE, or named in each call."""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np


class MoteError(RuntimeError):
    """What `mote` says: what is wrong, where, and what to do."""


def run(arguments, program=None) -> str:
    """Runs `mote ARGUMENTS...`; what it prints. MoteError when it refuses."""
    program = program or os.environ.get("MOTE", "mote")
    done = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise MoteError(done.stderr.strip())
    return done.stdout


def features(pipeline, recordings, program=None) -> list[np.ndarray]:
    """The features of a pipeline (.toml), one array [runs, ...] per recording: of each run whose windows are filled, in the type that the model takes.

    `recordings`: arrays [instants] or [instants, channels], of samples (integers) or real numbers, each a signal of its own. The operators are those that
    the chip runs, and the numbers the same, bit for bit.
    """
    with tempfile.TemporaryDirectory() as directory:
        inside = Path(directory) / "recordings"
        inside.mkdir()
        for i, recording in enumerate(recordings):
            np.save(inside / f"{i:09}.npy", np.ascontiguousarray(recording))
        out = Path(directory) / "features.npz"
        run(["features", pipeline, "-i", inside, "-o", out], program)
        with np.load(out) as found:
            x, case = found["x"], found["case"]
    return [x[case == i] for i in range(len(recordings))]
