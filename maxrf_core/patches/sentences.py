"""A comparison of patches in words and as a table."""

from collections.abc import Iterable, Sequence
from math import ceil, floor, isfinite, log10

from maxrf_core.language import _, counted
from maxrf_core.patches.compare import CLEARLY, NO, PERHAPS, TOO_LITTLE, Comparison, Difference
from maxrf_core.spectrum.families import split_family

MAX_NAMED = 6  # elements in one list


def sentences(comparison: Comparison) -> list[str]:
    """Return one sentence for each patch but the first, and one on pixels that were left out."""
    told = [sentence(comparison, patch) for patch in range(1, len(comparison.patches))]
    if comparison.shared:
        one = "{count} pixel belongs to several patches and is left out."
        more = "{count} pixels belong to several patches and are left out."
        told.append(counted(one, more, comparison.shared))
    return told


def sentence(comparison: Comparison, patch: int) -> str:
    """Return in words how a patch differs from the first one.

    Parameters
    ----------
    comparison : Comparison
    patch : int
        Its position, from 1 on.

    Returns
    -------
    str
        Such as "Patch B holds 3.1 ± 0.2 times as much Mn; Fe does not differ." Elements that are seen in
        neither patch are not named.
    """
    name, first = comparison.patches[patch], comparison.patches[0]
    differences = comparison.differences[patch - 1]
    labels = element_labels(comparison.families)
    clear = sorted(
        (number for number, each in enumerate(differences) if each.verdict == CLEARLY),
        key=lambda number: differences[number].p,
    )
    clauses = []
    if clear:
        words = _("{patch} holds {listed}") if len(comparison.patches) == 2 else _(
            "compared with {first}, {patch} holds {listed}"
        )  # fmt: skip
        listed = _listed([_amount(comparison, patch, number, labels[number]) for number in clear])
        clauses.append(words.format(first=first, patch=name, listed=listed))
    else:
        words = _("{patch} does not differ clearly from {first}")
        clauses.append(words.format(patch=name, first=first))
    perhaps = [number for number, each in enumerate(differences) if each.verdict == PERHAPS]
    if perhaps:
        more_or_less = [
            (_("more {element}") if differences[number].value > 0 else _("less {element}")).format(
                element=labels[number]
            )
            for number in perhaps
        ]
        clauses.append(_("perhaps it holds {listed}").format(listed=_listed(more_or_less)))
    same = [labels[number] for number, each in enumerate(differences) if each.verdict == NO]
    if same and (clear or perhaps):
        words = _("{listed} does not differ") if len(same) == 1 else _("{listed} do not differ")
        clauses.append(words.format(listed=_listed(same)))
    text = "; ".join(clauses) + "."
    return text[0].upper() + text[1:] if clear and len(comparison.patches) > 2 else text


def element_labels(families: Sequence[str]) -> list[str]:
    """Return the elements of families, with the shell where there are two of one.

    Examples
    --------
    >>> element_labels(["Fe-K", "Pb-L", "Pb-M"])
    ['Fe', 'Pb L', 'Pb M']
    """
    elements = [split_family(family)[0] for family in families]
    return [
        element if elements.count(element) == 1 else family.replace("-", " ")
        for element, family in zip(elements, families, strict=True)
    ]


def with_error(value: float, error: float) -> str:
    """Return a number and its error, rounded to one digit of the error, or two if the first is 1.

    Examples
    --------
    >>> with_error(3.1416, 0.2345), with_error(1234.5, 0.0), with_error(812.3, 15.2)
    ('3.1 ± 0.2', '1234.5 ± 0', '812 ± 15')
    """
    if not (isfinite(value) and isfinite(error)):
        return "–"
    if error <= 0:
        return f"{value:g} ± 0"
    place = floor(log10(error))
    place -= error / 10**place < 1.95
    digits = max(0, -place)
    rounded = (round(number, -place) for number in (value, error))
    return " ± ".join(f"{number + 0.0:.{digits}f}" for number in rounded)


def comparison_table(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    """Return a table of net counts per pixel (or mm²), ratios and verdicts: its titles and its rows."""
    several = len(comparison.patches) > 2
    titles = [_("Element"), *(_("{patch}, per pixel").format(patch=name) for name in comparison.patches)]
    if comparison.pixel_area_mm2 is not None:
        titles += [_("{patch}, per mm²").format(patch=name) for name in comparison.patches]
    for name in comparison.patches[1:]:
        titles += [
            _("Ratio, {patch}").format(patch=name) if several else _("Ratio"),
            _("Differs, {patch}").format(patch=name) if several else _("Differs"),
        ]
    verdicts = {
        CLEARLY: _("clearly"),
        PERHAPS: _("perhaps"),
        NO: _("no"),
        TOO_LITTLE: _("too little to compare"),
    }
    rows = []
    for number, family in enumerate(comparison.families):
        row = [family, *(with_error(of[number].value, of[number].error) for of in comparison.means)]
        for patch in range(len(comparison.patches)):
            area = comparison.per_mm2(patch, number)
            row += [] if area is None else [with_error(*area)]
        for of in comparison.differences:
            row += [_ratio_in_words(of[number]), verdicts[of[number].verdict]]
        rows.append(row)
    return titles, rows


def _amount(comparison: Comparison, patch: int, number: int, element: str) -> str:
    """Return in words how much more or less a patch holds of an element."""
    difference, first = comparison.differences[patch - 1][number], comparison.patches[0]
    if difference.ratio is None or difference.ratio_error is None:
        if difference.value < 0:
            return _("less {element}").format(element=element)
        words = _("{element}, which is hardly seen in {first} ({ratio} times as much)")
        return words.format(element=element, first=first, ratio=_ratio_in_words(difference))
    if not comparison.is_seen(patch, number):
        words = _("no {element} that is seen (less than {limit} times as much)")
        return words.format(element=element, limit=_limit_in_words(difference.limits[1], upward=True))
    times = with_error(difference.ratio, difference.ratio_error)
    return _("{times} times as much {element}").format(times=times, element=element)


def _ratio_in_words(difference: Difference) -> str:
    """Return a ratio with its error; where the first patch has too little, what it is at least."""
    if difference.ratio is not None and difference.ratio_error is not None:
        return with_error(difference.ratio, difference.ratio_error)
    if difference.verdict == TOO_LITTLE or difference.limits[0] <= 1:
        return "–"
    return _("at least {limit}").format(limit=_limit_in_words(difference.limits[0], upward=False))


def _limit_in_words(limit: float, *, upward: bool) -> str:
    """Return a limit with two digits, rounded to the side on which it holds.

    Examples
    --------
    >>> _limit_in_words(0.0321, upward=True), _limit_in_words(18.9, upward=False)
    ('0.033', '18')
    """
    digits = 1 - floor(log10(limit))
    rounded = (ceil if upward else floor)(limit * 10.0**digits) / 10.0**digits
    return f"{rounded:.{max(0, digits)}f}"


def _listed(names: Iterable[str]) -> str:
    """Return names as "Fe", "Fe and Mn" or "Fe, Mn and Cu"; beyond six their number."""
    listed = list(names)
    if len(listed) > MAX_NAMED:
        left = len(listed) - MAX_NAMED + 1
        listed = [*listed[: MAX_NAMED - 1], _("{count} others").format(count=left)]
    if len(listed) < 2:
        return "".join(listed)
    return _("{several} and {last}").format(several=", ".join(listed[:-1]), last=listed[-1])
