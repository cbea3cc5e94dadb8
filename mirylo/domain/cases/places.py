"""Says where the access point of a case belonged on the day of registration, and what sort of access point it is."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Any

from mirylo.domain.registers.models import Territory
from mirylo.domain.registers.rules import Place, access_point_places


@dataclass(frozen=True)
class Places:
    """Places by access point, each with the days from which it holds, and what lies above each territory named."""

    days: dict[str, list[date]]
    places: dict[str, list[Place]]
    above: dict[str, tuple[str, str | None, str | None]]

    @classmethod
    def read(cls) -> "Places":
        """Read the registers."""
        places = access_point_places()
        days = {code: [place.valid_from or date.min for place in some] for code, some in places.items()}
        return cls(days, places, {})

    def complete(self, row: dict[str, Any]) -> None:
        """Fill in territory and kind of a row; what the register knows stands above what the source said."""
        code, on = row["centre"], row.get("registered_on") or row.get("issued_on") or date.max
        if some := self.places.get(code):
            place = some[max(0, bisect_right(self.days[code], on) - 1)]
            row["hromada"], row["raion"], row["oblast"] = place.hromada, place.raion, place.oblast
            row["access_point_kind"] = place.kind
        elif row["hromada"] is not None and row["oblast"] is None:
            row["oblast"], row["raion"], row["hromada"] = self._above(row["hromada"])

    def _above(self, code: str) -> tuple[str | None, str | None, str | None]:
        """Oblast, raion and community of a code that a source named; a code that is not known stays as it is."""
        if code not in self.above:
            found = Territory.objects.filter(pk=code).values_list("oblast", "raion", "hromada").first()
            self.above[code] = found or (None, None, code)
        return self.above[code]
