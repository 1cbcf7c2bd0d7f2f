"""Models over time, frame by frame, against the same models on the window of the last frames: the same outputs, bit for bit.

Usage: run_stream.py MOTE SHARED_DIR
Windows run on the reference; streams on the reference, on this machine and on emulated boards, which also count instructions.
"""

import functools
import sys
import tempfile
from pathlib import Path
from random import Random

from checks import Check, json_of, run_all, usage

FRAMES = 200
# By model: frames in the window, values per frame, the stored zero, and how many times fewer instructions than the window a frame takes on
# the Cortex-M4 at least.
MODELS = {"mlperf__str_ww_ref_model": (30, 40, -128, 9.0), "mlperf__kws_ref_model": (49, 10, 83, 1.6), "tflm__micro_speech_quantized": (49, 40, -128, 3.0)}
# Where streams run, and on how many frames.
TARGETS = {"reference": FRAMES, "host": FRAMES, "cortex-m4": FRAMES, "cortex-m55": 64, "cortex-m0plus": 64}
# Options besides --stream, and where they are tried.
OTHER_WAYS = {"--stream-keep-more": "cortex-m55", "--stream-frames=2": "cortex-m55", "--stream-frames=3": "host"}
CHECKS = len(MODELS) * (len(TARGETS) + len(OTHER_WAYS) + 1)


def random_frames(values: int, zero: int) -> tuple[bytes, ...]:
    """Sounds of half a second: bands that swell and fade, with noise."""
    random = Random(values)
    frames, level, target, bands = [], 0.0, 0.0, []
    direction = 255 if zero < 0 else -255
    for at in range(FRAMES):
        if at % 25 == 0:
            target, bands = random.uniform(0, 0.6), [random.random() ** 2 for _ in range(values)]
        level += (target - level) / 4
        loudness = (int(zero + direction * level * band * random.uniform(0.8, 1)) for band in bands)
        frames.append(bytes(max(-128, min(127, each)) & 255 for each in loudness))
    return tuple(frames)


class Streams:
    def __init__(self, mote: str, root: Path):
        self.mote, self.root = mote, root
        self.directory = tempfile.TemporaryDirectory()
        self.frames = {name: random_frames(values, zero) for name, (_, values, zero, _) in MODELS.items()}

    @functools.cache
    def run(self, name: str, target: str, data: tuple[bytes, ...], label: str, *options: str) -> dict:
        file = Path(self.directory.name) / f"{name}_{label}.bin"
        if not file.exists():
            file.write_bytes(b"".join(data))
        return json_of([self.mote, "run", str(self.root / "models" / "full" / f"{name}.tflite"), "-t", target, "-i", str(file), "--json", *options])

    @functools.cache
    def windows(self, name: str, target: str) -> dict:
        """The model on the window at each frame."""
        length, values, zero, _ = MODELS[name]
        frames = (bytes([zero & 255]) * values,) * (length - 1) + self.frames[name]
        windows = tuple(b"".join(frames[i : i + length]) for i in range(FRAMES))
        result = self.run(name, target, windows if target == "reference" else windows[-8:], f"windows_{target}")
        if target == "reference" and len({str(each) for each in result["outputs"]}) < 15:
            raise RuntimeError("the frames give too few different outputs")
        return result

    def same(self, name: str, target: str, option: str = "") -> str:
        together = int(option.partition("frames=")[2] or 1)
        options = ("--stream", "1", option) if option else ("--stream", "1")
        runs = TARGETS[target] // together
        frames = self.frames[name][: runs * together]
        expected = self.windows(name, "reference")["outputs"][together - 1 : runs * together : together]
        got = self.run(name, target, frames, f"frames_{together}_{len(frames)}", *options)["outputs"]
        differing = [i for i, (a, b) in enumerate(zip(expected, got, strict=True)) if a != b]
        return f"{len(differing)} of {runs} runs differ, the first is {differing[0]}" if differing else ""

    def fewer_instructions(self, name: str) -> str:
        window = self.windows(name, "cortex-m4")["instructions_mean"]
        frame = self.run(name, "cortex-m4", self.frames[name], f"frames_1_{FRAMES}", "--stream", "1")["instructions_mean"]
        print(f"  {name}: {frame:,.0f} instructions per frame, {window:,.0f} per window: {window / frame:.1f} times fewer", flush=True)
        return "" if window / frame >= MODELS[name][3] else f"{window / frame:.1f} times fewer, {MODELS[name][3]} are promised"

    def checks(self) -> list[Check]:
        checks = []
        for name in MODELS:
            checks += [Check(f"{name} by frames on {target}", lambda n=name, t=target: self.same(n, t)) for target in TARGETS]
            checks += [Check(f"{name} {option} on {target}", lambda n=name, t=target, o=option: self.same(n, t, o)) for option, target in OTHER_WAYS.items()]
            checks.append(Check(f"{name}: instructions per frame", lambda n=name: self.fewer_instructions(n)))
        return checks


def main() -> int:
    if len(sys.argv) != 3:
        usage(__doc__)
    mote, root = sys.argv[1], Path(sys.argv[2])
    missing = [name for name in MODELS if not (root / "models" / "full" / f"{name}.tflite").exists()]
    if missing:
        print(f"not there: {', '.join(missing)}\n0 passed, 0 failed, {CHECKS} skipped")
        return 0
    return run_all(Streams(mote, root).checks())


if __name__ == "__main__":
    sys.exit(main())
