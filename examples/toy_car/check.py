"""A car in order, then one with each of three faults: an event for each fault, and none before."""

import numpy as np

from support.example import Answer, ModelFile, Span, Verdict, listed, match
from toy_car.sound import RATE, normal, slowed, with_squeal, with_ticking

MODELS = [ModelFile("model_ToyCar_quant_fullint_micro_intio.tflite", "models/full/mlperf__model_ToyCar_quant_fullint_micro_intio.tflite",
                    "ad01_int8.tflite of benchmark/training/anomaly_detection/trained_models in https://github.com/mlcommons/tiny")]
FAULT_SECONDS, REST_SECONDS = 3, 2
NAMES = ["squeal", "ticking", "slow"]


def parts() -> list[tuple[str, np.ndarray]]:
    """The car in order for six seconds, then each fault between rests of two."""
    car = normal()
    faulty = zip(NAMES, (with_squeal(car), with_ticking(car), slowed(car)))
    result = [("normal", car)]
    for name, sound in faulty:
        result += [(name, sound[: FAULT_SECONDS * RATE]), ("normal", car[: REST_SECONDS * RATE])]
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
