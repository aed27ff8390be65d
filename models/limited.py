"""Work on files that people bring, in a process of its own with limits on memory and time."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from models import ROOT

GIB = 2**30


def ask(module: str, question: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
    """The answers that a module gives to a question, in a new process that is ended after so many seconds: fewer than asked for
    where it took longer, or more memory than it may."""
    variables = os.environ | {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", module]
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        out, _ = process.communicate(json.dumps(question).encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, _ = process.communicate()
    finally:
        # whoever asked may have been stopped
        process.kill()
        process.wait()
    answers = []
    # the last line of a process that was ended may be half a line
    with contextlib.suppress(ValueError):
        answers = [json.loads(line) for line in out.splitlines() if line]
    return answers


def serve(answer: Callable[[dict[str, Any]], Iterator[dict[str, Any]]], memory: int, seconds: int) -> None:
    """Answer the question on standard input, a line of JSON for each answer, within these limits; the main function of a module.

    memory: bytes of address space; seconds: of each answer. Both hold where the system can limit a process.
    """
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # so that a library that prints cannot disturb the answers
    os.dup2(2, 1)
    _limit(memory)
    question = json.load(sys.stdin)
    _alarm(seconds)
    for reply in answer(question):
        print(json.dumps(reply), file=out, flush=True)
        _alarm(seconds)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where time alone is limited
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: int) -> None:
    """End this process after so many seconds, whatever it does then."""
    import signal

    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
