"""A lock is told from outside, is let go with its process, and is no hindrance to those who only ask."""

import subprocess
import sys

import pytest

from models import ROOT
from training import file_locks

HOLD = """
import sys, time
from pathlib import Path
from training import file_locks
with file_locks.locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_is_told_while_it_is_held(tmp_path):
    path = tmp_path / "lock"
    assert not file_locks.held(path)
    with file_locks.locked(path):
        assert file_locks.held(path)
        with pytest.raises(TimeoutError, match="lock is locked"), file_locks.locked(path, wait=0):
            pass
    assert not file_locks.held(path)


def test_a_lock_goes_with_its_process_however_that_ends(tmp_path):
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        assert file_locks.held(path)
        process.kill()
        process.wait()
        assert not file_locks.held(path)


def test_two_who_ask_at_once_do_not_take_each_other_for_the_holder(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    with open(path, "r+b") as asking:
        assert file_locks._take(asking, shared=True)
        assert not file_locks.held(path)
