"""What lasts is set apart once, and again when there is more of it."""

import gc
import sys
import types

from dashboard import memory


def test_what_lasts_is_set_apart_when_there_are_new_modules(monkeypatch):
    try:
        memory.set_lasting_apart()
        before = gc.get_freeze_count()
        assert before > 1000
        lasting = [[] for _ in range(100)]
        memory.set_lasting_apart()
        assert gc.get_freeze_count() <= before
        monkeypatch.setitem(sys.modules, "a_module_of_this_test", types.ModuleType("a_module_of_this_test"))
        memory.set_lasting_apart()
        assert gc.get_freeze_count() >= before + len(lasting)
    finally:
        gc.unfreeze()


def test_glibc_is_asked_for_few_arenas_once_and_its_absence_is_borne(monkeypatch):
    asked = []
    glibc = types.SimpleNamespace(mallopt=lambda *settings: asked.append(settings))
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: glibc)
    memory.few_arenas.cache_clear()
    memory.few_arenas()
    memory.few_arenas()
    assert asked == [(memory.M_ARENA_MAX, memory.ARENAS)]

    def absent(name):
        raise OSError(name)

    monkeypatch.setattr(memory.ctypes, "CDLL", absent)
    memory.few_arenas.cache_clear()
    memory.few_arenas()
    assert len(asked) == 1
