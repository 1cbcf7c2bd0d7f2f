"""Runs a pipeline on an emulated board: `mote run` on a recording."""

import json
import subprocess
from pathlib import Path

import numpy as np

from support.example import Figures


class BoardError(Exception):
    pass


def run(mote: Path, pipeline: Path, target: str, samples: np.ndarray) -> tuple[np.ndarray, Figures]:
    """The outputs of every hop of `samples` [instants] or [instants, channels], and what they cost."""
    recording, outputs = pipeline.with_name("recording.npy"), pipeline.with_name("outputs.npy")
    np.save(recording, samples)
    done = subprocess.run([mote, "run", pipeline, "-t", target, "-i", recording, "-o", outputs, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise BoardError(done.stderr.strip())
    result = json.loads(done.stdout)
    figures = Figures(target, result["inferences"], result["flash_bytes"], result["arena_bytes"] + result["stack_bytes"], result["cycles_estimate"],
                      result["milliseconds_estimate"])
    return np.load(outputs), figures
