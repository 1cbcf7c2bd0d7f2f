"""What every tensor of a .tflite model holds in TensorFlow Lite Micro, as a .npz for `mote diff`: dump_layers.py MODEL DATA.npy OUT.npz"""

import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from tflite_micro import runtime

model, data, out = sys.argv[1:]
names = {tensor["index"]: tensor["name"] for tensor in Interpreter(model).get_tensor_details()}
micro = runtime.Interpreter.from_file(model, intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors)
values = {name: [] for name in names.values()}
for sample in np.load(data):
    micro.set_input(sample[None], 0)
    micro.invoke()
    for index, name in names.items():
        values[name].append(np.array(micro.GetTensor(index, 0)["tensor_data"]))
np.savez(out, **values)
