"""Measuring: kernels, stages and whole proofs beside other provers, and a report on them.

The names below are loaded when they are first used (accel.lazy): a peer runs in a process of this
package, and its peak memory must be its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.lazy import late

if TYPE_CHECKING:
    from benchmarks.measuring import measure
    from benchmarks.plan import Plan
    from benchmarks.report import html_report, markdown_report
    from benchmarks.results import Results
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "benchmarks.measuring": "measure",
            "benchmarks.plan": "Plan",
            "benchmarks.report": "html_report markdown_report",
            "benchmarks.results": "Results",
        },
    )

__all__ = ["Plan", "Results", "html_report", "markdown_report", "measure"]
