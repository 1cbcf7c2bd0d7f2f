"""MLPerf Tiny's test stream of the streaming wake word: ten seconds, "marvin" three times, music from the fifth second on."""

import json

import numpy as np

from support.example import Answer, ModelFile, Span, Verdict, listed, match
from support.recordings import find, read_wav

SOURCE = "benchmark/{} of https://github.com/mlcommons/tiny"
MODELS = [ModelFile("str_ww_ref_model.tflite", "models/full/mlperf__str_ww_ref_model.tflite", SOURCE.format("training/streaming_wakeword/trained_models/str_ww_ref_model.tflite"))]
PATIENCE = 0.5  # s after the word: what MLPerf Tiny's evaluation allows


def samples() -> np.ndarray:
    path = find("wake_word", "short_wav_easy10s.wav", "datasets/speech_wavs/short_wav_easy10s.wav", SOURCE.format("training/streaming_wakeword/short_wav_easy10s.wav"))
    return read_wav(path)


def words() -> list[Span]:
    path = find("wake_word", "sww_short_test.json", "datasets/speech_wavs/sww_short_test.json", SOURCE.format("runner/sww_data_dir/sww_short_test.json"))
    (stream,) = json.loads(path.read_text())
    return [Span(begin, end, "marvin") for begin, end in stream["detection_windows"]]


def judge(answer: Answer) -> Verdict:
    spans = words()
    result = match(answer.events, spans, PATIENCE)
    return Verdict("every marked word found, nothing else reported", f"{len(result.found)} of {len(spans)} found, {len(result.false)} false", not result.missed and not result.false,
                   [listed(answer.events)])
