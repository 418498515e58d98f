"""Which attributes of an application may be scored, and how each is cut into classes.

A number is cut at round edges that were chosen without looking at the outcomes; a category keeps
its labels. Where common sense puts the classes in an order (a longer loan is riskier), neighbours
are merged until the applicants' bad rate follows that order, so that no one loses points for what
should earn some. What a lender may not score is left out, with the reason.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_SHARE = 20  # a class in an order holds 1/20 of the applicants, or joins a neighbour

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Number:
    """A number from 1 on, cut at round edges; risk must rise with it from class to class."""

    name: str
    edges: tuple[int, ...]

    def cells(self) -> list[int]:
        """Return the finest classes: where each begins."""
        return [1, *self.edges]

    def cell_of(self, value: str) -> int:
        """Return the index of a value's finest class."""
        return bisect_right(self.edges, int(value))

    def classes(self, counts: Ints) -> list[list[int]]:
        """Return the classes, as lists of cells that lie side by side."""
        return in_order(list(range(len(counts)))[::-1], counts)


@dataclass(frozen=True, slots=True)
class Category:
    """One of several labels: some `ordered`, most risk first, some in `groups` apart from them.

    Labels share a group for what they mean, never for how their applicants turned out.
    """

    name: str
    ordered: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()

    def cells(self) -> list[str]:
        """Return the labels; the position is the code that the circuit takes."""
        return [*self.ordered, *(label for group in self.groups for label in group)]

    def cell_of(self, value: str) -> int:
        """Return the code of a label."""
        return self.cells().index(value)

    def classes(self, counts: Ints) -> list[list[int]]:
        """Return the classes, as lists of codes."""
        codes = {label: code for code, label in enumerate(self.cells())}
        apart = [[codes[label] for label in group] for group in self.groups]
        return in_order(list(range(len(self.ordered))), counts) + apart


def in_order(cells: Sequence[int], counts: Ints) -> list[list[int]]:
    """Merge neighbours until the bad rate falls from class to class and each class is large enough.

    cells   indices of `counts`, most risk first
    counts  (k, 2)  goods and bads of each cell

    Whole numbers throughout: the same classes on every machine.
    """
    classes: list[list[int]] = []
    least = -(-int(counts.sum()) // LEAST_SHARE)

    def goods_and_bads(members: list[int]) -> tuple[int, int]:
        goods, bads = counts[members].sum(axis=0)
        return int(goods), int(bads)

    for cell in cells:
        classes.append([cell])
        while len(classes) > 1:
            (goods, bads), (good, bad) = map(goods_and_bads, classes[-2:])
            falls = bads * (good + bad) > bad * (goods + bads)
            if falls and min(goods + bads, good + bad) >= least:
                break
            classes[-2:] = [classes[-2] + classes[-1]]
    return classes


ATTRIBUTES: tuple[Number | Category, ...] = (
    Category(
        "status_of_existing_checking_account",
        (
            "... < 0 DM",
            "0 <= ... < 200 DM",
            "... >= 200 DM / salary assignments for at least 1 year",
        ),
        (("no checking account",),),
    ),
    Number("duration_in_month", tuple(range(6, 49, 6))),  # half-years, to four years
    Category(
        "credit_history",
        groups=(
            (
                "no credits taken/ all credits paid back duly",
                "all credits at this bank paid back duly",
            ),
            ("existing credits paid back duly till now",),
            ("delay in paying off in the past",),
            ("critical account/ other credits existing (not at this bank)",),
        ),
    ),
    Category(
        "purpose",
        groups=(
            ("car (new)",),
            ("car (used)",),
            ("furniture/equipment",),
            ("radio/television", "domestic appliances"),
            ("education", "retraining"),
            ("business",),
            ("repairs", "others"),
        ),
    ),
    Number("credit_amount", tuple(range(1000, 10_001, 1000))),  # thousands of marks
    Category(
        "savings_account_and_bonds",
        ("... < 100 DM", "100 <= ... < 500 DM", "500 <= ... < 1000 DM", "... >= 1000 DM"),
        (("unknown/ no savings account",),),
    ),
    Category(
        "present_employment_since",
        (
            "unemployed",
            "... < 1 year",
            "1 <= ... < 4 years",
            "4 <= ... < 7 years",
            "... >= 7 years",
        ),
    ),
    Category("installment_rate_in_percentage_of_disposable_income", ("4", "3", "2", "1")),
    Category("other_debtors_or_guarantors", groups=(("none",), ("co-applicant",), ("guarantor",))),
    Category("present_residence_since", ("1", "2", "3", "4")),
    Category(
        "property",
        (
            "unknown / no property",
            "car or other, not in attribute Savings account/bonds",
            "building society savings agreement/ life insurance",
            "real estate",
        ),
    ),
    Category("other_installment_plans", groups=(("none",), ("bank",), ("stores",))),
    Category("housing", groups=(("rent",), ("own",), ("for free",))),
    Category("number_of_existing_credits_at_this_bank", ("4", "3", "2", "1")),
    Category("telephone", groups=(("none",), ("yes, registered under the customers name",))),
)

LEFT_OUT = {
    "personal_status_and_sex": "sex and marital status: protected, and not to be scored",
    "foreign_worker": "stands for nationality and origin: protected",
    "age_in_years": "protected in many places, and scored only under conditions in the others",
    "number_of_people_being_liable_to_provide_maintenance_for": "stands for family status",
    "job": "one of its categories is defined by residence status, a proxy for nationality",
}
