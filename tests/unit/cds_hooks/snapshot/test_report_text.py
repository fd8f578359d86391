import pytest

from cds_hooks.snapshot.report_text import (
    Assertion,
    Finding,
    FractureKind,
    Mention,
    Pattern,
    Region,
    ReportReader,
    ReportReading,
    Side,
)
from cds_hooks.snapshot.report_text.lexicon import level_name
from mappings.load import load


@pytest.fixture(scope="module")
def reader() -> ReportReader:
    return ReportReader(load().report_lists)


def mentions(reader: ReportReader, text: str) -> list[str]:
    return [f"{each.finding} {each.assertion}" for each in reader.read(text, of_mri=True).mentions]


def only(reader: ReportReader, text: str) -> Mention:
    (mention,) = reader.read(text, of_mri=True).mentions
    return mention


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marrow edema of the lunate.", ["marrow_edema present"]),
        ("Edema of the lunate.", ["marrow_edema present"]),
        ("Lunate: mild edema.", ["marrow_edema present"]),
        ("Edema around the lunate.", []),
        ("Soft tissue edema at the lunate.", []),
        ("Edema.", []),
        ("Collapse of the right femoral head.", ["osteonecrosis_sign present"]),
        ("Collapse of the lung.", []),
        ("Normal marrow signal.", ["marrow_edema absent"]),
        ("No normal marrow signal.", []),
        ("Chronic nonbacterial osteomyelitis.", []),
    ],
)
def test_edema_needs_a_bone_and_collapse_a_joint_surface(reader: ReportReader, text: str, expected: list[str]) -> None:
    assert mentions(reader, text) == expected


def test_abbreviations_count_only_in_a_report_of_an_mr_study(reader: ReportReader) -> None:
    assert reader.read("BME of the talus.", of_mri=True).verdict(Finding.MARROW_EDEMA) is Assertion.PRESENT
    assert reader.read("BME of the talus.", of_mri=False).mentions == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No fracture or mass.", ["fracture absent", "mass absent"]),
        ("No fracture, mass.", ["fracture absent", "mass present"]),
        ("No fracture, mass, or cyst.", ["fracture absent", "mass absent"]),
        ("No fracture, dislocation or effusion.", ["fracture absent", "effusion absent"]),
        (
            "No fracture, mass of the deep posterior compartment, or effusion.",
            ["fracture absent", "mass present", "effusion present"],
        ),
        ("No fracture; mass or effusion.", ["fracture absent", "mass present", "effusion present"]),
        ("No fracture, prior effusion or mass.", ["fracture absent", "effusion historical", "mass historical"]),
        ("No tear of the long head of the biceps or effusion, mass.", ["effusion absent", "mass present"]),
        ("No fracture but effusion.", ["fracture absent", "effusion present"]),
        ("No sign of infection, such as an abscess.", ["soft_tissue_infection absent"]),
        ("Effusion (no fracture) and mass.", ["effusion present", "fracture absent", "mass present"]),
        ("No infection (osteomyelitis or abscess).", ["osteomyelitis absent", "soft_tissue_infection absent"]),
        ("Effusion) and fracture.", ["effusion present", "fracture present"]),
        ("Effusion: none.", ["effusion absent"]),
        ("Fracture: no, effusion.", ["fracture absent", "effusion present"]),
        ("Fracture, excluded; effusion.", ["fracture absent", "effusion present"]),
        ("Marrow edema was seen but has resolved.", ["marrow_edema historical"]),
        ("Fracture or effusion is not seen.", ["fracture absent", "effusion absent"]),
        ("Fracture and effusion are not seen.", ["fracture absent", "effusion absent"]),
        ("Fracture with effusion is not seen.", ["fracture present", "effusion absent"]),
        ("Not seen.", []),
        (
            "Fracture of the long bone that was examined here in all three planes with many thin slices is not seen.",
            ["fracture present"],
        ),
    ],
)
def test_a_negation_reaches_to_the_end_of_its_scope(reader: ReportReader, text: str, expected: list[str]) -> None:
    assert mentions(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Possible fracture with effusion.", ["fracture uncertain", "effusion present"]),
        ("Possible fracture or mass.", ["fracture uncertain", "mass uncertain"]),
        ("Possible fracture and mass.", ["fracture uncertain", "mass uncertain"]),
        ("Possible tear of the far end of the medial meniscus beside a fracture.", ["fracture present"]),
        ("Suspicion of: fracture.", ["fracture uncertain"]),
        ("Fracture versus mass.", ["fracture uncertain", "mass uncertain"]),
        ("Versus mass.", ["mass uncertain"]),
        ("Differential diagnosis: osteonecrosis, fracture.", ["osteonecrosis uncertain", "fracture uncertain"]),
        ("Fracture?", ["fracture uncertain"]),
        ("? Fracture.", ["fracture uncertain"]),
        ("Fracture is possible.", ["fracture uncertain"]),
        ("Fracture not excluded.", ["fracture uncertain"]),
        ("Fracture excluded.", ["fracture absent"]),
        ("Probably no fracture.", ["fracture uncertain"]),
        ("No suspicious mass.", ["mass absent"]),
    ],
)
def test_doubt_belongs_to_the_finding_beside_it(reader: ReportReader, text: str, expected: list[str]) -> None:
    assert mentions(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Resolved effusion.", ["effusion historical"]),
        ("Effusion resolved.", ["effusion historical"]),
        ("Effusion of the knee resolved.", ["effusion historical"]),
        ("Resolved.", []),
        ("Resolved, effusion.", ["effusion present"]),
        ("Resolved in the course of several months effusion.", ["effusion historical"]),
        ("Old fracture and effusion.", ["fracture historical", "effusion historical"]),
        ("Old fracture with effusion.", ["fracture historical", "effusion present"]),
        ("Old fracture, normal marrow signal.", ["fracture historical", "marrow_edema absent"]),
        ("History of fracture with effusion.", ["fracture historical", "effusion historical"]),
        ("Previously seen effusion has decreased.", ["effusion present"]),
        ("Prior fracture with residual effusion.", ["fracture historical", "effusion present"]),
        ("Stable.", []),
        ("Effusion resolved, stable hardware.", ["effusion historical"]),
        ("Since the previous MRI the effusion has increased.", ["effusion present"]),
    ],
)
def test_what_was_is_told_from_what_persists(reader: ReportReader, text: str, expected: list[str]) -> None:
    assert mentions(reader, text) == expected


