"""Places of the body as rules tell them apart (rule specification 0.2, SITE)."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.snapshot.report_text.model import ELSEWHERE, Region, Side


@dataclass(frozen=True, slots=True)
class Site:
    """A region of the body and a side; None where it is not said."""

    region: Region | None = None
    side: Side | None = None

    @property
    def known(self) -> bool:
        return self.region is not None and self.region not in ELSEWHERE

    def same_as(self, other: Site) -> bool:
        """Same region, and the same side or one that is not said. An unknown or other region matches nothing."""
        return self.known and self.alike(other)

    def alike(self, other: Site) -> bool:
        """The same, where "other" counts as a region: the thigh or the lower leg, when both are of the lower limb."""
        if self.region is None or self.region is not other.region:
            return False
        sides = {self.side, other.side}
        return len(sides) == 1 or None in sides or Side.BOTH in sides

    def may_be(self, other: Site) -> bool:
        """The same site, or one of the two is not said: for rules that say that an unknown site counts."""
        return not self.known or not other.known or self.same_as(other)


ANYWHERE = Site()
