"""The figures and sentences of a clinical rule, from a table by subject, parameter and rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, final

from thecal.care.advice import Cited, Disagreement
from thecal.data import Fact, FactValue, cached
from thecal.errors import DataError
from thecal.pharmacy import Stability
from thecal.pharmacy.lookup import Answers, by_key

V = TypeVar("V", bound=FactValue)


@cached
def _by_subject(table: str, key: str) -> dict[str, Answers]:
    return by_key(table, key)


@final
@dataclass(frozen=True, slots=True)
class Figures:
    """One table whose key columns are `key` (a subject or a rule), `parameter` and `rank`."""

    table: str
    key: str = "subject"

    def answers(self, subject: str) -> Answers:
        """Return every row of a subject by parameter; nothing where the table is silent."""
        return _by_subject(self.table, self.key).get(subject, {})

    def has(self, subject: str, parameter: str) -> bool:
        """Whether the table answers."""
        return parameter in self.answers(subject)

    def every(self, subject: str, parameter: str) -> tuple[Fact[FactValue], ...]:
        """Return every answer, the default first; raises `DataError` where there is none."""
        found = self.answers(subject).get(parameter)
        if not found:
            raise DataError(
                f"{self.table}.csv has no {subject} {parameter}", remedy="restore the row"
            )
        return found

    def get(self, subject: str, parameter: str, kind: type[V]) -> Fact[V]:
        """Return the default answer; raises `DataError` if it is missing or no `kind`."""
        return self.every(subject, parameter)[0].of_kind(kind)

    def text(self, subject: str, parameter: str) -> str:
        """Return the default answer in words; raises `DataError` if there are none."""
        return self.get(subject, parameter, str).value

    def cited(self, subject: str, *parameters: str) -> tuple[Cited, ...]:
        """Return the default answers, each named by what it is."""
        return tuple(
            _named(subject, parameter, self.every(subject, parameter)[0])
            for parameter in parameters
        )

    def disagreement(
        self, question: str, subject: str, parameter: str, *, used: bool = True
    ) -> Disagreement:
        """Return every answer to a question on which the sources differ, the default first."""
        answers = tuple(_named(subject, parameter, one) for one in self.every(subject, parameter))
        return Disagreement(question, answers, used=used)


def cited_stability(one: Stability) -> Cited:
    """Return how long a mixture keeps, named by its drugs, its condition and what was left."""
    return Cited(f"{'+'.join(sorted(one.drugs))}, {one.condition}, {one.endpoint}", one.fact)


def _named(subject: str, parameter: str, fact: Fact[FactValue]) -> Cited:
    words = parameter if subject == "any" else f"{subject}: {parameter}"
    note = f" ({fact.note})" if fact.note else ""
    return Cited(f"{words.replace('-', ' ')}{note}", fact)
