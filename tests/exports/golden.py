"""The expected outputs of a model, written as `mote verify --golden` reads them: the same bytes for the same numbers."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np


def write_golden(path: Path, inputs: list[np.ndarray], outputs: dict[str, list[np.ndarray]], *, keeps_state: bool = False, **meta: object) -> None:
    """The first axis of every array counts inferences. `outputs` by column: "torch", "ort", ... With `keeps_state` (TensorFlow Lite's LSTM does
    between inferences) every row is a case of its own, which starts from a fresh state."""
    kind = "single" if keeps_state else "seq"
    arrays = {"meta": np.array(json.dumps({"kind": kind, **meta}))}
    cases = {f"row{i:02}": slice(i, i + 1) for i in range(len(inputs[0]))} if keeps_state else {"rows": slice(None)}
    for case, rows in cases.items():
        arrays |= {f"{case}/x{i}": x[rows] for i, x in enumerate(inputs)}
        for column, values in outputs.items():
            arrays |= {f"{case}/y{i}_{column}": y[rows] for i, y in enumerate(values)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED, 9)


def compact(rows: np.ndarray) -> np.ndarray:
    """Rows of small whole numbers as bytes, others as float32; mote takes either for a float input."""
    whole = rows.astype(np.uint8)
    return whole if np.array_equal(whole, rows) else rows.astype(np.float32)
