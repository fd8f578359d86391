"""The knowledge: value sets, drug names, units and services as reviewed text, loaded once and frozen.

Every row says where it comes from (`provenance/sources.csv`). `build` checks all of it and makes one compact table;
`load()` reads that and gives a `Knowledge`, which answers questions about codes and words. Codes that need a license
stand apart in `licensed/`, and a site can switch them off. Nothing here reads a clock, draws a number, logs or opens a
connection.
"""

from mappings.errors import MappingError
from mappings.knowledge import Knowledge
from mappings.load import load
from mappings.models import Code, DrugEntry, NamedDrug, ServiceEntry, Source, Unit

__all__ = ["Code", "DrugEntry", "Knowledge", "MappingError", "NamedDrug", "ServiceEntry", "Source", "Unit", "load"]
