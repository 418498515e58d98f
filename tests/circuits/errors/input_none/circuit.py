"""None."""

from zkpipe import Array, Bool, Field, Private, Public, UInt, check, circuit


@circuit
def income(
    threshold: Public[UInt[32]],
    incomes: Private[Array[UInt[32], 3]],
    employed: Private[Bool],
    salt: Private[Field],
) -> Public[Bool]:
    check(sum(incomes) != 5, "a sum of five")
    return (sum(incomes) >= 3 * threshold) & employed


system = income.compile()
system.solve(threshold=None, incomes=[1, 2, 3], employed=True, salt=0)
