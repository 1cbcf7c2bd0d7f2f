"""Real models against the outputs of TensorFlow Lite Micro, and the promises about arena, flash and speed of compiling.

Usage: run_models.py MOTE SHARED_DIR
SHARED_DIR holds catalogue.json, models/ and golden/; without it those checks are left out and counted.
"""

import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from checks import Check, call, call_json, run_all, usage, verify
from labelled import labelled_checks

# Operators that come with a later release; a model with one of them must be refused by name.
LATER = ("IF", "CUSTOM", "REVERSE_SEQUENCE")
# Custom operators that mote has.
CUSTOM = "CUSTOM:Signal"

BOARD_MODELS = ["mlperf__kws_ref_model", "mlperf__vww_96_int8", "mlperf__pretrainedResnet_quant", "mlperf__model_ToyCar_quant_fullint_micro_intio",
                "mlperf__str_ww_ref_model", "tflm__micro_speech_quantized", "tflm__person_detect", "tinyengine__vww"]
# Models that have every kind of layer that has several implementations.
FORCED_MODELS = ["mlperf__kws_ref_model", "mlperf__vww_96_int8", "mlperf__pretrainedResnet_quant", "mlperf__model_ToyCar_quant_fullint_micro_intio",
                 "mlperf__str_ww_ref_model", "tflm__micro_speech_quantized"]
SMALL_MODELS = ["mlperf__kws_ref_model", "mlperf__str_ww_ref_model", "tflm__micro_speech_quantized", "tflm__hello_world_int8", "tflm__keyword_scrambled_8bit",
                "tinymaix__mnist_valid_q", "mlonmcu__CNN_full_quantized", "mltk__autoencoder_example", "microflow__sine", "mlonmcu__magic_wand"]
# Models over a stream: signals in front of a network, and networks with variables.
STREAM_MODELS = ["tflm__audio_preprocessor_int8", "tflm__audio_preprocessor_float", "esphome__v1_alexa", "esphome__v1_okay_nabu", "esphome__v2_alexa",
                 "esphome__v2_hey_jarvis", "esphome__v2_okay_nabu", "esphome__v2_vad"]
ARENA_LIMITS = {"mlperf__vww_96_int8": 55296, "mlperf__pretrainedResnet_quant": 49152, "mlperf__kws_ref_model": 16000,
                "mlperf__model_ToyCar_quant_fullint_micro_intio": 768}
# Largest difference that the rounding of activations to int8 makes in TensorFlow Lite, on its golden vectors.
HYBRID_DIFFERENCE = {"mlperf__model_ToyCar_quant": 0.7, "mlperf__kws_ref_model_float32": 0.1, "mlonmcu__CNN_2L_model_quantized": 0.04,
                     "mlonmcu__model_data_pruned": 0.001}
KWS_CODE_LIMIT = 16 * 1024
# How many times faster `mote evaluate` is on this machine than on the emulated Cortex-M4, by processor time, for keyword spotting.
HOST_SPEED = 50
COMPILE_SECONDS = 1.0


