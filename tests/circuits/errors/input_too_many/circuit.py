"""Too many inputs."""

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


income(1, [1, 2, 3], True, 0, 5)
