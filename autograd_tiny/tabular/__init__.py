"""Read a person's table and prepare it for a network; nothing is printed here.

`csv_file` reads the cells of a CSV file, in the encoding and the dialect that `encoding` and `dialect` find;
`notation` decides how a column writes its numbers; `inputs` and `target` say what each column is, and `columns`
makes a data set of them; `missing` fills its gaps; `dataset` splits and standardises;
`sample_data` has the data sets that come along; `experiment` trains a network on one of them and tests it.
"""

from autograd_tiny.tabular.columns import read_dataset
from autograd_tiny.tabular.dataset import Dataset, Scaler, shuffle, split
from autograd_tiny.tabular.options import TableOptions
from autograd_tiny.tabular.problems import TableError

__all__ = ["Dataset", "Scaler", "TableError", "TableOptions", "read_dataset", "shuffle", "split"]
