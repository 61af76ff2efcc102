"""Networks to and from other libraries: arrays with PyTorch's names, PyTorch modules, and source that builds them.

>>> from nn import MLP, from_arrays, to_arrays
>>> arrays = to_arrays(MLP(2, [3, 1], hidden="tanh", seed=0))
>>> {name: array.shape for name, array in arrays.items()}
{'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
>>> from_arrays(arrays, hidden="tanh")
MLP(2, [3, 1], hidden='tanh', output='linear') with 13 parameters
"""
