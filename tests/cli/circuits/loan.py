"""A circuit whose inputs are records and numbers with fractions."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe import Array, Fixed, Private, Public, Rounded, UInt, check, circuit, lookup


@dataclass(frozen=True)
class Loan:
    amount: Fixed[32, 8]
    rate: Fixed[16, 12]
    payments: Array[Fixed[32, 8], 2]


@circuit
def loan(
    loan: Private[Loan], month: Public[UInt[1]], ceiling: Public[Rounded[Fixed[40, 12]]]
) -> Public[Fixed[64, 12]]:
    """A month's interest on what is left; the rate stays under the ceiling."""
    check(loan.rate <= ceiling, "the rate is above the ceiling")
    return (loan.amount - lookup(loan.payments, month)) * loan.rate
