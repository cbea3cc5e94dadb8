"""Says in a sentence what an indicator counts, so that anybody can judge the number without reading a query.

The sentence is put together from the indicator's own words where it brings them, and from the documented texts of the
columns where it does not. The sentence names the rows, the date that puts them in a period, the unit and the target.
"""

from collections.abc import Mapping
from decimal import Decimal

from mirylo.core.methodology.formulas import formula
from mirylo.core.methodology.model import (
    ColumnValue,
    Count,
    Direction,
    Indicator,
    Mean,
    Quantile,
    Share,
    Stock,
    Text,
    Unit,
)
from mirylo.core.methodology.phrases import say_column, say_constant, say_expression

__all__ = ["formula", "say", "say_expression"]

_BASES: Mapping[str, Text] = {
    "registered": Text("зареєстрованих у звітному періоді", "registered in the period"),
    "due": Text("строк яких спливає у звітному періоді", "due in the period"),
    "ready": Text("завершених у звітному періоді", "finished in the period"),
    "closed": Text("закритих у звітному періоді", "closed in the period"),
    "decided": Text("перше рішення в яких ухвалено у звітному періоді", "first decided in the period"),
    "notified": Text("про результат яких повідомлено у звітному періоді", "whose result was notified in the period"),
    "appeal_decided": Text(
        "першу скаргу за якими розглянуто у звітному періоді", "whose first appeal was decided in the period"
    ),
    "issued": Text("виданих у звітному періоді", "issued in the period"),
}
_UNITS: Mapping[Unit, Text] = {
    Unit.DAYS: Text("у днях", "in days"),
    Unit.HOURS: Text("у годинах", "in hours"),
    Unit.MINUTES: Text("у хвилинах", "in minutes"),
    Unit.SECONDS: Text("у секундах", "in seconds"),
}
# The genitive, which «до» and «від» ask for: of one (or a part), of many.
_UNITS_OF: Mapping[Unit, tuple[str, str]] = {
    Unit.CASES: ("справи", "справ"),
    Unit.TICKETS: ("талона", "талонів"),
    Unit.DAYS: ("дня", "днів"),
    Unit.HOURS: ("години", "годин"),
    Unit.MINUTES: ("хвилини", "хвилин"),
    Unit.SECONDS: ("секунди", "секунд"),
}
_GAP = "\u00a0"
"""No-break space, so that a number is never torn from its unit."""
_HYPHEN = "\u2011"
"""No-break hyphen, so that the ending of an ordinal is never torn from its number."""


def say(indicator: Indicator, language: str) -> str:
    """One sentence in `uk` or `en` that says what the indicator counts, when, in what unit, and its target.

    >>> from mirylo.core.methodology.model import Population
    >>> cases = Population("cases", Text("", ""), "cases", None, Text("справ", "cases"))
    >>> registered = Indicator("registered", Text("", ""), Text("", ""), cases, "registered", Count(), Unit.CASES,
    ...     Direction.NONE)
    >>> say(registered, "uk")
    'Кількість справ, зареєстрованих у звітному періоді.'
    >>> say(registered, "en")
    'The number of cases registered in the period.'
    """
    sentence = _uk(indicator) if language == "uk" else _en(indicator)
    if indicator.target is not None:
        sentence += f"; {_say_target(indicator, indicator.target, language)}"
    return sentence[0].upper() + sentence[1:] + "."


