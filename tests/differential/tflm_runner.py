"""Runs cases on TensorFlow Lite Micro in worker processes, since the interpreter aborts the process on some models.

A worker reads one task a line, writes NAME.tflite before and NAME.npz after it ran, and answers with one line of JSON. When it dies,
the task it was at counts as refused, and a new worker goes on with the rest."""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading

ARENA_BYTES = 4 << 20


def run(tasks, out_dir, schema, seed, jobs, save=True):
    """[result] in the order of the tasks (operator, type, index)."""
    results = [None] * len(tasks)
    position = iter(range(len(tasks)))
    lock = threading.Lock()
    failures = []

    def pump():
        worker = None
        while not failures:
            with lock:
                at = next(position, None)
            if at is None:
                break
            worker = worker or _Worker(out_dir, schema, seed, save)
            try:
                results[at], alive = worker.ask(tasks[at])
            except RuntimeError as error:
                failures.append(error)
                return
            if not alive:
                worker = None
        if worker:
            worker.close()

    threads = [threading.Thread(target=pump) for _ in range(max(1, jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


class _Worker:
    def __init__(self, out_dir, schema, seed, save):
        self.out_dir = out_dir
        self.log = tempfile.TemporaryFile()
        command = [
            sys.executable,
            str(pathlib.Path(__file__).resolve()),
            str(out_dir),
            str(schema),
            str(seed),
            str(int(save)),
        ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def ask(self, task):
        self.log.seek(0)
        self.log.truncate()
        try:
            self.process.stdin.write(json.dumps(task) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line), True
        code = self.process.wait()
        self.log.seek(0)
        log = self.log.read().decode(errors="replace")
        text = _reason(log)
        op, kind, index = task
        if code >= 0:
            raise RuntimeError(f"the generator of {op} fails at {kind} {index}:\n{log}")
        died = f"aborts ({signal.Signals(-code).name})"
        name = f"{op.lower()}_{kind}_{index}"
        _set_aside(self.out_dir, name)
        return {
            "name": name,
            "op": op,
            "type": kind,
            "ok": False,
            "note": {},
            "reason": f"{died}: {text}" if text else died,
        }, False

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def _reason(log):
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Failed to ", "Node "))] or lines
    return "; ".join(dict.fromkeys(lines))[:300]


def _set_aside(out_dir, name):
    model = pathlib.Path(out_dir) / (name + ".tflite")
    if model.exists():
        (pathlib.Path(out_dir) / "refused").mkdir(exist_ok=True)
        model.replace(pathlib.Path(out_dir) / "refused" / model.name)


# ---- the worker -----------------------------------------------------------------------------------------------------


def _run_case(case, out_dir, save):
    import numpy as np
    from tflite_micro import runtime

    (out_dir / (case.name + ".npz")).unlink(missing_ok=True)
    blob = case.model.build()
    (out_dir / (case.name + ".tflite")).write_bytes(blob)
    sets = case.data_sets()
    arrays, saturated = {}, []
    for flavour, inputs in sets.items():
        interpreter = runtime.Interpreter(blob, [], ARENA_BYTES)
        steps = case.sequence_steps or 1
        outputs = [[] for _ in case.model.outputs]
        for step in range(steps):
            for i, value in enumerate(inputs):
                interpreter.set_input(value[step] if case.sequence_steps else value, i)
            interpreter.invoke()
            for j, t in enumerate(case.model.outputs):
                outputs[j].append(np.array(interpreter.get_output(j)).reshape(t.shape))
        for i, value in enumerate(inputs):
            arrays[f"{flavour}/x{i}"] = value
        for j, values in enumerate(outputs):
            value = np.stack(values) if case.sequence_steps else values[0]
            arrays[f"{flavour}/y{j}_tflm"] = value
            if value.dtype in (np.int8, np.int16) and value.size:
                ends = np.iinfo(value.dtype)
                saturated.append(float(np.mean((value == ends.min) | (value == ends.max))))
    if save:
        arrays["meta"] = np.array(case.meta(hashlib.sha256(blob).hexdigest()))
        np.savez(out_dir / (case.name + ".npz"), **arrays)
    return sum(saturated) / len(saturated) if saturated else None


def _worker_main(out_dir, schema, seed, save):
    from model_builder import load_schema

    load_schema(schema)
    from case import Case
    from cases import OPERATORS

    out_dir = pathlib.Path(out_dir)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        op, kind, index = json.loads(line)
        case = Case(op, kind, index, seed)
        answer = {"name": case.name, "op": op, "type": kind, "ok": True, "note": {}, "reason": "", "saturated": None}
        OPERATORS[op][0](case)
        answer["note"] = {key: str(value) for key, value in case.note.items()}
        try:
            answer["saturated"] = _run_case(case, out_dir, save)
        except (RuntimeError, ValueError) as error:
            os.fsync(2)
            log = os.pread(2, 1 << 16, 0).decode(errors="replace")
            answer.update(ok=False, reason=_reason(log) or str(error))
            _set_aside(out_dir, case.name)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    _worker_main(sys.argv[1], sys.argv[2], int(sys.argv[3]), bool(int(sys.argv[4])))
