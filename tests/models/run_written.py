"""Files that `mote convert` writes, on the interpreters of others: what they answer on the written file must equal what they answer on the original.
And what TensorFlow Lite Micro holds in every layer, against what mote does.

Usage: run_written.py MOTE CASES_DIR SHARED_DIR   (with a Python that has tflite-micro and ai-edge-litert)
CASES_DIR holds the random cases of tests/differential; SHARED_DIR other people's models, left out when they are not there.
"""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from checks import Check, call, run_all, usage

RUNTIMES = ("tflite_micro", "ai_edge_litert")
# int8, int16, float32; state; every kind of layer; pads, splits and joins.
MODELS = ["mlperf__kws_ref_model", "mlperf__kws_ref_model_float32", "mlperf__vww_96_int8", "mlperf__pretrainedResnet_quant", "mlperf__pretrainedResnet",
          "mlperf__model_ToyCar_quant_fullint_micro_intio", "mlperf__model_ToyCar", "mlperf__str_ww_ref_model", "tflm__micro_speech_quantized",
          "tflm__person_detect", "tflm__hello_world_int8", "tflm__keyword_scrambled_8bit", "tflm__keyword_scrambled", "mlonmcu__magic_wand", "tinyengine__vww",
          "tinymaix__mnist_resnet_q", "mltk__autoencoder_example", "mltk__fingerprint_signature_generator", "tflm__simple_add_model",
          "tflm__trained_lstm", "tflm__trained_lstm_int8", "tflm__audio_preprocessor_int8", "esphome__v2_vad"]
# As read, and simplified as far as other programs can follow.
WAYS = {"as read": ("--stop-after", "0"), "simplified": ()}
STEPS = 3
# LiteRT reads past the end of a bias of int32 with int16 activations, of a state of int8 and of a sum of int16, so that no two of its runs agree, or stops.
NOT_ON_LITERT = ("sum_int16", "conv_2d_int16_b32", "fully_connected_int16_b32", "svdf_int8_state8", "tflm__keyword_scrambled_8bit")
ARENA_BYTES = 16 << 20


# ---- the worker: one runtime, many pairs of files -------------------------------------------------------------------


def answers_of_tflite_micro(path: str, inputs):
    import numpy as np
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_file(path, arena_size=ARENA_BYTES)
    count = 0
    while True:
        try:
            interpreter.get_input_details(count)
        except (IndexError, ValueError):
            break
        count += 1
    results = []
    for step in range(STEPS):
        for i in range(count):
            details = interpreter.get_input_details(i)
            interpreter.set_input(inputs(i, step, details["shape"], np.dtype(details["dtype"])), i)
        interpreter.invoke()
        results.append(np.array(interpreter.get_output(0)))
    return results


