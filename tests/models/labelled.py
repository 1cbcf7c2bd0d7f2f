"""`mote evaluate` of other people's models on labelled samples, against how many of them the published models get right."""

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from checks import Check, call_json

SAMPLES = Path("datasets/mlperf_tiny_samples/mlperf_tiny_samples.npz")
PIXELS = ("--scale", "0.00392156862745098")


@dataclass
class Labelled:
    model: str
    samples: str  # arrays SAMPLES_x and SAMPLES_y
    right: int  # of 10, on TensorFlow Lite Micro
    options: tuple[str, ...] = ()


MODELS = [Labelled("mlperf__kws_ref_model", "kws", 10), Labelled("mlperf__pretrainedResnet_quant", "ic", 10, ("--scale", "1")), Labelled("mlperf__vww_96_int8", "vww", 9, PIXELS),
          Labelled("mlperf__pretrainedResnet", "ic", 10), Labelled("mlperf__vww_96_float", "vww", 9, PIXELS)]
TARGETS = ("host", "reference")


def right_answers(mote: str, root: Path, model: str, each: Labelled, target: str) -> str:
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "samples.npz"
        with zipfile.ZipFile(root / SAMPLES) as given, zipfile.ZipFile(data, "w") as written:
            for array in ("x", "y"):
                written.writestr(f"{array}.npy", given.read(f"{each.samples}_{array}.npy"))
        result, problem = call_json([mote, "evaluate", model, "--data", str(data), "-t", target, "--json", *each.options])
    if result is None:
        return problem
    right = round(result["accuracy"] * result["samples"])
    return "" if (right, result["samples"]) == (each.right, 10) else f"{right} of {result['samples']} are right, {each.right} of 10 with TensorFlow Lite Micro"


def labelled_checks(mote: str, root: Path, path_of: Callable[[str], str]) -> list[Check]:
    """`path_of` gives the file of a model by its name. None without the samples."""
    if not (root / SAMPLES).exists():
        return []
    return [Check(f"{each.model} on labelled samples, {target}", lambda e=each, t=target: right_answers(mote, root, path_of(e.model), e, t))
            for each in MODELS for target in TARGETS]
