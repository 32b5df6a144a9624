"""Where the tests find the signers of the shared vectors and the recording backend."""

import sys

from program import REPOSITORY

# Written from the contract, with nothing of Countersign in them.
sys.path.append(str(REPOSITORY / "verifiers"))
sys.path.append(str(REPOSITORY / "tests/sdk"))


def pytest_configure(config):
    config.addinivalue_line("markers", "only(where): the pairs of front and scheme that a test is for")


def pytest_collection_modifyitems(items):
    """Leaves out what a test says nothing about; a skip would read as something missing."""

    def is_meant(item):
        return all(
            mark.args[0](item.callspec.params["started"], item.callspec.params["scheme"])
            for mark in item.iter_markers("only")
        )

    items[:] = filter(is_meant, items)
