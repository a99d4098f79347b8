"""The benchmark: both sides of every figure measured side by side in one run.

`make bench` and `make bench-quick`, or `python -m bench --help`. What is measured, how, and what
the figures mean: docs/performance.md. Absolute figures drift from machine to machine and from
minute to minute; the ratios of rounds that alternate do not, so the bars are ratios.
"""
