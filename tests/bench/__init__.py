"""Benchmarks: ratios against raw DuckDB and pandas in the same run. Not tests: nothing is asserted but equality."""
