"""Three minutes that the detector was not fitted to, against what an offline reader says of each beat."""

import numpy as np

from heartbeat.beats import RATE, load, read_offline
from support.example import Answer, Span, Verdict, match

MODELS = []
FITTED_SECONDS = 120  # train.py fits to these
PROMISE = 0.95
PATIENCE = 0.7  # s after the R peak


def samples() -> np.ndarray:
    return load()


def judge(answer: Answer) -> Verdict:
    beats = read_offline(load())
    last = len(load()) / RATE - 1

    def spans(seconds: np.ndarray) -> list[Span]:
        return [Span(second, second, "anomaly") for second in seconds if FITTED_SECONDS <= second < last]

    new = [event for event in answer.events if event.seconds >= FITTED_SECONDS]
    abnormal = match(new, spans(beats.abnormal()), PATIENCE)
    doubtful = match(new, spans(beats.doubtful()), PATIENCE)
    found = len(abnormal.found) / max(1, len(abnormal.found) + len(abnormal.missed))
    true = 1 - len(doubtful.false) / max(1, len(new))
    return Verdict(f"at least {PROMISE} of the abnormal beats found, at least {PROMISE} of the events at a beat that is not normal", f"{found:.3f} found, {true:.3f} true",
                   found >= PROMISE and true >= PROMISE, [f"{len(abnormal.found)} of {len(abnormal.found) + len(abnormal.missed)} abnormal beats, {len(new)} events"])
