"""Measuring: kernels, stages and whole proofs beside other provers, and a report on them.

The names below are loaded when they are first used: a peer runs in a process of this package, and
its peak memory must be its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.measuring import measure
    from benchmarks.plan import Plan
    from benchmarks.report import html_report, markdown_report
    from benchmarks.results import Results

__all__ = ["Plan", "Results", "html_report", "markdown_report", "measure"]

_HOME = {
    "Plan": "benchmarks.plan",
    "Results": "benchmarks.results",
    "html_report": "benchmarks.report",
    "markdown_report": "benchmarks.report",
    "measure": "benchmarks.measuring",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module 'benchmarks' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
