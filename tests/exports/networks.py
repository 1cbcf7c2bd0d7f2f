"""Training and exporting of the PyTorch networks: one thread and fixed seeds, so that one machine gives the same bytes twice."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from golden import compact, write_golden

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def train(model: nn.Module, x: np.ndarray, y: np.ndarray, epochs: int, rate: float = 3e-3, batch: int = 64) -> nn.Module:
    """Adam with one cycle of the learning rate; classes by cross entropy."""
    torch.manual_seed(0)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    steps = -(-len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs=epochs, steps_per_epoch=steps)
    model.train()
    for _ in range(epochs):
        for part in torch.randperm(len(x)).split(batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(rows[part]), labels[part], label_smoothing=0.05).backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def accuracy(model: nn.Module, x: np.ndarray, y: np.ndarray) -> float:
    with torch.no_grad():
        return float((model(torch.from_numpy(x)).argmax(1).numpy() == y).mean())


def export(folder: Path, name: str, model: nn.Module, rows: np.ndarray, *, opset: int, dynamic: bool = False, functions: bool = False,
           fold: bool = True, note: str = "") -> None:
    """Writes NAME.onnx for one row at a time and NAME.npz with PyTorch's outputs of every row; says how ONNX Runtime's differ.

    `dynamic`: the batch axis is a symbol; `functions`: each module is a function of the model's own; `fold` is PyTorch's constant folding,
    batch normalization with it.
    """
    model.eval()
    path = folder / f"{name}.onnx"
    one = torch.from_numpy(rows[:1])
    axes = {"input": {0: "batch"}, "output": {0: "batch"}} if dynamic else None
    torch.onnx.export(model, one, path, input_names=["input"], output_names=["output"], opset_version=opset, dynamic_axes=axes,
                      export_modules_as_functions=functions, do_constant_folding=fold,
                      training=torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE)
    graph = onnx.load(path)
    onnx.checker.check_model(graph)
    with torch.no_grad():
        wanted = np.concatenate([model(torch.from_numpy(row[None])).numpy() for row in rows])
    session = onnxruntime.InferenceSession(path)
    got = np.concatenate([session.run(None, {session.get_inputs()[0].name: row[None]})[0] for row in rows])
    write_golden(folder / f"{name}.npz", [compact(rows)], {"torch": [wanted]}, model=name, opset=opset)
    nodes = [n.op_type for n in graph.graph.node] + [n.op_type for f in graph.functions for n in f.node]
    print(f"{name:28} {path.stat().st_size:6} + {path.with_suffix('.npz').stat().st_size:6} bytes, {len(rows)} rows, opset {opset:2} {note} "
          f"ONNX Runtime: {np.max(np.abs(got - wanted)) / np.max(np.abs(wanted)):.1e}  {' '.join(sorted(set(nodes)))}", flush=True)
