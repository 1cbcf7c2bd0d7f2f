"""A car in order, then one with each of three faults: an event for each fault, and none before."""

from functools import cache

import numpy as np

from support.example import Answer, ModelFile, Span, Verdict, listed, match
from toy_car.sound import RATE, normal, slowed, with_squeal, with_ticking

MODELS = [ModelFile("model_ToyCar_quant_fullint_micro_intio.tflite", "models/full/mlperf__model_ToyCar_quant_fullint_micro_intio.tflite",
                    "ad01_int8.tflite of benchmark/training/anomaly_detection/trained_models in https://github.com/mlcommons/tiny")]
NORMAL_SECONDS, FAULT_SECONDS, REST_SECONDS = 4, 2, 2.5


def first(sound: np.ndarray, seconds: float) -> np.ndarray:
    return sound[: round(seconds * RATE)]


@cache
def parts() -> list[tuple[str, np.ndarray]]:
    """The car in order, then each fault with a rest behind it."""
    car = normal()
    result = [("normal", first(car, NORMAL_SECONDS))]
    for name, sound in (("squeal", with_squeal(car)), ("ticking", with_ticking(car)), ("slow", slowed(car))):
        result += [(name, first(sound, FAULT_SECONDS)), ("normal", first(car, REST_SECONDS))]
    return result


def samples() -> np.ndarray:
    return np.concatenate([sound for _, sound in parts()])


def judge(answer: Answer) -> Verdict:
    spans, at = [], 0.0
    for name, sound in parts():
        end = at + len(sound) / RATE
        if name != "normal":
            spans.append(Span(at, end, "anomaly"))
        at = end
    result = match(answer.events, spans, 0)
    return Verdict("each of 3 faults reported while it sounds, nothing else", f"{len(result.found)} of {len(spans)} found, {len(result.false)} false",
                   not result.missed and not result.false, [listed(answer.events)])
