"""The back-end "numpy": a tape as a short list of NumPy calls over whole batches.

`stores` places the numbers of the groups in two arrays. `writer` writes the calls: a matrix product
(`matrix_products`), a row over many nodes (`elementwise`, with `numpy_kernels`), or a row of lists
(`list_reductions`). `backend` runs them.
"""
