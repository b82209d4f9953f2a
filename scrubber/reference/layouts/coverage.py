"""Medicare coverage articles: `current_article.zip`, in which `current_article_csv.zip` holds the files.

Articles belong to LCDs and NCDs and say which diagnoses a contractor covers for which codes, by groups.
Joined are the articles in force (status A), the contractors that wrote them, their codes and diagnoses.
The edition is the day on which the files were made; it answers from that day on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scrubber.reference.editing import FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, Read, Records, RowError, code, day, must_have
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period

_ARTICLES, _CONTRACTORS = "article.csv", "contractor.csv"
_WRITTEN_BY, _CODES = "article_x_contractor.csv", "article_x_hcpc_code.csv"
_DIAGNOSES = {"covered": "article_x_icd10_covered.csv", "noncovered": "article_x_icd10_noncovered.csv"}
_ZIP = "current_article_csv"
_ARTICLE = ("article_id", "article_version")
_CONTRACTOR = ("contractor_id", "contractor_type_id", "contractor_version")
_IN_FORCE = ("a", "active")

#: An article or a contractor, by its id and version.
_Key = tuple[str, ...]


@dataclass(slots=True)
class _Articles:
    """What was read so far: articles with their days, contractors' numbers, who wrote what."""

    days: dict[_Key, tuple[int, int]] = field(default_factory=dict)
    numbers: dict[_Key, str] = field(default_factory=dict)
    written_by: dict[_Key, list[str]] = field(default_factory=dict)

    def articles(self, text: NativeText) -> Iterator[NumberedRow | Note]:
        """Take the articles in force."""
        for line, cells in Records(text, (*_ARTICLE, "status", "article_eff_date", "article_end_date")):
            try:
                key, (status, begin, end) = _split(cells, 2)
                if status.lower() not in _IN_FORCE:
                    yield Note(line, "an article that is not in force", refused=False)
                    continue
                first = _day(begin, "article's effective date")
                self.days[key] = (first, _day(end, "article's end date") if end else FOR_EVER)
                yield Note(line, "an article", refused=False)
            except RowError as error:
                yield Note(line, str(error))

    def contractors(self, text: NativeText) -> Iterator[NumberedRow | Note]:
        """Take the numbers of contractors."""
        for line, cells in Records(text, (*_CONTRACTOR, "contractor_number")):
            try:
                key, (number,) = _split(cells, 3)
                self.numbers[key] = code(number, "contractor number", r"[A-Z0-9]{1,10}")
                yield Note(line, "a contractor", refused=False)
            except RowError as error:
                yield Note(line, str(error))

    def writers(self, text: NativeText) -> Iterator[NumberedRow | Note]:
        """Take who wrote which article."""
        for line, cells in Records(text, (*_ARTICLE, *_CONTRACTOR)):
            try:
                key, contractor = _split(cells, 2)
                if tuple(contractor) not in self.numbers:
                    raise RowError("the contractor is not in contractor.csv")
                self.written_by.setdefault(key, []).append(self.numbers[tuple(contractor)])
                yield Note(line, "who wrote an article", refused=False)
            except RowError as error:
                yield Note(line, str(error))

    def codes(self, text: NativeText) -> Iterator[NumberedRow | Note]:
        """Yield the codes that articles are about, once for each contractor."""
        for line, cells in Records(text, (*_ARTICLE, "hcpc_code_id", "hcpc_code_group")):
            try:
                key, (name, group) = _split(cells, 2)
                if key not in self.days:
                    yield Note(line, "a code of an article that is not in force", refused=False)
                    continue
                found = code(name, "procedure code")
                writers = self.written_by.get(key)
                if not writers:
                    raise RowError("no contractor wrote the article")
                for number in dict.fromkeys(writers):
                    yield line, (number, found, *self.days[key], key[0], group)
            except RowError as error:
                yield Note(line, str(error))

    def diagnoses(self, text: NativeText, group: str) -> Iterator[NumberedRow | Note]:
        """Yield the diagnoses of articles."""
        for line, cells in Records(text, (*_ARTICLE, "icd10_code_id", group)):
            try:
                key, (name, number) = _split(cells, 2)
                if key not in self.days:
                    yield Note(line, "a diagnosis of an article that is not in force", refused=False)
                    continue
                found = code(name.replace(".", ""), "diagnosis code", r"[A-Z0-9]{3,7}")
                yield line, (key[0], number, found, *self.days[key])
            except RowError as error:
                yield Note(line, str(error))


def _split(cells: list[str], at: int) -> tuple[_Key, list[str]]:
    if not cells:
        raise RowError("the record has fewer cells than the heading")
    trimmed = [cell.strip() for cell in cells]
    return tuple(trimmed[:at]), trimmed[at:]


def _day(text: str, what: str) -> int:
    """Return the day of a date and time written YYYY-MM-DD hh:mm:ss."""
    return day(text[:10].replace("-", ""), what)


def _period(text: NativeText) -> Period | None:
    return Period(text.made.isoformat(), text.made, text.made, None) if text.made else None


def _codes() -> Read:
    articles = _Articles()
    by_name = {
        _ARTICLES: articles.articles,
        _CONTRACTORS: articles.contractors,
        _WRITTEN_BY: articles.writers,
        _CODES: articles.codes,
    }
    return lambda text: by_name[text.name.lower()](text)


def _diagnoses(kind: str) -> Read:
    articles = _Articles()

    def read(text: NativeText) -> Iterator[NumberedRow | Note]:
        if text.name.lower() == _ARTICLES:
            return articles.articles(text)
        return articles.diagnoses(text, f"icd10_{kind}_group")

    return read


_OF_CODES = (_ARTICLES, _CONTRACTORS, _WRITTEN_BY, _CODES)

CODES = Layout(
    ("contractor", "code", "from", "to", "article", "group"),
    _codes,
    lambda name: name.lower() in (_ZIP, *_OF_CODES),
    _period,
    order=lambda name: _OF_CODES.index(name.lower()),
    one_row=False,
    must_be_all=must_have(_OF_CODES),
)


def _layout(kind: str) -> Layout:
    files = (_ARTICLES, _DIAGNOSES[kind])
    return Layout(
        ("article", "group", "diagnosis", "from", "to"),
        lambda: _diagnoses(kind),
        lambda name: name.lower() in (_ZIP, *files),
        _period,
        order=lambda name: files.index(name.lower()),
        must_be_all=must_have(files),
    )


COVERED = _layout("covered")
NONCOVERED = _layout("noncovered")