def test_the_deciding_sentence_is_kept_as_it_is_written(reader: ReportReader) -> None:
    text = "Ligaments intact.  Knochenmarködem <b>im</b>\nrechten Talus & Kalkaneus. Menisci intact."
    assert only(reader, text).sentence == "Knochenmarködem <b>im</b>\nrechten Talus & Kalkaneus."


@pytest.mark.parametrize(
    ("text", "site", "side"),
    [
        ("Marrow edema of the left talus.", Region.ANKLE_FOOT, Side.LEFT),
        ("Marrow edema of the hip on both sides.", Region.HIP, Side.BOTH),
        ("The right wrist is normal, the left hip has marrow edema.", Region.HIP, Side.LEFT),
        ("Right hip normal; marrow edema.", Region.HIP, Side.RIGHT),
        ("The hip shows marrow edema, the knee is normal.", Region.HIP, None),
        ("Marrow edema.", None, None),
        ("Left hip: marrow edema.", Region.HIP, Side.LEFT),
        ("Left hip: normal joint.\nMarrow edema.", Region.HIP, Side.LEFT),
        ("Left hip: normal joint.\n\nMarrow edema.", None, None),
        ("Left hip: normal joint. Knee: normal joint. Marrow edema.", Region.HIP, Side.LEFT),
        ("The long heading of this left hip: normal joint.\nMarrow edema.", None, None),
        ("Elbow with bone bruise.", Region.ARM, None),
        ("Marrow edema of the sternum.", Region.TRUNK, None),
        ("Left thigh: marrow edema.", Region.OTHER, Side.LEFT),
    ],
)
def test_the_place_is_the_nearest_in_the_sentence_or_the_label_of_the_line(
    reader: ReportReader, text: str, site: Region | None, side: Side | None
) -> None:
    mention = only(reader, text)
    assert (mention.site, mention.side) == (site, side)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Marrow edema of L4.", "L4"),
        ("Marrow edema at L4/5.", "L4/5"),
        ("Knochenmarködem in BWK 12.", "T12"),
        ("Marrow edema of the T1 vertebra.", "T1"),
        ("Marrow edema on T2 of the hip.", ""),
    ],
)
def test_a_level_of_the_spine_is_no_mr_sequence(reader: ReportReader, text: str, level: str) -> None:
    assert only(reader, text).level == level


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Marrow edema at L4/5 and L5/S1.", ["L4/5", "L5/S1"]),
        ("Marrow edema of L1, L2, and L4.", ["L1", "L2", "L4"]),
        ("L1 and L2 vertebral bodies with marrow edema.", ["L1", "L2"]),
        ("Marrow edema of L1, L2 is normal.", ["L1"]),
        ("Marrow edema of L1 between T12 and L2.", ["L1"]),
    ],
)
def test_levels_that_are_listed(reader: ReportReader, text: str, levels: list[str]) -> None:
    assert [each.level for each in reader.read(text, of_mri=True).mentions] == levels


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Marrow edema of the left hip and of the right knee.", ["hip left", "knee right"]),
        ("Marrow edema of the left hip and knee.", ["hip left", "knee left"]),
        ("Marrow edema of the left talus and calcaneus and the right hip.", ["ankle_foot left", "hip right"]),
        ("No marrow edema of the hip and the knee.", ["hip None", "knee None"]),
        ("Marrow edema of the left hip and knee effusion.", ["hip left", "knee left"]),
        ("Marrow edema of the left hip, the right knee is normal.", ["hip left"]),
        ("Marrow edema of the hip extending to the sacrum and ilium.", ["hip None"]),
        ("Marrow edema of the left talus and effusion of the right knee.", ["ankle_foot left", "knee right"]),
    ],
)
def test_places_that_are_listed(reader: ReportReader, text: str, places: list[str]) -> None:
    """A finding at two regions is two; a place that belongs to the next finding is none of it."""
    assert [f"{each.site} {each.side}" for each in reader.read(text, of_mri=True).mentions] == places


