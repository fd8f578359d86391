"""A whole library of a few rows, written into a folder: to be loaded, changed and broken."""

from __future__ import annotations

from pathlib import Path

from mappings import layout

DRUG = "system,code,ingredient,route,dose_form,combination,display,provenance,status"
DRUG_NAME = "name,ingredient,kind,language,provenance"
VALUE_SET = "system,code,match,display,provenance,status"
CONDITION_NAME = "name,match,language,provenance"
PHRASE = "phrase,language,provenance"
ROUTE_NAME = "name,language,provenance"

FILES: dict[str, tuple[str, ...]] = {
    layout.SOURCES: (
        "key,title,publisher,release,license",
        "editorial,Own words,Marrow,1,Apache-2.0",
        "table,A published table,A publisher,2026,public domain",
    ),
    "drugs/anticoagulant.csv": (
        DRUG,
        "ndc,00003089421,apixaban,oral,Oral Tablet,no,rxnorm 1364445,table,current",
        "rxnorm,1364445,apixaban,oral,Oral Tablet,no,apixaban 5 MG Oral Tablet,table,current",
        "rxnorm,855332,warfarin,oral,Oral Tablet,no,warfarin sodium 5 MG Oral Tablet,table,current",
    ),
    "drugs/anticoagulant_flush.csv": (DRUG, "rxnorm,1362062,heparin,parenteral,,no,heparin flush,table,current"),
    "drugs/prostacyclin.csv": (DRUG, "rxnorm,40138,iloprost,unspecified,,no,iloprost,table,current"),
    "licensed/atc/drugs/anticoagulant.csv": (
        DRUG,
        "atc,B01AA03,warfarin,unspecified,,no,warfarin,table,current",
        "atc,B01AB,(class),unspecified,,unknown,Heparin group,table,current",
    ),
    "licensed/snomed_ct/drugs/prostacyclin.csv": (
        DRUG,
        "sct,395740008,iloprost,unspecified,,no,Iloprost,table,current",
    ),
    "lexicon/drug_names/anticoagulant.csv": (
        DRUG_NAME,
        "Coumadin,warfarin,brand,en-US,editorial",
        "warfarin,warfarin,generic,en,editorial",
    ),
    "lexicon/drug_names/anticoagulant_flush.csv": (DRUG_NAME, "heparin lock,(class),class-name,en,editorial"),
    "lexicon/drug_names/anticoagulant_vague.csv": (DRUG_NAME, "blood thinner,(class),class-name,en,editorial"),
    "lexicon/drug_names/prostacyclin.csv": (DRUG_NAME, "iloprost,iloprost,generic,en,editorial"),
    "value_sets/inr.csv": (VALUE_SET, "loinc,6301-6,exact,INR,table,current"),
    "value_sets/pregnancy.csv": (
        VALUE_SET,
        "icd10,O24,prefix,,table,current",
        "icd10cm,O24,prefix,Diabetes in pregnancy,table,current",
        "icd10cm,Z33.1,exact,Pregnant state,table,current",
    ),
    "value_sets/not_pregnancy.csv": (VALUE_SET, "icd10cm,O24.43,prefix,Diabetes after it,table,current"),
    "licensed/snomed_ct/value_sets/pregnancy.csv": (VALUE_SET, "sct,77386006,exact,Pregnant,table,current"),
    "licensed/snomed_ct/value_sets/route_oral.csv": (VALUE_SET, "sct,26643006,exact,Oral route,table,current"),
    "lexicon/condition_names/bone_marrow_edema.csv": (CONDITION_NAME, "bone marrow edema,words,en,editorial"),
    "lexicon/condition_names/pregnancy.csv": (CONDITION_NAME, "pregnant,whole,en,editorial"),
    "lexicon/route_names/oral.csv": (ROUTE_NAME, "by mouth,en,editorial"),
    "lexicon/words/clause_break.csv": (PHRASE, "but,en,editorial"),
    "lexicon/words/heparin_flush.csv": (PHRASE, "line patency,en,editorial"),
    "lexicon/words/negation.csv": (PHRASE, "no,en,editorial"),
    "lexicon/report/edema.csv": (PHRASE, "Knochenmarködem,de,editorial", "marrow edema,en,editorial"),
    layout.UNITS: (
        "spelling,canonical,factor,kind,provenance,plausible_low,plausible_high",
        "mL/min,mL/min,1,egfr,editorial,1,200",
    ),
    layout.SERVICES: (
        "name,resource_type,system,code,display,text,provenance",
        "inr_test,ServiceRequest,loinc,6301-6,INR,INR,table",
        "crutches,DeviceRequest,sct,74566002,Crutch,Crutches,table",
        "reminder,Task,,,,Reminder,editorial",
    ),
}
_HEADERS = {
    layout.DRUGS: DRUG,
    layout.DRUG_NAMES: DRUG_NAME,
    layout.VALUE_SETS: VALUE_SET,
    layout.CONDITION_NAMES: CONDITION_NAME,
    layout.ROUTE_NAMES: ROUTE_NAME,
    layout.WORDS: PHRASE,
}


def a_library(root: Path) -> Path:
    """Write the library and give its folder. What must be there and has no row above is there without rows."""
    for kind, names in layout.REQUIRED.items():
        for name in names:
            write(root, layout.file_of(kind, name), _HEADERS[kind])
    for file, lines in FILES.items():
        write(root, file, *lines)
    return root


def write(root: Path, file: str, *lines: str) -> None:
    """Put these lines into a file, in place of what it held."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def append(root: Path, file: str, line: str) -> None:
    """Add a line at the end of a file."""
    with (root / file).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
