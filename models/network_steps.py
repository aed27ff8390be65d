"""The layers of a network, also of one that branches, as steps that run from any place on and on unrounded pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """A layer, and the places of what it is given: place 0 is what goes into the network, place n what the nth step gives."""

    layer: Any
    inputs: tuple[int, ...]


def steps_of(network: Any) -> list[Step]:
    """The layers of a Keras network, each used once, in an order in which they can run; what is no layer is left out."""
    from keras import tree

    places, steps = {id(network.inputs[0]): 0}, []
    for layer in network.layers:
        if type(layer).__name__ == "InputLayer":
            continue
        steps.append(Step(layer, tuple(places[id(one)] for one in tree.flatten(layer.input))))
        places[id(layer.output)] = len(steps)
    return steps


def run_steps(steps: Sequence[Step], known: Mapping[int, Any]) -> dict[int, Any]:
    """What lies at each place, given what lies at some, from the last known place on; nothing is trained."""
    reached = dict(known)
    for place, step in enumerate(steps, start=1):
        if place > max(known):
            given = [reached[one] for one in step.inputs]
            reached[place] = step.layer(given if len(given) > 1 else given[0], training=False)
    return reached


def is_cut(steps: Sequence[Step], place: int) -> bool:
    """Whether everything behind a place depends on what lies there alone."""
    return all(one >= place for step in steps[place:] for one in step.inputs)
