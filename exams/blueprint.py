"""How many questions each domain gives to a form: the method of largest remainder, exact."""

from collections.abc import Sequence


def quotas(weights: Sequence[int], total: int, caps: Sequence[int] | None = None) -> list[int]:
    """Share out `total` questions by `weights`, as whole numbers that add up to it.

    Each domain gets the floor of its exact share; what is left goes to the largest remainders,
    ties to the larger weight, then to the earlier domain (Hamilton's method). With `caps`, no
    domain gets more than its cap. Raises ValueError when nothing can be shared out so.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("Quotas need weights that add up to more than nothing, and a total.")
    shares = [total * weight // whole for weight in weights]
    ranked = sorted(
        range(len(weights)),
        key=lambda place: (-(total * weights[place] % whole), -weights[place], place),
    )
    roomy = [place for place in ranked if caps is None or shares[place] < caps[place]]
    left = total - sum(shares)
    is_over = caps is not None and any(share > cap for share, cap in zip(shares, caps, strict=True))
    if is_over or left > len(roomy):
        raise ValueError("The caps leave no room for the total.")
    for place in roomy[:left]:
        shares[place] += 1
    return shares