def answers_of_ai_edge_litert(path: str, inputs):
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(model_path=path, experimental_op_resolver_type=OpResolverType.BUILTIN_REF, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.reset_all_variables()
    results = []
    for step in range(STEPS):
        for i, details in enumerate(interpreter.get_input_details()):
            interpreter.set_tensor(details["index"], inputs(i, step, details["shape"], np.dtype(details["dtype"])))
        interpreter.invoke()
        results += [np.array(interpreter.get_tensor(d["index"])) for d in interpreter.get_output_details()]
    return results


def difference(run, original: str, written: str) -> str:
    import numpy as np

    def inputs(i, step, shape, dtype):
        random = np.random.default_rng(1000 * step + i)
        if dtype == np.bool_:
            return random.integers(0, 2, shape).astype(dtype)
        if dtype.kind == "f":
            return random.uniform(-1, 1, shape).astype(dtype)
        limits = np.iinfo(dtype)
        small = dtype.itemsize > 2
        return random.integers(0 if small else limits.min, 2 if small else limits.max + 1, shape).astype(dtype)

    try:
        expected = run(original, inputs)
    except Exception as error:
        return f"skip: {error}"
    actual = run(written, inputs)
    if len(actual) != len(expected):
        return f"{len(actual)} results instead of {len(expected)}"
    for a, b in zip(actual, expected):
        same = a.shape == b.shape and a.dtype == b.dtype
        if same and a.dtype.kind == "f":
            same = np.allclose(a, b, rtol=0, atol=1e-5 * max(1e-30, float(np.max(np.abs(b), initial=0))), equal_nan=True)
        elif same:
            same = np.array_equal(a, b)
        if not same:
            return f"answers differ: {a.reshape(-1)[:8]} instead of {b.reshape(-1)[:8]}"
    return ""


def work(runtime: str) -> None:
    run = {"tflite_micro": answers_of_tflite_micro, "ai_edge_litert": answers_of_ai_edge_litert}[runtime]
    for line in sys.stdin:
        original, written = json.loads(line)
        try:
            problem = difference(run, original, written)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        print(json.dumps(problem), flush=True)


class Worker:
    """Asks a process of its own, since interpreters abort on what they do not like; a dead one is replaced."""

    def __init__(self, runtime: str):
        self.runtime, self.process = runtime, None

    def ask(self, original: Path, written: Path) -> str:
        if self.process is None:
            self.process = subprocess.Popen([sys.executable, __file__, "--worker", self.runtime], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL, text=True)
        self.process.stdin.write(json.dumps([str(original), str(written)]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        code = self.process.wait()
        self.process = None
        return f"the interpreter ended with {code}"

    def close(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


# ---- the checks -----------------------------------------------------------------------------------------------------


def models(cases: Path, shared: Path) -> list[Path]:
    paths = [path.with_suffix(".tflite") for path in sorted(cases.glob("*_0.npz"))]
    if (shared / "catalogue.json").exists():
        files = {m["name"]: m["file"] for m in json.loads((shared / "catalogue.json").read_text())}
        paths += [shared / "models" / files[name] for name in MODELS]
        paths += sorted((shared / "models" / "ops" / "seanet").rglob("*.tflite"))
    return paths


def check(mote: str, model: Path, way: str, workers: "Workers") -> str:
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "written.tflite"
        done = call([mote, "convert", str(model), "-o", str(written), *WAYS[way]])
        if done.returncode == 2 and ("not supported" in done.stderr or "type " in done.stderr):
            return ""  # what mote does not read is checked elsewhere
        if done.returncode != 0:
            return f"exit code {done.returncode}: {done.stderr.strip()}"
        for worker in workers.of_this_thread():
            if worker.runtime == "ai_edge_litert" and model.stem.startswith(NOT_ON_LITERT):
                continue
            problem = worker.ask(model, written)
            if problem and not problem.startswith("skip: "):
                return f"{worker.runtime}: {problem}"
    return ""


def dump_check(mote: str, model: Path) -> str:
    """The layers that TensorFlow Lite Micro dumps are ours; when one weight is another, its layer is the first that differs."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    with tempfile.TemporaryDirectory() as directory:
        data, dump, broken = (Path(directory) / name for name in ("data.npy", "dump.npz", "broken.tflite"))
        interpreter = Interpreter(str(model))
        shape = interpreter.get_input_details()[0]["shape"]
        np.save(data, np.random.default_rng(1).integers(-128, 128, (2, *shape[1:])).astype(np.int8))
        done = call([sys.executable, str(Path(__file__).with_name("dump_layers.py")), str(model), str(data), str(dump)])
        if done.returncode != 0:
            return done.stderr
        done = call([mote, "diff", str(model), str(dump), "--data", str(data), "--json"])
        if done.returncode != 0 or len(json.loads(done.stdout)["layers"]) < 10:
            return f"exit code {done.returncode}: {done.stdout}{done.stderr}"

        interpreter.allocate_tensors()
        name, weights = next((t["name"], interpreter.get_tensor(t["index"])) for t in interpreter.get_tensor_details() if t["name"].endswith("conv2d_2/Conv2D"))
        content = bytearray(model.read_bytes())
        content[content.index(weights.tobytes())] ^= 0x80
        broken.write_bytes(content)
        for other, options in ((dump, ()), (model, ("--steps", "0"))):
            done = call([mote, "diff", str(broken), str(other), "--data", str(data), "--json", *options])
            first = json.loads(done.stdout)["first_divergence"] if done.returncode == 1 else None
            if first is None or not first["tensor_a"].endswith(name + "1"):
                return f"against {other.name}: exit code {done.returncode}, first {first}: {done.stderr}"
    return ""


class Workers:
    """One of each runtime for each thread, since a worker answers one question at a time."""

    def __init__(self):
        self.all, self.local = [], threading.local()

    def of_this_thread(self) -> list[Worker]:
        if not hasattr(self.local, "workers"):
            self.local.workers = [Worker(runtime) for runtime in RUNTIMES]
            self.all += self.local.workers
        return self.local.workers

    def close(self) -> None:
        for worker in self.all:
            worker.close()


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[1] == "--worker":
        work(sys.argv[2])
        return 0
    if len(sys.argv) != 4:
        usage(__doc__)
    mote, cases, shared = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    workers = Workers()
    checks = [Check(f"{model.stem}, written {way}", lambda m=model, w=way: check(mote, m, w, workers)) for way in WAYS for model in models(cases, shared)]
    if (shared / "catalogue.json").exists():
        checks.append(Check("layers dumped by TensorFlow Lite Micro", lambda: dump_check(mote, shared / "models" / "full" / "mlperf__kws_ref_model.tflite")))
    result = run_all(checks)
    workers.close()
    return result


if __name__ == "__main__":
    sys.exit(main())
