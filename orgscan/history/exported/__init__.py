"""The history as Parquet files, for whoever asks by SQL."""
