"""Plays recordings to a pipeline on an emulated board, with `mote listen` or `mote run`."""

import json
import subprocess
import tomllib
from pathlib import Path

import numpy as np

from support.example import Answer, Event, Figures


class BoardError(Exception):
    pass


def call(mote: Path, arguments: list) -> dict:
    done = subprocess.run([mote, *arguments, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise BoardError(done.stderr.strip())
    return json.loads(done.stdout)


def answer_to(samples: np.ndarray, mote: Path, pipeline: Path, target: str) -> Answer:
    """Plays `samples` [instants] or [instants, channels] to the pipeline on the emulated board."""
    recording, outputs = pipeline.with_name("recording.npy"), pipeline.with_name("outputs.npy")
    np.save(recording, samples)
    arguments = [pipeline, "-t", target, "-i", recording]
    if "decision" in tomllib.loads(pipeline.read_text()):
        result = call(mote, ["listen", *arguments])
        events, values = [Event(event["seconds"], event["name"]) for event in result["events"]], None
    else:
        result = call(mote, ["run", *arguments, "-o", outputs])
        events, values = [], np.load(outputs)
    return Answer(events, values, Figures(target, result["inferences"], result["flash_bytes"], result["arena_bytes"] + result["stack_bytes"] + result["hop"]["ring_bytes"],
                                          result["cycles_estimate"], result["milliseconds_estimate"]))
