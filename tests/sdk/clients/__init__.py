"""The official clients behind one interface: `call(operation, parameters)` gives the body or raises `Refusal`."""

import contextlib

from clients.node import NodeDriver, NodeClient
from clients.py_core import PyCore
from clients.py_tea import PyTea
from clients.refusal import Refusal

NAMES = ("py-tea", "py-core", "node-tea", "node-pop-get", "node-pop-post")


class Clients:
    """Makes clients. All Node clients share one process, which ends with the `with` block."""

    def __enter__(self):
        self._exit = contextlib.ExitStack()
        self._driver = None
        return self

    def __exit__(self, *_):
        self._exit.close()

    def make(self, name, access):
        """The client of that name for one access key at one gateway."""
        match name:
            case "py-tea":
                return PyTea(access)
            case "py-core":
                return PyCore(access)
            case "node-tea":
                return NodeClient(self._node(), access, "tea", "POST")
            case "node-pop-get":
                return NodeClient(self._node(), access, "pop", "GET")
            case "node-pop-post":
                return NodeClient(self._node(), access, "pop", "POST")
        raise ValueError(name)

    def _node(self):
        if self._driver is None:
            self._driver = self._exit.enter_context(NodeDriver())
        return self._driver


__all__ = ["NAMES", "Clients", "Refusal"]
