"""Medicines that orders of services name: an infusion, an injection into a joint.

Laboratories measure drugs and clinics teach about them: an order gives what it names where it says so, where the name
is a code of a drug, or where nobody measures such a drug.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.from_fhir.recognition import may_give, recognize, texts_of
from cds_hooks.snapshot.medication import Medicine
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup
from cds_hooks.wire import fhir
from mappings import systems
from mappings.text import fold

_GIVEN = re.compile(
    r"\b(?:infus\w*|perfus\w*|inject\w*|injekt\w*|iniezion\w*|inyeccion\w*|infiltr\w*|administ\w*|give[ns]?|therap\w*"
    r"|treatment|terapia|traitement|tratamiento|iv|sc|im|intra-?ven\w*|intra-?musc\w*|subcut\w*|tablets?|capsules?)\b"
)
_ABOUT = re.compile(
    r"\b(?:levels?|assay|serum|plasma|\w*spiegel|screen\w*|measure\w*|concentration|antibod\w*|anti-?xa|education"
    r"|teaching|counsel\w*|aufklarung|reversal|allerg\w*|desensiti\w*)\b"
)
_JOINT = re.compile(
    r"\b(?:intra-?arti[ck]\w*|peri-?arti[ck]\w*|articul\w*|joints?|gelenk\w*|burs\w*|tendon\w*|peritend\w*|knee|hip"
    r"|shoulder|ankle|knie\w*|huft\w*|schulter\w*|sprunggelenk\w*|genou|hanche|rodilla|cadera|ginocchio|anca)\b"
)
_INTO_THE_BODY = re.compile(r"\b(?:infus\w*|perfus\w*|iv|intra-?ven\w*|im|intra-?musc\w*|depot)\b")
_INTO_A_JOINT = fhir.Dosage(route=fhir.CodeableConcept(text="intra-articular"))
_IMAGING = frozenset(
    {Concept.MRI_ANY, Concept.CT_ANY, Concept.XRAY_ANY, Concept.NUCLEAR_MEDICINE, Concept.BONE_SCAN, Concept.DXA}
)
STEROIDS = frozenset({DrugGroup.GLUCOCORTICOID_SYSTEMIC, DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION})
_NEVER_MEASURED = STEROIDS | {DrugGroup.PROSTACYCLIN, DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB}


def medicine_ordered(
    what: Sequence[fhir.CodeableConcept], concepts: frozenset[Concept], lookups: Lookups
) -> Medicine | None:
    """The medicine that a service gives; None where it gives none. A steroid into or around a joint is local."""
    if not any(may_give(concept, lookups) for concept in what):
        return None
    if not _IMAGING.isdisjoint(concepts) or any(_is_laboratory(concept) for concept in what):
        return None
    medicine = recognize(what, (), lookups)
    said = " ".join(fold(text) for text in texts_of(what))
    if not medicine.drugs or _ABOUT.search(said) or not (_GIVEN.search(said) or _surely_given(medicine)):
        return None
    return recognize(what, (_INTO_A_JOINT,), lookups) if _into_a_joint(medicine, said) else medicine


def _is_laboratory(concept: fhir.CodeableConcept) -> bool:
    return any(systems.normalize_system(coding.system or "") == systems.LOINC for coding in concept.coding or ())


def _surely_given(medicine: Medicine) -> bool:
    return any(drug.group in _NEVER_MEASURED or drug.certainty is Certainty.CODE for drug in medicine.drugs)


def _into_a_joint(medicine: Medicine, said: str) -> bool:
    steroid = all(drug.group in STEROIDS for drug in medicine.drugs)
    return steroid and bool(_JOINT.search(said)) and not _INTO_THE_BODY.search(said)
