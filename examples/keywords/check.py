"""Yes and no in a stream of seconds: loud and soft, clean and in noise, among a word that is neither."""

import numpy as np

from support.example import Answer, ModelFile, Span, Verdict, as_int16, listed, match
from support.recordings import find, read_wav

SOURCE = "tensorflow/lite/micro/examples/micro_speech/{} of https://github.com/tensorflow/tflite-micro"
MODELS = [ModelFile(name, f"models/full/tflm__{name}", SOURCE.format(f"models/{name}")) for name in ("audio_preprocessor_int8.tflite", "micro_speech_quantized.tflite")]
RATE = 16000
PATIENCE = 0.5  # s after the second with the word in it

# A second each: the word, how loud it is, how loud the noise.
SECONDS = [("silence", 1, 0), ("yes", 1, 0), ("noise", 1, 0), ("no", 1, 0), ("silence", 1, 0), ("marvin", 1, 0), ("yes", 0.5, 0), ("silence", 1, 0), ("no", 0.5, 0),
           ("noise", 1, 0), ("no", 2, 0), ("silence", 1, 0), ("yes", 1, 0.5), ("noise", 1, 0), ("no", 1, 0.5), ("silence", 1, 0)]


def second_of(word: str) -> np.ndarray:
    if word == "marvin":
        path = find("keywords", "marvin.wav", "datasets/speech_wavs/marvin_617de221_0.wav", "marvin/617de221_nohash_0.wav of Speech Commands 0.02, tensorflow.org/datasets")
    else:
        path = find("keywords", f"{word}_1000ms.wav", f"datasets/speech_wavs/{word}_1000ms.wav", SOURCE.format(f"testdata/{word}_1000ms.wav"))
    sound = read_wav(path)[:RATE].astype(np.float64)
    return np.pad(sound, (0, RATE - len(sound)))


def samples() -> np.ndarray:
    noise = second_of("noise")
    return as_int16(np.concatenate([loudness * second_of(word) + noise_loudness * noise for word, loudness, noise_loudness in SECONDS]))


def judge(answer: Answer) -> Verdict:
    spans = [Span(i, i + 1, word) for i, (word, _, _) in enumerate(SECONDS) if word in ("yes", "no")]
    result = match(answer.events, spans, PATIENCE)
    return Verdict("each of 7 words found, nothing else reported", f"{len(result.found)} of {len(spans)} found, {len(result.false)} false", not result.missed and not result.false,
                   [listed(answer.events)])
