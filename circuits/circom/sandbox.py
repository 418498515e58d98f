"""WebAssembly with nothing around it: no files, no clock, no network; bounded time and memory.

A program is compiled to native code in this process and kept nowhere. Compiled code is never read
from a file: whoever could write the file would run in this process.

What runs cannot be interrupted from its own thread. So each run has a thread, while the caller's
waits: for the end, for the time to be over, or for Ctrl-C. An engine has one run at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from zkpipe.circuits.errors import CalculatorError
from zkpipe.ground.errors import MissingError, RangeError
from zkpipe.ground.process.posix import memory_size

if TYPE_CHECKING:
    import wasmtime

PAGE = 1 << 16  # bytes of a page of WebAssembly
MOST_MEMORY = 1 << 32  # bytes that a program can address
STACK = 1 << 20  # bytes for calls: as browsers have
THREAD_STACK = 1 << 23  # of the thread, whatever the shell or the C library sets: it holds STACK
GRACE = 10.0  # seconds for a program that is told to stop
MOST_TABLE = 1 << 24  # entries of all tables: a program of circom has one for each component
NOT_OFFERED = (  # what circom's programs do not use
    "threads",
    "tail_call",
    "relaxed_simd",
    "simd",
    "memory64",
    "multi_memory",
    "exceptions",
    "gc",
    "function_references",
    "component_model",
    "stack_switching",
    "wide_arithmetic",
    "custom_page_sizes",
)

T = TypeVar("T")
_STARTING = threading.Lock()  # the size of new threads' stacks is the whole process's


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a program may take.

    seconds  of wall time; compiling has as many
    memory   bytes that the program's memory may have, and as many for its witness; this machine's
             memory if that is less

    Raises RangeError for a number that is not above 0.
    """

    seconds: float = 600.0
    memory: int = MOST_MEMORY

    def __post_init__(self) -> None:
        if not 0 < self.seconds < threading.TIMEOUT_MAX:
            raise RangeError("No program can run for that many seconds.", "Give more than 0.")
        if self.memory <= 0:
            raise RangeError("No program can run in that little memory.", "Give more than 0.")

    @property
    def bytes(self) -> int:
        """The memory that there is."""
        return min(self.memory, MOST_MEMORY, memory_size())


def runtime() -> type[wasmtime.Engine]:
    """The engine of wasmtime. Raises MissingError if it is not installed."""
    try:
        from wasmtime import Engine
    except ImportError as error:
        raise MissingError(
            "A circuit's .wasm runs in wasmtime, which is not installed.",
            "Run `pip install 'zkpipe[circom]'`.",
        ) from error
    return Engine


class Sandbox:
    """An engine, and how its programs are compiled and run.

    name  of the program, for errors

    Raises MissingError if wasmtime is not installed.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        engine = runtime()
        from wasmtime import Config

        config = Config()
        config.epoch_interruption = True
        config.max_wasm_stack = STACK
        config.signals_based_traps = False  # no handlers of signals in a process that is not ours
        for feature in NOT_OFFERED:
            setattr(config, f"wasm_{feature}", False)
        self.name, self.limits = name, limits
        self._engine = engine(config)
        self._lock = threading.Lock()
        self._late: WeakSet[threading.Thread] = WeakSet()

    def compiled(self, code: bytes) -> wasmtime.Module:
        """A program's module. Raises WasmtimeError for what is none, CalculatorError."""
        from wasmtime import Module

        return self.run(lambda: Module(self._engine, code), "be compiled")

    def store(self) -> wasmtime.Store:
        """Where one run has its memories; to be made within `run`.

        Raises CalculatorError if the run is to be stopped by now.
        """
        from wasmtime import Store

        store = Store(self._engine)
        store.set_epoch_deadline(1)  # first: who stops the run marks it late, then interrupts
        if threading.current_thread() in self._late:
            raise CalculatorError(f"{self.name} was stopped.", "Run it again.")
        store.set_limits(self.limits.bytes, MOST_TABLE, instances=2, tables=4, memories=2)
        return store

    def run(self, call: Callable[[], T], verb: str = "end") -> T:
        """What a call gives or raises; it is stopped when its time is over, or the wait is.

        Raises CalculatorError if the time is over.
        """
        given: list[T] = []
        raised: list[BaseException] = []

        def work() -> None:
            try:
                given.append(call())
            except BaseException as error:  # noqa: BLE001 # raised again where it is waited for
                raised.append(error)

        with self._lock:
            thread = threading.Thread(target=work, name="circom", daemon=True)
            _start(thread)
            try:
                thread.join(self.limits.seconds)
                is_late = thread.is_alive()
            except BaseException:
                self._stop(thread)
                raise
            if is_late:
                self._stop(thread)
        if is_late:
            raise CalculatorError(
                f"{self.name} did not {verb} within {self.limits.seconds:g} seconds.",
                "Give it more time if it needs that: --time-limit, or Limits in Python.",
            )
        if raised:
            raise raised[0]
        return given[0]

    def _stop(self, thread: threading.Thread) -> None:
        """Interrupt what runs. A compiler cannot be: its thread ends with its work."""
        self._late.add(thread)
        self._engine.increment_epoch()
        thread.join(GRACE)


def _start(thread: threading.Thread) -> None:
    """Start a thread with a stack that is larger than a program's: beyond it the process dies."""
    with _STARTING:
        before = threading.stack_size(THREAD_STACK)
        try:
            thread.start()
        finally:
            threading.stack_size(before)