def test_levels_have_one_spelling() -> None:
    assert [level_name(each) for each in ("Th12", "LWK 4/5", "L4/L5", "L5/S1", "T1 vertebra")] == [
        "T12",
        "L4/5",
        "L4/5",
        "L5/S1",
        "T1",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Stress fracture of the tibia.", FractureKind.STRESS),
        ("Sacral insufficiency fracture.", FractureKind.INSUFFICIENCY),
        ("Compression fracture of L1.", FractureKind.COMPRESSION),
        ("Pathologic fracture.", FractureKind.PATHOLOGICAL),
        ("Subchondral insufficiency fracture.", FractureKind.INSUFFICIENCY),
        ("Fracture.", None),
    ],
)
def test_the_kind_of_a_fracture_is_read_where_stated(
    reader: ReportReader, text: str, kind: FractureKind | None
) -> None:
    assert only(reader, text).fracture_kind == kind


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Marrow edema of the femoral head and neck.", Pattern.HEAD_AND_NECK),
        ("Marrow edema of the femoral head extending into the neck.", Pattern.HEAD_AND_NECK),
        ("Marrow edema of head and neck of the left femur.", Pattern.HEAD_AND_NECK),
        ("Marrow edema of the femoral head sparing the femoral neck.", None),
        ("Diffuse marrow edema of the femoral head.", Pattern.DIFFUSE),
        ("Marrow edema of the talar head and neck.", None),
    ],
)
def test_edema_of_head_and_neck_is_a_pattern_of_the_hip(
    reader: ReportReader, text: str, pattern: Pattern | None
) -> None:
    assert only(reader, text).pattern == pattern


def test_a_subchondral_place_is_marked(reader: ReportReader) -> None:
    assert only(reader, "Marrow edema of the talar dome.").subchondral
    assert not only(reader, "Marrow edema of the calcaneus.").subchondral