def _uk(indicator: Indicator) -> str:
    rows = _rows(indicator, "uk")
    match indicator.measure:
        case Count():
            return f"кількість {rows}"
        case Share(numerator):
            said = _own(indicator.words.numerator, "uk") or f"тих, для яких {say_expression(numerator, 'uk')}"
            return f"{_from_uk(rows)}, — частка (у відсотках) {said}"
        case Mean(of):
            return f"{_measured(indicator, of, 'uk')}, {_UNITS[indicator.unit].uk}: середнє для {rows}"
        case Quantile(of, q):
            is_median, percent = q == Decimal("0.5"), say_constant(q * 100, "uk")
            point = "медіана" if is_median else f"{percent}{_HYPHEN}й процентиль"
            share = "половина" if is_median else f"{percent}{_GAP}%"
            measured = _measured(indicator, of, "uk")
            return f"{measured}, {_UNITS[indicator.unit].uk}: {point} ({share} — не довше) для {rows}"
        case Stock():
            return f"станом на кінець звітного періоду — кількість {rows}"


def _en(indicator: Indicator) -> str:
    rows = _rows(indicator, "en")
    match indicator.measure:
        case Count():
            return f"the number of {rows}"
        case Share(numerator):
            said = _own(indicator.words.numerator, "en") or f"for which {say_expression(numerator, 'en')}"
            return f"of the {rows}, the share (in per cent) {said}"
        case Mean(of):
            return f"mean {_measured(indicator, of, 'en')}, {_UNITS[indicator.unit].en}, of the {rows}"
        case Quantile(of, q):
            is_median, percent = q == Decimal("0.5"), say_constant(q * 100, "en")
            point = "median" if is_median else f"{percent}th percentile of the"
            share = "half" if is_median else f"{percent}%"
            measured = _measured(indicator, of, "en")
            return f"{point} {measured}, {_UNITS[indicator.unit].en} ({share} take no longer), of the {rows}"
        case Stock():
            return f"at the end of the period, the number of {rows}"


def _rows(indicator: Indicator, language: str) -> str:
    """The rows counted: noun, what puts them in a period, and the indicator's own condition."""
    words, comma = indicator.words, "," if language == "uk" else ""
    noun = indicator.population.noun.in_(language)
    if isinstance(indicator.measure, Stock):
        said = [f"{noun}{comma}", _own(words.standing, language) or formula(indicator)]
    else:
        basis = _BASES.get(indicator.basis, Text(f"за датою {indicator.basis}", f"by {indicator.basis}"))
        said = [f"{noun}{comma}", basis.in_(language)]
    denominator = indicator.measure.denominator if isinstance(indicator.measure, Share) else None
    for condition, own in ((indicator.where, words.where), (denominator, words.denominator)):
        if condition is not None:
            only = Text("лише ті, для яких", "only those for which").in_(language)
            said.append(_own(own, language) or f"({only} {say_expression(condition, language)})")
    return " ".join(said)


def _own(words: Text | None, language: str) -> str:
    return words.in_(language) if words else ""


def _from_uk(rows: str) -> str:
    """«Зі справ», «з талонів»: «зі» stands before a hissing sound followed by another consonant."""
    is_heavy = rows.startswith(("с", "з", "ш", "щ")) and not rows[1:].startswith(tuple("аеєиіїоуюя"))
    return f"{'зі' if is_heavy else 'з'} {rows}"


def _measured(indicator: Indicator, of: ColumnValue, language: str) -> str:
    return _own(indicator.words.of, language) or say_column(of, language)


def _say_target(indicator: Indicator, target: Decimal, language: str) -> str:
    number = target * 100 if indicator.unit is Unit.PER_CENT else target
    said = say_constant(number, language)
    is_up = indicator.direction is Direction.HIGHER
    if indicator.unit is Unit.PER_CENT:
        said += f"{_GAP}%" if language == "uk" else "%"
    elif language == "uk":
        one, many = _UNITS_OF[indicator.unit]
        is_one = number != int(number) or (number % 10 == 1 and number % 100 != 11)
        said += f"{_GAP}{one if is_one else many}"
    else:
        said += f"{_GAP}{str(indicator.unit).removesuffix('s') if number == 1 else indicator.unit}"
    if language == "uk":
        return f"ціль — від {said} і вище" if is_up else f"ціль — до {said} включно"
    return f"target: {'at least' if is_up else 'at most'} {said}"
