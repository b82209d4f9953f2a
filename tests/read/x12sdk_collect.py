"""Values of x12sdk under our names: the parts that occur in many places of a claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.read import x12sdk_names as names
from tests.read.x12sdk_names import Rows
from tests.read.x12sdk_trees import Transaction, Tree, loops, segments


def number_text(value: Any) -> str:
    """Return a number plainly, without zeros at its end; text that is none, as it is."""
    try:
        return format(Decimal(value).normalize(), "f")
    except InvalidOperation:
        return str(value)


def date_text(value: Any) -> str:
    """Return a date of a model, or the text of one, as ISO."""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    try:
        return dt.datetime.strptime(value[:8], "%Y%m%d").date().isoformat()
    except ValueError:
        return str(value)


def _hour(dtp: Tree) -> Any:
    """Return HHMM of a date and time, or of a time alone (which x12sdk's model reads as nothing)."""
    value = dtp["date_time_period"]
    form = dtp["date_time_period_format_qualifier"]
    if form == "DT":
        return value.strftime("%H%M") if isinstance(value, dt.datetime) else value[8:]
    return value if form == "TM" else None


class Collector:
    """Collects the values of one claim, and knows the parts that occur in many places."""

    def __init__(self, transaction: Transaction) -> None:
        self.top = transaction.tree
        self.component = transaction.component  # x12sdk splits the composites of HI, and no others
        self.found: dict[str, str] = {}

    def put(self, path: str, value: Any) -> None:
        """Keep a value under its path, whose last letter says what it is."""
        if value in (None, ""):
            return
        path, kind = (path[:-1], path[-1]) if path[-1] in "#@" else (path, "")
        text = number_text(value) if kind == "#" else date_text(value) if kind == "@" else str(value).strip()
        if text:
            self.found[path] = text

    def put_date(self, path: str, dtp: Tree) -> None:
        """Keep a date, or both ends of a span."""
        value = dtp["date_time_period"]
        if isinstance(value, str) and "-" in value:
            start, end = value.split("-", 1)
            self.put(f"{path}.from@", start)
            self.put(f"{path}.through@", end)
        elif path.endswith(("service_date", "disability_period", "statement_period")):
            self.put(f"{path}.from@", value)
        else:
            self.put(f"{path}@", value)

    def put_all(self, path: str, values: list[Any]) -> None:
        for i, value in enumerate([v for v in values if v]):
            self.put(f"{path}[{i}]", value)

    def rows(self, prefix: str, loop: Tree, rows: Rows) -> None:
        for name, places in rows.items():
            for segment in segments(loop, name)[:1]:
                for path, key in places:
                    self.put(prefix + path, segment.get(key))

    def items(self, prefix: str, loop: Tree, rows: Rows) -> None:
        for name, places in rows.items():
            for i, segment in enumerate(segments(loop, name)):
                for path, key in places:
                    self.put(f"{prefix}[{i}].{path}", segment.get(key))

    def qualified(self, prefix: str, loop: Tree, name: str, words: Mapping[str, str], kind: str = "") -> None:
        """Keep the REF, AMT or QTY of a loop under the names of their qualifiers; the last one counts."""
        for segment in segments(loop, name):
            _, key, value, *_ = [k for k in segment if k != "delimiters"]
            path = words.get(segment[key])
            if path and not segment.get("cut"):
                self.put(f"{prefix}{path}{kind}", segment[value])

    def dates(self, prefix: str, loop: Tree) -> None:
        for dtp in segments(loop, "dtp"):
            hour = _hour(dtp)
            name = names.DATES.get(dtp["date_time_qualifier"], "")
            if hour:
                self.put(prefix + name.replace("_date", "_hour"), hour)
            if dtp["date_time_period_format_qualifier"] != "TM":
                self.put_date(prefix + name, dtp)

    def address(self, prefix: str, loop: Tree) -> None:
        for n3 in segments(loop, "n3")[:1]:
            self.put_all(f"{prefix}.lines", [n3.get(f"address_information_{i}") for i in (1, 2)])
        self.rows(f"{prefix}.", loop, names.N4)

    def ids(self, prefix: str, loop: Tree, but: str = "") -> None:
        refs = [
            r for r in segments(loop, "ref") if r["reference_identification_qualifier"] not in but.split()
        ]
        self.items(f"{prefix}.secondary_ids", {"ref_segment": refs}, names.ID)

    def contact(self, prefix: str, loop: Tree) -> None:
        for per in segments(loop, "per"):
            self.put(f"{prefix}.contact_name", per.get("name"))
            for i in (1, 2, 3):
                name = names.CONTACTS.get(per.get(f"communication_number_qualifier_{i}") or "")
                if name:
                    self.put(f"{prefix}.{name}", per.get(f"communication_number_{i}"))

    def identifier(self, path: str, loop: Tree, *qualifiers: str) -> None:
        for nm1 in segments(loop, "nm1"):
            if nm1.get("identification_code_qualifier") in qualifiers:
                self.put(path, nm1.get("identification_code"))

    def providers(self, prefix: str, parent: Tree, start: str) -> None:
        """Keep the providers of the loops whose name begins so."""
        for key in [str(getattr(k, "value", k)) for k in parent]:
            for loop in loops(parent, key) if key.startswith(start) else ():
                for nm1 in segments(loop, "nm1")[:1]:
                    name = names.PROVIDERS.get(nm1["entity_identifier_code"])
                    if name:
                        self.provider(prefix + name, loop)

    def provider(self, prefix: str, loop: Tree) -> None:
        self.rows(f"{prefix}.", loop, names.PERSON)
        self.identifier(f"{prefix}.npi", loop, "XX")
        for prv in segments(loop, "prv"):
            self.put(f"{prefix}.taxonomy", prv.get("reference_identification"))
        self.address(f"{prefix}.address", loop)
        self.ids(prefix, loop)
        self.contact(prefix, loop)

    def composite(self, prefix: str, text: Any) -> None:
        """Keep a procedure: qualifier, code, up to four modifiers, description."""
        parts = [*(text or "").split(self.component), *[""] * 7]
        self.put(f"{prefix}procedure.qualifier", parts[0])
        self.put(f"{prefix}procedure.code", parts[1])
        self.put_all(f"{prefix}modifiers", parts[2:6])
        self.put(f"{prefix}procedure.description", parts[6])

    def adjustments(self, prefix: str, loop: Tree) -> None:
        count = 0
        for cas in segments(loop, "cas"):
            for i in range(1, 7):
                if not cas.get(f"adjustment_reason_code_{i}"):
                    continue
                at = f"{prefix}adjustments[{count}]"
                self.put(f"{at}.group", cas["adjustment_group_code"])
                self.put(f"{at}.reason", cas[f"adjustment_reason_code_{i}"])
                self.put(f"{at}.amount#", cas.get(f"monetary_amount_{i}"))
                self.put(f"{at}.quantity#", cas.get(f"quantity_{i}"))
                count += 1
