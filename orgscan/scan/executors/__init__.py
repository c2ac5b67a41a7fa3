"""Who sweeps the accounts of a run: this process, several on this machine, or a Dask cluster."""
