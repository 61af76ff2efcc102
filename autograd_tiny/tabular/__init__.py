"""Read a person's table and prepare it for a network; nothing is printed here.

`csv_file` reads the cells of a CSV file and `columns` the types of its columns; `dataset` splits and standardises;
`sample_data` has the data sets that come along; `experiment` trains a network on one of them and tests it.
"""

from autograd_tiny.tabular.columns import read_dataset
from autograd_tiny.tabular.csv_file import TableError
from autograd_tiny.tabular.dataset import Dataset, Scaler, shuffle, split

__all__ = ["Dataset", "Scaler", "TableError", "read_dataset", "shuffle", "split"]
