"""What an example's check.py says, and what the emulated board answers."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class ModelFile:
    """A model that other people publish: its name beside pipeline.toml, where it lies in the shared directory, where anyone gets it."""

    name: str
    in_shared: str
    source: str


@dataclass
class Figures:
    """What one hop costs; `ram` is the model object, the deepest stack of its run() and the ring of samples."""

    target: str
    hops: int
    flash: int
    ram: int
    cycles: int
    milliseconds: float


@dataclass
class Event:
    """What the decision reported at the end of a hop, in seconds since the first sample."""

    seconds: float
    name: str


@dataclass
class Answer:
    """What a recording brought about: events of a pipeline that decides, else the model's output of each hop."""

    events: list[Event]
    outputs: np.ndarray | None
    figures: Figures


@dataclass
class Span:
    """From when to when something happens that is to be found, in seconds, and what its event is called."""

    begin: float
    end: float
    name: str


@dataclass
class Verdict:
    """What was promised, what was reached, and whether that is enough."""

    promise: str
    reached: str
    kept: bool
    notes: list[str] = field(default_factory=list)


@dataclass
class Matches:
    """Spans with an event of their name, spans without, and events in no span of their name."""

    found: list[Span]
    missed: list[Span]
    false: list[Event]


def match(events: list[Event], spans: list[Span], patience: float) -> Matches:
    """An event belongs to a span when it comes between its beginning and `patience` seconds after its end."""

    def of(event: Event, span: Span) -> bool:
        return event.name == span.name and span.begin <= event.seconds <= span.end + patience

    found = [span for span in spans if any(of(event, span) for event in events)]
    return Matches(found, [span for span in spans if span not in found], [event for event in events if not any(of(event, span) for span in spans)])


def listed(events: list[Event]) -> str:
    return ", ".join(f"{event.name} at {event.seconds:.1f} s" for event in events) or "no event"


def as_int16(signal: np.ndarray) -> np.ndarray:
    return np.clip(np.round(signal), -32768, 32767).astype(np.int16)
