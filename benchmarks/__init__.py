"""Benchmarks: what `make bench` runs. Each prints ratios against something run side by side."""
