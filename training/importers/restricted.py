"""Reads what was pickled from plain values alone: its instructions are interpreted here, and nothing that they name is looked up.

A pickle is a program that may call anything; Python's own reader runs it. This one knows dicts, lists, tuples, texts, numbers, and
the few names by which NumPy stores its numbers. It refuses whatever else a pickle says.
"""

import functools
import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.importers.parts import UnreadableError
from training.importers.pickled_numbers import MADE, Array, Kind, Name, array, named, refusal

MAX_STEPS = 2_000_000  # instructions
MAX_ITEMS = 1_000_000  # values of the result
MAX_DEPTH = 6  # of lists in lists


@dataclass
class _Machine:
    """The stack of values, those that lie below marks, and the values that were numbered."""

    stack: list[Any] = field(default_factory=list)
    below: list[list[Any]] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def since_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.below.pop()
        return items


Act = Callable[[_Machine, Any], None]
ACTS: dict[str, Act] = {}
LITERALS = (
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
)


def load(content: bytes) -> Any:
    """The value that was pickled, made of dicts, lists, texts and numbers; arrays are lists. Raises UnreadableError."""
    machine = _Machine()
    try:
        for step, (operation, argument, _) in enumerate(pickletools.genops(content)):
            if step > MAX_STEPS:
                raise UnreadableError("has too many values for a history")
            if operation.name == "STOP":
                return plain(machine.stack.pop())
            act = ACTS.get(operation.name)
            if act is None:
                raise UnreadableError(refusal(f"asks for {operation.name}"))
            act(machine, argument)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, UnicodeError) as error:
        raise UnreadableError("is damaged: it ends early, or is not a pickle") from error
    raise UnreadableError("is damaged: it ends early")


def plain(value: Any) -> Any:
    """The value with arrays as lists. Raises UnreadableError where it is too deep, too large or of another kind."""
    return _plain(value, 0, [0])


def _plain(value: Any, depth: int, count: list[int]) -> Any:
    count[0] += 1
    if depth > MAX_DEPTH or count[0] > MAX_ITEMS:
        raise UnreadableError("is nested too deeply, or too large, for a history")
    if isinstance(value, Array):
        value = value.values
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {_key(key): _plain(one, depth + 1, count) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1, count) for one in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise UnreadableError(refusal("holds more than dicts, lists, texts and numbers"))


def _key(key: Any) -> str:
    if not isinstance(key, str | int | float):
        raise UnreadableError("is not a history: its columns have no names")
    return str(key)


def acts(*operations: str) -> Callable[[Act], Act]:
    """Enter what these instructions do."""

    def enter(function: Act) -> Act:
        ACTS.update(dict.fromkeys(operations, function))
        return function

    return enter


@acts(*LITERALS)
def _literal(machine: _Machine, argument: Any) -> None:
    machine.stack.append(argument)


@acts("PROTO", "FRAME")
def _nothing(machine: _Machine, argument: Any) -> None:
    """How the pickle is laid out."""


def _new(make: Callable[[], Any], machine: _Machine, argument: Any) -> None:
    machine.stack.append(make())


for _operation, _make in (
    *(("NONE", lambda: None), ("NEWTRUE", lambda: True), ("NEWFALSE", lambda: False)),
    *(("EMPTY_DICT", dict), ("EMPTY_LIST", list), ("EMPTY_TUPLE", tuple)),
):
    ACTS[_operation] = functools.partial(_new, _make)


@acts("MARK")
def _mark(machine: _Machine, argument: Any) -> None:
    machine.below.append(machine.stack)
    machine.stack = []


@acts("POP")
def _pop(machine: _Machine, argument: Any) -> None:
    machine.stack.pop()


@acts("POP_MARK")
def _pop_mark(machine: _Machine, argument: Any) -> None:
    machine.since_mark()


@acts("LIST", "TUPLE")
def _gathered(machine: _Machine, argument: Any) -> None:
    items = machine.since_mark()
    machine.stack.append(items)


@acts("TUPLE1")
def _one(machine: _Machine, argument: Any) -> None:
    machine.stack[-1:] = [[machine.stack[-1]]]


@acts("TUPLE2")
def _two(machine: _Machine, argument: Any) -> None:
    machine.stack[-2:] = [[machine.stack[-2], machine.stack[-1]]]


@acts("TUPLE3")
def _three(machine: _Machine, argument: Any) -> None:
    machine.stack[-3:] = [machine.stack[-3:]]


@acts("DICT")
def _dict(machine: _Machine, argument: Any) -> None:
    items = machine.since_mark()
    machine.stack.append(dict(zip(items[::2], items[1::2], strict=True)))


@acts("APPEND")
def _append(machine: _Machine, argument: Any) -> None:
    value = machine.stack.pop()
    machine.stack[-1].append(value)


@acts("APPENDS")
def _appends(machine: _Machine, argument: Any) -> None:
    values = machine.since_mark()
    machine.stack[-1].extend(values)


@acts("SETITEM")
def _set_item(machine: _Machine, argument: Any) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _into(machine.stack[-1])[_key(key)] = value


@acts("SETITEMS")
def _set_items(machine: _Machine, argument: Any) -> None:
    items = machine.since_mark()
    _into(machine.stack[-1]).update(zip(map(_key, items[::2]), items[1::2], strict=True))


def _into(value: Any) -> dict:
    if not isinstance(value, dict):
        raise ValueError("not a dict")
    return value


@acts("PUT", "BINPUT", "LONG_BINPUT")
def _put(machine: _Machine, argument: Any) -> None:
    machine.memo[int(argument)] = machine.stack[-1]


@acts("MEMOIZE")
def _memoize(machine: _Machine, argument: Any) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


@acts("GET", "BINGET", "LONG_BINGET")
def _get(machine: _Machine, argument: Any) -> None:
    machine.stack.append(machine.memo[int(argument)])


@acts("GLOBAL")
def _global(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    machine.stack.append(named(module, name))


@acts("STACK_GLOBAL")
def _stack_global(machine: _Machine, argument: Any) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(named(str(module), str(name)))


@acts("REDUCE")
def _reduce(machine: _Machine, argument: Any) -> None:
    """What one of NAMES makes of its arguments."""
    arguments, called = machine.stack.pop(), machine.stack.pop()
    if not isinstance(called, Name) or not isinstance(arguments, list | tuple):
        raise UnreadableError(refusal("calls what is not a number of NumPy's"))
    machine.stack.append(MADE[called.means](*arguments))


@acts("BUILD")
def _build(machine: _Machine, argument: Any) -> None:
    """The state of a type or of an array."""
    state, built = machine.stack.pop(), machine.stack[-1]
    if isinstance(built, Kind):
        built.order = str(state[1])
    elif isinstance(built, Array):
        _, shape, kind, fortran, content = state
        built.values = array(content, kind, shape, "F" if fortran else "C")
    else:
        raise UnreadableError(refusal("holds an object with a state of its own"))
