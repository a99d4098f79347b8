"""Set-based reads for analysts: the reporting table of daily totals."""
