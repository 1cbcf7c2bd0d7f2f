"""Eleven weeks of a machine's temperature, a reading every five minutes, with four periods that its keepers marked."""

import csv
import gzip
from datetime import datetime

import numpy as np

from support.example import Answer, Span, Verdict, match
from support.recordings import find

MODELS = []
NAME = "machine_temperature_system_failure.csv"
MINUTES = 5
# labels/combined_windows.json of NAB.
MARKED = [("2013-12-10 06:25", "2013-12-12 05:35"), ("2013-12-15 17:50", "2013-12-17 17:00"), ("2014-01-27 14:20", "2014-01-29 13:30"), ("2014-02-07 14:55", "2014-02-09 14:05")]
FALSE_ALARMS = 2
TARGET = "cortex-m0plus"
RAM = 2048


def readings() -> tuple[list[datetime], np.ndarray]:
    try:
        path = find("machine_temperature", NAME, f"datasets/nab_machine_temperature/{NAME}.gz", f"data/realKnownCause/{NAME} of https://github.com/numenta/NAB")
        text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    except OSError as error:
        raise ValueError(f"{NAME} cannot be read: {error}") from error
    rows = list(csv.DictReader(text.splitlines()))
    return [datetime.fromisoformat(row["timestamp"]) for row in rows], np.array([float(row["value"]) for row in rows], np.float32)


def samples() -> np.ndarray:
    return readings()[1]


def judge(answer: Answer) -> Verdict:
    times, _ = readings()
    number = {time: i for i, time in enumerate(times)}
    seconds = 60 * MINUTES
    spans = [Span(*(number[datetime.fromisoformat(time)] * seconds for time in period), "anomaly") for period in MARKED]
    result = match(answer.events, spans, 0)
    kept = not result.missed and len(result.false) <= FALSE_ALARMS
    when = ", ".join(f"{times[min(len(times), round(event.seconds / seconds)) - 1]:%d %b %H:%M}" for event in answer.events)
    return Verdict(f"all 4 marked periods found, at most {FALSE_ALARMS} false alarms", f"{len(result.found)} of {len(spans)} found, {len(result.false)} false", kept, [f"alarms: {when}"])