class Shared:
    def __init__(self, mote: str, root: Path):
        self.mote, self.root = mote, root
        self.catalogue = {m["name"]: m for m in json.loads((root / "catalogue.json").read_text())}

    def model(self, name: str) -> str:
        return str(self.root / "models" / self.catalogue[name]["file"])

    def verify(self, name: str, target: str, options: tuple[str, ...] = ()) -> str:
        # int16 LEAKY_RELU: the Python build of TensorFlow Lite Micro is one off against its own published values.
        expect = "ref" if "leaky_relu" in name else "tflm"
        return verify(self.mote, self.model(name), str(self.root / "golden" / self.catalogue[name]["golden"]), target, expect, options)

    def hybrid(self, name: str, target: str) -> str:
        """Float activations by int8 weights: TensorFlow Lite rounds the activations too, so outputs are near its own, not equal."""
        model, golden = self.model(name), str(self.root / "golden" / self.catalogue[name]["golden"])
        result, problem = call_json([self.mote, "verify", model, "-t", target, "--golden", golden, "--expect", "ref", "--json"])
        if result is None:
            return problem
        difference = result["max_abs_difference"]
        return "" if result["values"] and difference <= HYBRID_DIFFERENCE[name] else f"largest difference {difference}"

    def refused(self, name: str) -> str:
        done = call([self.mote, "inspect", self.model(name)])
        named = any(word in done.stderr for word in (*LATER, "type "))
        return "" if done.returncode == 2 and named else f"exit code {done.returncode}: {done.stderr}"

    def arena(self, name: str) -> str:
        limit = min(self.catalogue[name]["arena"], ARENA_LIMITS.get(name, 1 << 30))
        result, problem = call_json([self.mote, "inspect", self.model(name), "--json"])
        if result is None:
            return problem
        return "" if result["arena_bytes"] <= limit else f"arena {result['arena_bytes']}, at most {limit} is promised"

    def evaluate_speed(self) -> str:
        """Processor time of a sample, which others on this machine hardly change, the best of several runs; and the same metrics from one thread and two."""
        random = Random(7)
        with tempfile.TemporaryDirectory() as directory:
            data = Path(directory) / "kws.csv"
            rows = [",".join(str(random.randint(-128, 127)) for _ in range(490)) + f",{i % 12}\n" for i in range(2000)]

            def run(target: str, samples: int, threads: int) -> dict:
                data.write_text("".join(rows[:samples]))
                result, problem = call_json([self.mote, "evaluate", self.model("mlperf__kws_ref_model"), "--data", str(data), "-t", target, "--threads",
                                             str(threads), "--json"])
                if result is None:
                    raise RuntimeError(problem)
                return result

            host = [run("host", 2000, threads) for threads in (1, 2, 1)]
            board = [run("cortex-m4", 300, 1) for _ in range(2)]
        if host[0]["confusion"] != host[1]["confusion"]:
            return "the metrics depend on --threads"
        seconds = [min(r["processor_seconds"] / r["samples"] for r in runs) for runs in (host, board)]
        ratio = seconds[1] / seconds[0]
        print(f"  a sample of keyword spotting takes {1e3 * seconds[0]:.3f} ms here, {1e3 * seconds[1]:.2f} ms on the board: {ratio:.0f} times", flush=True)
        if "avx2" not in Path("/proc/cpuinfo").read_text():  # the figure is promised for vectors of 256 bits
            return ""
        return "" if ratio >= HOST_SPEED else f"{ratio:.1f} times faster than the board, {HOST_SPEED} is promised"

    def later(self, entry: dict) -> bool:
        return any(op.split(":")[0] in LATER and not op.startswith(CUSTOM) for op in entry["ops"])

    def supported(self, entry: dict) -> bool:
        if not entry.get("golden") or entry["status"].get("tflm") != "ok":
            return False
        return not self.later(entry)

    def checks(self) -> list[Check]:
        checks = []
        for name, entry in self.catalogue.items():
            folder = entry["file"].split("/")[0]
            if folder not in ("full", "ops") or not entry.get("golden"):
                continue
            if not self.supported(entry):
                if self.later(entry):
                    checks.append(Check(f"{name} is refused", lambda n=name: self.refused(n)))
                elif "hybrid" in entry["kind"]:
                    for target in ("reference", "host", "cortex-m4"):
                        checks.append(Check(f"{name} on {target}", lambda n=name, t=target: self.hybrid(n, t)))
                continue
            for target in ("reference", "host"):
                checks.append(Check(f"{name} on {target}", lambda n=name, t=target: self.verify(n, t)))
            if folder == "full" and entry.get("arena"):
                checks.append(Check(f"{name}: arena", lambda n=name: self.arena(n)))
        for target in ("cortex-m4", "cortex-m55", "cortex-m0plus"):
            checks += [Check(f"{name} on {target}", lambda n=name, t=target: self.verify(n, t)) for name in STREAM_MODELS]
        each = ("--each-implementation",)
        for target in ("cortex-m4", "cortex-m7", "cortex-m55"):
            checks += [Check(f"{name} on {target}", lambda n=name, t=target: self.verify(n, t)) for name in BOARD_MODELS]
        for target in ("cortex-m0plus", "cortex-m3", "cortex-m33", "rv32imc"):
            checks += [Check(f"{name} on {target}", lambda n=name, t=target: self.verify(n, t)) for name in SMALL_MODELS]
        for target, left_out in (("cortex-m4", "mlperf__vww_96_int8"), ("cortex-m55", "mlperf__pretrainedResnet_quant")):  # whose layers the others have, too
            forced = [name for name in FORCED_MODELS if name != left_out]
            checks += [Check(f"{name} on {target}, every implementation", lambda n=name, t=target: self.verify(n, t, each)) for name in forced]
        for target, names in (("cortex-m0plus", SMALL_MODELS), ("rv32imc", SMALL_MODELS[::2])):
            checks += [Check(f"{name} on {target}, every implementation", lambda n=name, t=target: self.verify(n, t, each)) for name in names]
        for name, target in (("mlperf__kws_ref_model", "cortex-m4"), ("tflm__micro_speech_quantized", "cortex-m55")):
            checks.append(Check(f"{name}: every layer on {target}", lambda n=name, t=target: self.same_layers(n, t)))
        checks.append(Check("visual wake words: every layer, float against int8", self.float_against_int8))
        for path in sorted((self.root / "models" / "robustness").glob("*.tflite")):
            checks.append(Check(f"robustness: {path.name}", lambda p=path: self.robust(p)))
        checks.append(Check("keyword spotting: code in flash", self.kws_code))
        checks.append(Check("visual wake words compile fast", self.vww_compiles_fast))
        checks.append(Check("keyword spotting: evaluate here and on the board", self.evaluate_speed))
        if importlib.util.find_spec("numpy"):
            for target in ("reference", "host", "cortex-m4", "cortex-m55", "cortex-m0plus"):
                checks.append(Check(f"micro_speech on {target}: from sound to scores", lambda t=target: self.sound_to_scores(t)))
        return checks

    def diff(self, name: str, options: list[str]) -> tuple[dict | None, str]:
        """`mote diff` on two samples of bytes, which are input values as stored."""
        inputs, problem = call_json([self.mote, "inspect", self.model(name), "--json"])
        if inputs is None:
            return None, problem
        size = sum(i["bytes"] for i in inputs["inputs"])
        with tempfile.TemporaryDirectory() as directory:
            data = Path(directory) / "in.bin"
            data.write_bytes(bytes((37 * i + i // 7 + 11) % 256 for i in range(2 * size)))
            return call_json([self.mote, "diff", self.model(name), *options, "--data", str(data), "--json"])

    def same_layers(self, name: str, target: str) -> str:
        result, problem = self.diff(name, ["--target-a", "host", "--target-b", target])
        if result is None:
            return problem
        layers = len(result["layers"])
        return "" if result["first_divergence"] is None and layers == result["tensors_a"] else f"{layers} layers: {result['first_divergence']}"

    def float_against_int8(self) -> str:
        result, problem = self.diff("mlperf__vww_96_int8", [self.model("mlperf__vww_96_float")])
        if result is None:
            return problem
        return "" if len(result["layers"]) == result["tensors_a"] == 31 else f"{len(result['layers'])} layers"

    def robust(self, path: Path) -> str:
        """Refused with a message that says where, or accepted and then the same on the reference and on this machine."""
        done = call([self.mote, "inspect", str(path)])
        if done.returncode == 2:
            return "" if done.stderr.startswith(f"mote: {path}: ") else f"an unclear message: {done.stderr}"
        if done.returncode != 0:
            return f"exit code {done.returncode}: {done.stderr}"
        inputs, problem = call_json([self.mote, "inspect", str(path), "--json"])
        if inputs is None:
            return problem
        size = sum(i["bytes"] for i in inputs["inputs"])
        outputs = []
        with tempfile.TemporaryDirectory() as directory:
            data = Path(directory) / "in.bin"
            data.write_bytes(bytes((37 * i + 11) % 256 for i in range(3 * size)))
            for target in ("reference", "host"):
                result, problem = call_json([self.mote, "run", str(path), "-t", target, "-i", str(data), "--json"])
                if result is None:
                    return problem
                outputs.append(result["outputs"])
        return "" if outputs[0] == outputs[1] else "the reference and the library differ"

    def sound_to_scores(self, target: str) -> str:
        """A second of sound through the preprocessor, window by window, and its features through the network."""
        import numpy as np

        golden = np.load(self.root / "golden" / "full" / "pipeline_micro_speech_wav_to_scores.npz")
        windows = np.load(self.root / "golden" / "full" / "tflm__audio_preprocessor_int8.npz")
        with tempfile.TemporaryDirectory() as directory:
            data, written = Path(directory) / "in.npy", Path(directory) / "out.npy"

            def answers(name: str, values, rows: int):
                np.save(data, values)
                done = call([self.mote, "run", self.model(name), "-t", target, "-i", str(data), "-o", str(written)])
                if done.returncode != 0:
                    raise RuntimeError(done.stderr)
                return np.load(written).reshape(rows, -1)

            for word in ("yes", "no"):
                features = answers("tflm__audio_preprocessor_int8", windows[f"seq_{word}/x0"].reshape(-1, 480), 49).reshape(1, -1)
                if not np.array_equal(features, golden[f"{word}/features"]):
                    return f"'{word}': other features"
                if not np.array_equal(answers("tflm__micro_speech_quantized", features, 1), golden[f"{word}/scores"]):
                    return f"'{word}': other scores"
        return ""

    def kws_code(self) -> str:
        with tempfile.TemporaryDirectory() as directory:
            data = Path(directory) / "in.bin"
            data.write_bytes(bytes(490))
            result, problem = call_json([self.mote, "run", self.model("mlperf__kws_ref_model"), "-t", "cortex-m4", "-i", str(data), "--json"])
        if result is None:
            return problem
        return "" if result["flash_code_bytes"] <= KWS_CODE_LIMIT else f"{result['flash_code_bytes']} bytes"

    def vww_compiles_fast(self) -> str:
        with tempfile.TemporaryDirectory() as directory:
            times = []
            for _ in range(3):
                started = time.monotonic()
                done = call([self.mote, "compile", self.model("mlperf__vww_96_int8"), "-t", "cortex-m4", "-o", directory])
                times.append(time.monotonic() - started)
                if done.returncode != 0:
                    return done.stderr
        return "" if min(times) < COMPILE_SECONDS else f"{min(times):.2f} s"


def activity(mote: str, target: str) -> str:
    folder = Path(__file__).resolve().parents[2] / "examples" / "activity"
    result, problem = call_json([mote, "run", str(folder / "activity.tflite"), "-t", target, "-i", str(folder / "test_windows.npz"), "--json"])
    if result is None:
        return problem
    return "" if result["accuracy"] == 1.0 else f"accuracy {result['accuracy']}"


def main() -> int:
    if len(sys.argv) != 3:
        usage(__doc__)
    mote, root = sys.argv[1], Path(sys.argv[2])
    targets = ("reference", "host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55", "rv32imc")
    checks = [Check(f"activity example on {t}", lambda t=t: activity(mote, t)) for t in targets]
    skipped = 0
    if (root / "catalogue.json").exists():
        shared = Shared(mote, root)
        labelled = labelled_checks(mote, root, shared.model)
        checks += shared.checks() + labelled
        skipped = 0 if labelled else 1
    else:
        skipped = 1
        print(f"{root} is not there: the checks on other people's models are left out")
    return run_all(checks, skipped)


if __name__ == "__main__":
    sys.exit(main())
