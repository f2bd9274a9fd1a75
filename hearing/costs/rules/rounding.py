"""Rounding 取整: an amount in whole 分 divided by weights, so that the sum is always the amount."""

from collections.abc import Sequence


def largest_remainder(total_fen: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total_fen` in 1/100 yuan divided in proportion to `weights` by the largest remainders (Hamilton).

    Every share is its exact quota rounded down or up, and the shares add up to the total. Whoever has the larger
    remainder is rounded up first; of equal remainders the one that stands earlier, so that the same list always gives
    the same shares. A weight of nothing pays nothing. Raises ValueError for a negative total or weight, or when there
    is something to pay and nobody has a weight.
    """
    if total_fen < 0 or any(weight < 0 for weight in weights):
        raise ValueError("money and weights are not negative")
    whole = sum(weights)
    if not whole:
        if total_fen:
            raise ValueError("nobody has a weight")
        return (0,) * len(weights)
    shares = [total_fen * weight // whole for weight in weights]
    remainders = [total_fen * weight % whole for weight in weights]
    # Fewer units are left over than there are remainders above nothing, so no weight of 0 is ever rounded up.
    for place in sorted(range(len(weights)), key=lambda place: -remainders[place])[: total_fen - sum(shares)]:
        shares[place] += 1
    return tuple(shares)
