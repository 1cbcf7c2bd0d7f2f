#!/usr/bin/env python3
"""Features from Python: frames of the samples as NumPy cuts them, recording by recording: check_features.py MOTE. Ends with counts of passed, failed and skipped."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))

import mote  # noqa: E402
import numpy as np  # noqa: E402

PIPELINE = """
[source]
rate = 1000
channels = 2
hop = 4
[[features]]
op = "frames"
length = 10
step = 4
"""


def same_frames(program) -> str:
    random = np.random.default_rng(1)
    recordings = [random.integers(-32768, 32768, (length, 2)).astype(np.int16) for length in (40, 23)]
    with tempfile.TemporaryDirectory() as directory:
        pipeline = Path(directory) / "pipeline.toml"
        pipeline.write_text(PIPELINE)
        found = mote.features(pipeline, recordings, program)
    for recording, frames in zip(recordings, found):
        ends = [end for end in range(4, len(recording) + 1, 4) if end >= 10]
        wanted = np.array([recording[end - 10:end] for end in ends])
        if frames.shape[0] != wanted.shape[0] or not np.array_equal(frames.reshape(wanted.shape), wanted):
            return "the frames are others"
    return ""


def refusal(program) -> str:
    with tempfile.TemporaryDirectory() as directory:
        pipeline = Path(directory) / "pipeline.toml"
        pipeline.write_text(PIPELINE.replace("step = 4", "step = 3"))
        try:
            mote.features(pipeline, [np.zeros((40, 2), np.int16)], program)
        except mote.MoteError as error:
            return "" if "no whole number of steps" in str(error) else f"another message: {error}"
    return "it was not refused"


def main():
    problems = [problem for problem in (same_frames(sys.argv[1]), refusal(sys.argv[1])) if problem]
    for problem in problems:
        print("FAILED features from Python:", problem)
    print(f"{2 - len(problems)} passed, {len(problems)} failed, 0 skipped")
    sys.exit(bool(problems))


main()
