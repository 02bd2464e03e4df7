"""Ports are free, different, and none of those that are spoken for already."""

import pytest

from ouvidor.errors import Unavailable
from ouvidor.local import ports


def test_a_port_that_is_spoken_for_is_not_given_though_nobody_listens_on_it_yet(monkeypatch: pytest.MonkeyPatch):
    taken, left = ports.free_ports(2)
    monkeypatch.setattr(ports, "_candidates", lambda: iter([taken, taken, left]))
    assert ports.free_ports(1, {taken}) == (left,)
    monkeypatch.setattr(ports, "_candidates", lambda: iter([taken, taken]))
    with pytest.raises(Unavailable, match="fewer than 1 free ports"):
        ports.free_ports(1, {taken})
