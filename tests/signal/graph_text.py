"""Graphs as text, the form that `mote` reads from files that end in .graph."""

from __future__ import annotations

import numpy as np

# Attributes in the order of the text, with their defaults.
ATTRIBUTES = {
    "signal_block_window": dict(remove_mean=False),
    "signal_power": dict(magnitude=False),
    "signal_mel": dict(slaney=False, unit_area=False, in_mels=False, rate=16000.0, low=0.0, high=8000.0, fft_length=512, bands=40),
    "signal_log": dict(factor=1.0, unit=1.0, floor=1e-10),
    "signal_dct": dict(first=0, coefficients=1, orthonormal=True),
    "signal_statistics": dict(channels=0, which=[]),
    "signal_spectral_features": dict(hertz=1.0, roll_off=0.85, which=[], edges=[]),
    "signal_autocorrelation": dict(lags=1, normalized=False),
    "signal_fir": dict(decimation=1, shift=15),
    "signal_noise_subtraction": dict(smoothing=0.025, least=0.05),
    "signal_pcen": dict(smoothing=0.025, gain=0.98, bias=2.0, power=0.5, epsilon=1e-6),
}


class GraphText:
    def __init__(self, name: str):
        self.lines = [f'graph "{name}"']
        self.nodes: list[str] = []
        self.count = 0
        self.inputs: list[int] = []

    def tensor(self, dtype: str, shape, scale: float | None = None, constant: np.ndarray | None = None, state: bool = False) -> int:
        line = f'tensor %{self.count} {dtype} {"x".join(str(n) for n in shape) or "scalar"} "t{self.count}"'
        if scale is not None:
            line += f" scale=[{scale}] zero_point=[0]"
        if state:
            line += " state"
        if constant is not None:
            line += " constant=" + np.ascontiguousarray(constant, dtype).tobytes().hex()
        self.lines.append(line)
        self.count += 1
        return self.count - 1

    def input(self, dtype: str, shape) -> int:
        self.inputs.append(self.tensor(dtype, shape))
        return self.inputs[-1]

    def constant(self, dtype: str, values: np.ndarray) -> int:
        return self.tensor(dtype, values.shape, constant=values)

    def node(self, op: str, inputs, outputs, **attributes) -> list[int]:
        """`outputs`: (dtype, shape) or (dtype, shape, scale) of each result."""
        results = [self.tensor(*output) for output in outputs]
        ids = lambda numbers: "(" + " ".join("-" if n is None else f"%{n}" for n in numbers) + ")"
        words = [f"{key}={self.word(value)}" for key, value in (ATTRIBUTES.get(op, {}) | attributes).items()]
        self.nodes.append(" ".join([f'node {op} "{op}_{len(self.nodes)}" {ids(inputs)} -> {ids(results)}', *words]))
        return results

    @staticmethod
    def word(value) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (list, tuple)):
            return "[" + ",".join(str(v) for v in value) + "]"
        return str(value)

    def text(self, output: int) -> str:
        inputs = "inputs (" + " ".join(f"%{n}" for n in self.inputs) + ")"
        return "\n".join([*self.lines, inputs, *self.nodes, f"outputs (%{output})"]) + "\n"
