"""The side-by-side benchmark of Countersign's data plane and its peers.

Started by `scripts/bench`; `bench/README.md` says what is measured.
"""


class BenchError(Exception):
    """The run cannot give a figure worth printing. The message says why."""
