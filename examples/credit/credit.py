"""The circuit `credit_score`: a committed loan application reaches a lender's cut-off.

    python examples/credit/demo.py                           the whole way, up to a chain
    zkpipe compile examples/credit/credit.py --out build     .r1cs and .sym

Public are the scorecard (constants of the circuit, read from scorecard.json when it is compiled),
the cut-off, and a commitment to the application. Private are the application and the salt. A
category is given as its code, its position in the scorecard; what the scorecard has no points for
is refused, never scored 0.

The commitment is Poseidon(application, salt): each attribute takes STRIDE bits of one field
element. No attribute is wider and twelve of them stay below the field's size, so two different
applications never share an element.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from zkpipe import Field, Private, Public, UInt, check, circuit, lookup
from zkpipe.circuits.gadgets import poseidon

SCORECARD = json.loads((Path(__file__).parent / "scorecard.json").read_text(encoding="utf-8"))
STRIDE = 20  # bits in the commitment, for each attribute: as many as the widest needs


@circuit
def credit_score(
    commitment: Public[Field],
    cut_off: Public[UInt[10]],
    status_of_existing_checking_account: Private[UInt[2]],
    duration_in_month: Private[UInt[8]],
    credit_history: Private[UInt[3]],
    purpose: Private[UInt[4]],
    credit_amount: Private[UInt[20]],
    savings_account_and_bonds: Private[UInt[3]],
    present_employment_since: Private[UInt[3]],
    installment_rate_in_percentage_of_disposable_income: Private[UInt[2]],
    other_debtors_or_guarantors: Private[UInt[2]],
    property: Private[UInt[2]],
    other_installment_plans: Private[UInt[2]],
    housing: Private[UInt[2]],
    salt: Private[Field],
) -> None:
    """These committed attributes, scored by the public scorecard, reach the cut-off."""
    application = [
        status_of_existing_checking_account,
        duration_in_month,
        credit_history,
        purpose,
        credit_amount,
        savings_account_and_bonds,
        present_employment_since,
        installment_rate_in_percentage_of_disposable_income,
        other_debtors_or_guarantors,
        property,
        other_installment_plans,
        housing,
    ]
    packed = pack(application)
    check(poseidon([packed, salt]) == commitment, "this is not the committed application")
    score = sum(
        points_of(attribute, value)
        for attribute, value in zip(SCORECARD["attributes"], application, strict=True)
    )
    check(score >= cut_off, "the score does not reach the cut-off")


def points_of(attribute: Mapping[str, Any], value: Any) -> Any:
    """Return the points that a value of an attribute earns, and check that it earns any."""
    name = attribute["name"]
    if "categories" in attribute:
        categories = attribute["categories"]
        # lookup alone refuses other codes; the check says so in the scorecard's words.
        check(value < len(categories), f"{name}: the scorecard has no such category")
        return lookup([category["points"] for category in categories], value)
    bins = attribute["bins"]
    check(value >= bins[0]["from"], f"{name}: below the scorecard's first bin")
    points = bins[0]["points"]
    for lower, upper in pairwise(bins):
        points = points + (upper["points"] - lower["points"]) * (value >= upper["from"])
    return points


def pack(application: Sequence[Any]) -> Any:
    """Return the attributes side by side in one number, STRIDE bits each."""
    return sum(value * 2 ** (STRIDE * place) for place, value in enumerate(application))


def application_of(row: Mapping[str, str]) -> dict[str, int]:
    """Return a row of german-credit.csv as the circuit's private inputs, without the salt.

    Raises ValueError if the scorecard has no such category, naming the attribute only.
    """
    application = {}
    for attribute in SCORECARD["attributes"]:
        name = attribute["name"]
        if "categories" in attribute:
            codes = {category["label"]: category["code"] for category in attribute["categories"]}
            if row[name] not in codes:
                raise ValueError(f"{name}: the scorecard has no such category")
            application[name] = codes[row[name]]
        else:
            application[name] = int(row[name])
    return application


def new_salt() -> int:
    """Return a salt that nobody can guess: 253 random bits, which every field element can hold."""
    return secrets.randbits(253)


def commit(application: Mapping[str, int], salt: int) -> int:
    """Return the commitment that an applicant publishes: it hides the application and binds it."""
    in_order = [application[attribute["name"]] for attribute in SCORECARD["attributes"]]
    return int(poseidon([pack(in_order), salt]))
