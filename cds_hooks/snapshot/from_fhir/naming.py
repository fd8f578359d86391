"""Which medicines a text names, and whether it says that they are given, were stopped, or are not given at all.

"no warfarin" and "allergy: heparin" name nothing that is given. "warfarin - stopped" and "d/c warfarin" are uncertain:
the order stands in the list although its text says otherwise, and a medicine that was just stopped may still act.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_hooks.snapshot.from_fhir.reader import Lookups
from mappings.models import DrugEntry, NamedDrug
from mappings.text import fold

Drugs = tuple[DrugEntry, ...]

# All words below are folded: lower case, no accents.
_STOPPED = (
    r"stopped|discontinued|d/c(?:'?e?d)?|dc'd|dced|ceased|withdrawn|held|on hold|paused|suspended|completed|declined"
    r"|refused|not tak(?:en|ing)|no longer [a-z]+(?: on)?|reversal|antidote|instead of|declines"
    r"|abgesetzt|pausiert|gestoppt|beendet|abgelehnt|nicht (?:mehr )?(?:ein)?genommen"
    r"|arretee?s?|arret d[eu]|suspendue?s?|interrompue?s?|sospes[oa]|interrott[oa]"
    r"|suspendid[oa]|retirad[oa]|descontinuad[oa]"
)
_DENIED = (
    r"allerg(?:y|ies|ic|ie|ien|isch|ique|ia|ie|ico|ica)|alergi(?:a|as|co|ca)|intoleran(?:ce|t)"
    r"|unvertraglichkeit|induced|contraindicated|kontraindiziert"
)
_CUE = re.compile(rf"(?<![a-z])(?:(?P<stopped>{_STOPPED})|(?P<denied>{_DENIED}))(?![a-z])")
# "not stopped", "to be stopped", "until stopped": nothing was stopped yet.
_NOT_YET = re.compile(
    r"(?:\b(?:not|never|be|until|if|unless|when|before|once|after|nicht|non|no|pas))\s+(?:yet\s+|been\s+)?$"
)
_NO = re.compile(r"\s*(?:no|none|never|nein|nie|non|jamais|mai|nunca)\s*")
_ANEW = re.compile(r"\b(?:start\w*|beg[ai]n\w*|on|but|now|then|instead|continu\w*|switch\w*|resum\w*|takes)\b")
_BARE = re.compile(r"[\s\d/-]*(?:(?:was|were|is|has|have|had|been|now|since|therapy|treatment|wurde|a ete)\s+)*")
_BARE_REST = re.compile(
    r"(?:\s+(?:on|since|in|by|per|due|because|for|after|at|am|seit|wegen|nach|le|el|il)\b.*)?[\s\d/-]*"
)
_CLAUSES = re.compile(r"([;:,!?()\[\]\n\r]|\.(?!\w)|\s[-–—]+\s)")


@dataclass(frozen=True, slots=True)
class Named:
    """What texts name: given, said to be stopped, and denied ("allergic to")."""

    given: Drugs = ()
    stopped: Drugs = ()
    denied: Drugs = ()

    def __bool__(self) -> bool:
        return bool(self.given or self.stopped or self.denied)


def named(texts: Iterable[str], lookups: Lookups) -> Named:
    """All texts of one medicine together: what one of them says was stopped is uncertain, whatever another says.

    So is what one names and another denies.
    """
    parts = [_in_text(text, lookups) for text in texts]
    given = [entry for part in parts for entry in part.given]
    denied = [entry for part in parts for entry in part.denied]
    doubted = _drugs([entry for part in parts for entry in part.stopped]) | (_drugs(given) & _drugs(denied))
    everything = [*given, *(entry for part in parts for entry in part.stopped)]
    return Named(
        tuple(entry for entry in given if _drug(entry) not in doubted),
        tuple(entry for entry in everything if _drug(entry) in doubted),
        tuple(entry for entry in denied if _drug(entry) not in doubted),
    )


def _drug(entry: DrugEntry) -> tuple[str, str]:
    return entry.group, entry.ingredient


def _drugs(entries: Iterable[DrugEntry]) -> set[tuple[str, str]]:
    return {_drug(entry) for entry in entries}


def _in_text(text: str, lookups: Lookups) -> Named:
    mentioned = _entries(lookups.drugs_mentioned(text))
    if not mentioned:
        return Named()
    plain = fold(text)
    given = _entries(lookups.drugs_named(text))
    if _CUE.search(plain) or any(_NO.fullmatch(clause) for clause in _CLAUSES.split(plain)):
        return _by_clauses(plain, lookups)
    return Named(given, denied=tuple(entry for entry in mentioned if entry not in given))


@dataclass(slots=True)
class _Tally:
    """Grows clause by clause; `last` are the drugs of the clause before, that a bare "stopped" is about."""

    given: list[DrugEntry]
    stopped: list[DrugEntry]
    denied: list[DrugEntry]
    last: Drugs = ()

    def mark(self, drugs: Drugs, cue: re.Match[str]) -> None:
        (self.stopped if cue["stopped"] else self.denied).extend(drugs)


def _by_clauses(plain: str, lookups: Lookups) -> Named:
    tally = _Tally([], [], [])
    ahead: re.Match[str] | None = None  # "stopped:" is about what follows
    for clause, mark in _clauses(plain):
        cue = _cue(clause)
        mentioned = _entries(lookups.drugs_mentioned(clause))
        if cue and mentioned:
            _split(clause, cue, tally, lookups)
        elif cue and mark == ":" and not tally.last and not clause[cue.end() :].strip():
            ahead = cue
            continue
        elif (cue and _bare(clause, cue)) or _NO.fullmatch(clause):
            _take_back(tally, cue)
        elif ahead and mentioned:
            tally.mark(mentioned, ahead)
        else:
            given = _entries(lookups.drugs_named(clause))
            tally.given.extend(given)
            tally.denied.extend(entry for entry in mentioned if entry not in given)
        tally.last = mentioned or tally.last
        ahead = None
    return Named(tuple(tally.given), tuple(tally.stopped), tuple(tally.denied))


def _bare(clause: str, cue: re.Match[str]) -> bool:
    """Nothing stands beside the cue but small words and dates."""
    return bool(_BARE.fullmatch(clause[: cue.start()]) and _BARE_REST.fullmatch(clause[cue.end() :]))


def _clauses(plain: str) -> Iterator[tuple[str, str]]:
    """Each clause with the mark that ends it."""
    parts = _CLAUSES.split(plain)
    for clause, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if clause.strip():
            yield clause, mark.strip()


def _cue(clause: str) -> re.Match[str] | None:
    found = (cue for cue in _CUE.finditer(clause) if not _NOT_YET.search(clause[: cue.start()]))
    return next(found, None)


def _split(clause: str, cue: re.Match[str], tally: _Tally, lookups: Lookups) -> None:
    """The cue is about the names before it; with none there, about those behind it that are not named anew."""
    before = _entries(lookups.drugs_mentioned(clause[: cue.start()]))
    behind = clause[cue.end() :]
    mentioned = _entries(lookups.drugs_mentioned(behind))
    asserted = _entries(lookups.drugs_named(clause))
    if cue["stopped"]:
        about = tuple(each for each in mentioned if each not in asserted or not _ANEW.search(behind))
    else:  # "allergic to aspirin takes warfarin": an allergy is about the word behind it
        next_words = _entries(lookups.drugs_mentioned(" ".join(behind.split()[:2])))
        about = tuple(each for each in mentioned if each not in asserted or each in next_words)
    tally.mark(before, cue)
    tally.mark(about, cue)
    tally.given.extend(each for each in mentioned if each not in about)


def _take_back(tally: _Tally, cue: re.Match[str] | None) -> None:
    """A clause of its own, "warfarin (stopped)" or "warfarin: no", is about the clause before."""
    taken = tuple(entry for entry in tally.given if entry in tally.last)
    tally.given = [entry for entry in tally.given if entry not in taken]
    (tally.stopped if cue and cue["stopped"] else tally.denied).extend(taken)


def _entries(found: tuple[NamedDrug, ...]) -> Drugs:
    return tuple(named.entry for named in found)