@pytest.mark.parametrize(
    ("text", "depth", "comparator"),
    [
        ("Sacroiliac marrow edema, 12 mm deep.", 12, ""),
        ("Sacroiliac marrow edema, depth 1,2cm.", 12, ""),
        ("Sacroiliac marrow edema, depth 8-12 mm.", 12, ""),
        ("Sacroiliac marrow edema of 14 mm.", 14, ""),
        ("Sacroiliac marrow edema of 14 x 9 mm.", None, ""),
        ("Sacroiliac marrow edema of 14 mm beside a cyst of 3 mm.", None, ""),
        ("Sacroiliac marrow edema, more than 1 cm deep.", 10, ">"),
        ("Sacroiliac marrow edema, depth less than 1 cm.", 10, "<"),
        ("Sacroiliac marrow edema, other than 4 mm deep.", 4, ""),
        ("Sacroiliac marrow edema, depth >10 mm.", 10, ">"),
        ("Sacroiliac marrow edema, depth ≤ 10 mm.", 10, "<"),
        ("Sacroiliac marrow edema, mm deep.", None, ""),
        ("mm of sacroiliac marrow edema.", None, ""),
        ("Sacroiliac marrow edema. It extends 14 mm from the articular surface.", 14, ""),
        ("Sacroiliac marrow edema. It lies deep.", None, ""),
        ("Sacroiliac marrow edema, 5 mm deep. A cyst is 14 mm deep.", 5, ""),
        ("Marrow edema of the talus of 14 mm.", None, ""),
        ("No sacroiliac marrow edema. It extends 14 mm deep.", None, ""),
    ],
)
def test_depth_is_read_in_millimeters(reader: ReportReader, text: str, depth: float | None, comparator: str) -> None:
    mention = only(reader, text)
    assert (mention.depth_mm, mention.depth_comparator) == (depth, comparator)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("RAMRIS 3.", 3),
        ("RAMRIS bone edema score: 2.5.", 2.5),
        ("RAMRIS synovitis 5, bone marrow edema 4, erosion 1.", 4),
        ("RAMRIS edema sum score was 6.", 6),
        ("RAMRIS synovitis 5.", None),
        ("RAMRIS was used.", None),
    ],
)
def test_the_ramris_score_is_that_of_edema(reader: ReportReader, text: str, score: float | None) -> None:
    found = reader.read(text, of_mri=True).of(Finding.RAMRIS_SCORE)
    assert [each.score for each in found] == ([] if score is None else [score])


def test_a_ramris_score_of_zero_is_no_edema(reader: ReportReader) -> None:
    assert mentions(reader, "RAMRIS bone marrow edema score 0.") == ["ramris_score present"]


@pytest.mark.parametrize(
    ("text", "finding", "verdict"),
    [
        ("Marrow edema. No marrow edema.", Finding.MARROW_EDEMA, Assertion.PRESENT),
        ("Possible marrow edema. No marrow edema.", Finding.MARROW_EDEMA, Assertion.UNCERTAIN),
        ("Subchondral fracture.", Finding.FRACTURE, Assertion.PRESENT),
        ("No subchondral fracture.", Finding.FRACTURE, None),
        ("No fracture.", Finding.SUBCHONDRAL_FRACTURE, Assertion.ABSENT),
        ("Fracture.", Finding.SUBCHONDRAL_FRACTURE, None),
        ("Rim sign.", Finding.OSTEONECROSIS_SIGN, Assertion.PRESENT),
    ],
)
def test_the_verdict_sums_up_the_mentions(
    reader: ReportReader, text: str, finding: Finding, verdict: Assertion | None
) -> None:
    assert reader.read(text, of_mri=True).verdict(finding) == verdict


def test_a_report_may_say_nothing(reader: ReportReader) -> None:
    assert reader.read("", of_mri=True) == ReportReading(())


def test_a_missing_list_is_named() -> None:
    lists = {name: phrases for name, phrases in load().report_lists.items() if name != "cue_or"}
    with pytest.raises(ValueError, match="cue_or"):
        ReportReader(lists)


def test_marks_of_the_page_are_not_read_as_words(reader: ReportReader) -> None:
    assert mentions(reader, "## **Marrow edema** • of the talus") == ["marrow_edema present"]
