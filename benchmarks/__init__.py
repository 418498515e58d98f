"""Measuring: kernels, stages and whole proofs beside other provers, and a report on them.

The names below are loaded when they are first used (zkpipe.lazy): a peer runs in a process of this
package, and its peak memory must be its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if __name__ != "zkpipe.benchmarks":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.benchmarks.", name="benchmarks")

if TYPE_CHECKING:
    from zkpipe.benchmarks.measuring import measure
    from zkpipe.benchmarks.plan import Plan
    from zkpipe.benchmarks.records.results import Results
    from zkpipe.benchmarks.reports.report import html_report, markdown_report
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.benchmarks.measuring": "measure",
            "zkpipe.benchmarks.plan": "Plan",
            "zkpipe.benchmarks.reports.report": "html_report markdown_report",
            "zkpipe.benchmarks.records.results": "Results",
        },
    )

__all__ = ["Plan", "Results", "html_report", "markdown_report", "measure"]
