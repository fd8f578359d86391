"""The medicines of every group: a code of each kind is in, its neighbors are out."""

import pytest

from mappings import Knowledge

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
NDC = "http://hl7.org/fhir/sid/ndc"

# Each code with all that it stands for, as "group: ingredient".
RXNORM_CODES = [
    ("198189", "ace_inhibitor: ramipril"),  # ramipril 5 MG Oral Capsule
    ("311354", "ace_inhibitor: lisinopril"),  # lisinopril 5 MG Oral Tablet
    ("1235389", "multivitamin: cholecalciferol; vitamin_d: cholecalciferol"),  # a chewable multivitamin
    ("197625", "alpha_blocker_other_antihypertensive: doxazosin"),  # doxazosin 1 MG Oral Tablet
    ("645146", "alpha_blocker_other_antihypertensive_local: minoxidil"),  # minoxidil 50 MG/ML Topical Foam
    ("863669", "alpha_blocker_urological: tamsulosin"),  # tamsulosin hydrochloride 0.4 MG Oral Capsule
    ("1364445", "anticoagulant: apixaban"),  # apixaban 5 MG Oral Tablet
    ("855332", "anticoagulant: warfarin"),  # warfarin sodium 5 MG Oral Tablet
    ("1362060", "anticoagulant_flush: heparin"),  # 2 ML heparin sodium, porcine 100 UNT/ML Prefilled Syringe
    ("309362", "antiplatelet: clopidogrel"),  # clopidogrel 75 MG Oral Tablet
    ("243670", "antiplatelet: aspirin"),  # aspirin 81 MG Oral Tablet
    ("349199", "arb: valsartan"),  # valsartan 80 MG Oral Tablet
    ("200285", "arb: valsartan; diuretic_thiazide: hydrochlorothiazide"),
    ("1656340", "arb: valsartan; arni: sacubitril"),  # sacubitril 24 MG / valsartan 26 MG Oral Tablet
    ("197590", "benzodiazepine: diazepam"),  # diazepam 2 MG Oral Tablet
    ("866514", "beta_blocker: metoprolol"),  # metoprolol tartrate 50 MG Oral Tablet
    ("313408", "beta_blocker_ophthalmic: timolol"),  # timolol 0.005 MG/MG Ophthalmic Gel
    ("904952", "bisphosphonate: ibandronate"),  # 3 ML ibandronic acid 1 MG/ML Prefilled Syringe
    ("904932", "bisphosphonate: ibandronate"),  # ibandronic acid 150 MG Oral Tablet
    ("705824", "bisphosphonate: zoledronic acid"),  # 100 ML zoledronic acid 0.05 MG/ML Injection
    ("904431", "bisphosphonate: alendronate"),
    ("1435115", "bone_anabolic: teriparatide"),  # 28 ACTUAT teriparatide 0.02 MG/ACTUAT Pen Injector
    ("198377", "calcineurin_inhibitor: tacrolimus"),  # tacrolimus 1 MG Oral Capsule
    ("314266", "calcineurin_inhibitor_local: tacrolimus"),  # tacrolimus 0.001 MG/MG Topical Ointment
    ("282465", "calcium: calcium carbonate"),  # calcium carbonate 1250 MG Oral Tablet
    (
        "1310948",
        "calcium: calcium carbonate; calcium_vitamin_d_combination: calcium + vitamin D; vitamin_d: cholecalciferol",
    ),
    (
        "485550",
        "calcium: calcium citrate; calcium_vitamin_d_combination: calcium + vitamin D; vitamin_d: ergocalciferol",
    ),
    ("249620", "calcium_channel_blocker: nifedipine"),  # 12 HR nifedipine 20 MG Extended Release Oral Capsule
    ("198032", "calcium_channel_blocker: nifedipine"),  # nifedipine 10 MG Oral Capsule
    ("142085", "calcium_local: calcium gluconate"),  # calcium gluconate 0.025 MG/MG Topical Gel
    ("828525", "calcium_parenteral_or_fluid: calcium chloride"),  # 10 ML calcium chloride 100 MG/ML Injection
    ("205323", "cox2_inhibitor: celecoxib"),  # celecoxib 200 MG Oral Capsule
    ("308979", "cyp3a4_inducer_strong: carbamazepine"),  # carbamazepine 200 MG Oral Tablet
    ("198201", "cyp3a4_inducer_strong: rifampin"),  # rifampin 150 MG Oral Capsule
    ("197698", "cyp3a4_inhibitor_moderate: fluconazole"),  # fluconazole 100 MG Oral Tablet
    ("250697", "cyp3a4_inhibitor_moderate_local: erythromycin"),  # erythromycin 0.04 MG/MG Topical Gel
    ("311204", "cyp3a4_inhibitor_strong: itraconazole"),  # itraconazole 100 MG Oral Capsule
    ("203088", "cyp3a4_inhibitor_strong_local: ketoconazole"),  # ketoconazole 20 MG/ML Topical Cream
    ("105585", "cytotoxic_immunosuppressant: methotrexate; dmard_other: methotrexate"),
    ("284191", "cytotoxic_immunosuppressant_local: fluorouracil"),  # fluorouracil 5 MG/ML Topical Cream
    ("993452", "denosumab: denosumab"),  # 1 ML denosumab 60 MG/ML Prefilled Syringe
    ("1046398", "denosumab: denosumab"),  # 1.7 ML denosumab 70 MG/ML Injection
    ("197604", "digoxin: digoxin"),  # digoxin 0.125 MG Oral Tablet
    ("313988", "diuretic_loop: furosemide"),  # furosemide 40 MG Oral Tablet
    ("310429", "diuretic_loop: furosemide"),  # furosemide 20 MG Oral Tablet
    ("313096", "diuretic_potassium_sparing: spironolactone"),  # spironolactone 25 MG Oral Tablet
    ("197816", "diuretic_thiazide: indapamide"),  # indapamide 2.5 MG Oral Tablet
    ("205284", "dmard_other: leflunomide"),  # leflunomide 10 MG Oral Tablet
    ("310433", "gabapentinoid: gabapentin"),  # gabapentin 600 MG Oral Tablet
    ("41144", "gadolinium_group_1: gadodiamide"),  # gadodiamide
    ("84990", "gadolinium_group_2: gadobutrol"),  # gadobutrol
    ("637320", "gadolinium_group_3: gadoxetate"),  # gadoxetate disodium
    ("1364290", "gadolinium_unclassified: gadofosveset"),  # gadofosveset
    ("1792144", "glucocorticoid_depot_injection: triamcinolone; glucocorticoid_systemic: triamcinolone"),
    ("198707", "glucocorticoid_local: hydrocortisone"),  # hydrocortisone 5 MG/ML Topical Cream
    ("312617", "glucocorticoid_systemic: prednisone"),  # prednisone 5 MG Oral Tablet
    ("197890", "lithium: lithium"),  # lithium carbonate 300 MG Oral Tablet
    ("313412", "muscle_relaxant: tizanidine"),  # tizanidine 2 MG Oral Tablet
    ("856656", "muscle_relaxant_peripheral: dantrolene"),  # dantrolene sodium 25 MG Oral Capsule
    ("1725059", "naloxone: naloxone"),  # naloxone hydrochloride 40 MG/ML Nasal Spray
    ("312289", "naloxone_in_combination: naloxone; opioid: pentazocine"),
    ("237205", "nitrate: nitroglycerin"),  # 10 ML nitroglycerin 5 MG/ML Injection
    ("314055", "nitrate: isosorbide dinitrate"),  # isosorbide dinitrate 5 MG Oral Tablet
    ("860103", "nsaid_ophthalmic: ketorolac"),  # ketorolac tromethamine 4 MG/ML Ophthalmic Solution
    ("197805", "nsaid_systemic: ibuprofen"),  # ibuprofen 400 MG Oral Tablet
    ("855633", "nsaid_topical: diclofenac"),  # diclofenac sodium 0.01 MG/MG Topical Gel
    ("1049621", "opioid: oxycodone"),  # oxycodone hydrochloride 5 MG Oral Tablet
    ("835603", "opioid: tramadol"),  # tramadol hydrochloride 50 MG Oral Tablet
    ("1439831", "pah_vasodilator: riociguat"),  # riociguat 1 MG Oral Tablet
    ("312950", "pde5_inhibitor: sildenafil"),  # sildenafil 50 MG Oral Tablet
    ("283669", "ppi: pantoprazole"),  # pantoprazole 40 MG Injection
    ("2680303", "prostacyclin: iloprost"),  # 1 ML iloprost 0.1 MG/ML Injection
    ("487056", "prostacyclin: iloprost"),  # iloprost 0.01 MG/ML Inhalation Solution
    ("1049630", "sedating_antihistamine: diphenhydramine"),  # diphenhydramine hydrochloride 25 MG Oral Tablet
    ("311237", "sedating_antihistamine_local: ketotifen"),  # ketotifen 0.25 MG/ML Ophthalmic Solution
    ("313582", "snri: venlafaxine"),  # venlafaxine 25 MG Oral Tablet
    ("312941", "ssri: sertraline"),  # sertraline 50 MG Oral Tablet
    ("1653223", "tnf_inhibitor: etanercept"),  # 1 ML etanercept 50 MG/ML Auto-Injector
    ("199362", "vitamin_d: cholecalciferol"),  # cholecalciferol 0.025 MG Oral Tablet
    ("388517", "vitamin_d_topical: calcitriol"),  # calcitriol 0.000003 MG/MG Topical Ointment
    ("854876", "z_drug: zolpidem"),  # zolpidem tartrate 5 MG Oral Tablet
    ("607553", "bisphosphonate: alendronate; vitamin_d: cholecalciferol"),  # Fosamax Plus D
    ("722127", "arb: valsartan; calcium_channel_blocker: amlodipine"),  # Exforge
    ("37789", "beta_blocker: atenolol; diuretic_thiazide: chlorthalidone"),  # Tenoretic
    ("218083", "antiplatelet: aspirin; opioid: hydrocodone"),  # Lortab ASA
]
ATC_CODES = [
    ("C09AA05", "ace_inhibitor: ramipril"),  # ramipril
    ("C02AC01", "alpha_blocker_other_antihypertensive: clonidine"),  # clonidine
    ("D11AX01", "alpha_blocker_other_antihypertensive_local: minoxidil"),  # minoxidil
    ("G04CA02", "alpha_blocker_urological: tamsulosin"),  # tamsulosin
    ("B01AF02", "anticoagulant: apixaban"),  # apixaban
    ("B01AC04", "antiplatelet: clopidogrel"),  # clopidogrel
    ("B01AC", "antiplatelet: (class)"),  # Platelet aggregation inhibitors excl. heparin
    ("N02BA01", "antiplatelet: aspirin; nsaid_systemic: aspirin"),  # acetylsalicylic acid
    ("B01AC06", "antiplatelet: aspirin"),  # acetylsalicylic acid
    ("C09CA01", "arb: losartan"),  # losartan
    ("C09DX04", "arb: valsartan; arni: sacubitril"),  # valsartan and sacubitril
    ("N05BA06", "benzodiazepine: lorazepam"),  # lorazepam
    ("C07AB02", "beta_blocker: metoprolol"),  # metoprolol
    ("S01ED01", "beta_blocker_ophthalmic: timolol"),  # timolol
    ("M05BA08", "bisphosphonate: zoledronic acid"),  # zoledronic acid
    ("H05AA02", "bone_anabolic: teriparatide"),  # teriparatide
    ("L04AD02", "calcineurin_inhibitor: tacrolimus"),  # tacrolimus
    ("D11AH01", "calcineurin_inhibitor_local: tacrolimus"),  # tacrolimus
    ("A12AX", "calcium: calcium; calcium_vitamin_d_combination: calcium + vitamin D; vitamin_d: vitamin D"),
    ("A12AA04", "calcium: calcium carbonate"),  # calcium carbonate
    ("C08CA05", "calcium_channel_blocker: nifedipine"),  # nifedipine
    ("D11AX03", "calcium_local: calcium gluconate"),  # calcium gluconate
    ("B05XA07", "calcium_parenteral_or_fluid: calcium chloride"),  # calcium chloride
    ("M01AH05", "cox2_inhibitor: etoricoxib"),  # etoricoxib
    ("J04AB02", "cyp3a4_inducer_strong: rifampin"),  # rifampicin
    ("J02AC01", "cyp3a4_inhibitor_moderate: fluconazole"),  # fluconazole
    ("C05AE03", "cyp3a4_inhibitor_moderate_local: diltiazem"),  # diltiazem
    ("J02AC02", "cyp3a4_inhibitor_strong: itraconazole"),  # itraconazole
    ("D01AC08", "cyp3a4_inhibitor_strong_local: ketoconazole"),  # ketoconazole
    ("L01BA01", "cytotoxic_immunosuppressant: methotrexate; dmard_other: methotrexate"),  # methotrexate
    ("L01BC02", "cytotoxic_immunosuppressant: fluorouracil"),  # fluorouracil
    ("S01XA23", "cytotoxic_immunosuppressant_local: sirolimus"),  # sirolimus
    ("M05BX04", "denosumab: denosumab"),  # denosumab
    ("C01AA05", "digoxin: digoxin"),  # digoxin
    ("C03CA01", "diuretic_loop: furosemide"),  # furosemide
    ("C03DA01", "diuretic_potassium_sparing: spironolactone"),  # spironolactone
    ("C03BA11", "diuretic_thiazide: indapamide"),  # indapamide
    ("L04AK01", "dmard_other: leflunomide"),  # leflunomide
    ("N02BF01", "gabapentinoid: gabapentin"),  # gabapentin
    ("V08CA03", "gadolinium_group_1: gadodiamide"),  # gadodiamide
    ("V08CA09", "gadolinium_group_2: gadobutrol"),  # gadobutrol
    ("V08CA10", "gadolinium_group_3: gadoxetate"),  # gadoxetic acid
    ("V08CA11", "gadolinium_unclassified: gadofosveset"),  # gadofosveset
    ("D07AA02", "glucocorticoid_local: hydrocortisone"),  # hydrocortisone
    ("R03BA02", "glucocorticoid_local: budesonide"),  # budesonide
    ("H02AB07", "glucocorticoid_systemic: prednisone"),  # prednisone
    ("A07EA06", "glucocorticoid_systemic: budesonide"),  # budesonide
    ("N05AN01", "lithium: lithium"),  # lithium
    ("D11AX04", "lithium_local: lithium"),  # lithium succinate
    ("M03BX02", "muscle_relaxant: tizanidine"),  # tizanidine
    ("M03CA01", "muscle_relaxant_peripheral: dantrolene"),  # dantrolene
    ("V03AB15", "naloxone: naloxone"),  # naloxone
    ("N02AA55", "naloxone_in_combination: naloxone; opioid: oxycodone"),  # oxycodone and naloxone
    ("C01DA02", "nitrate: nitroglycerin"),  # glyceryl trinitrate
    ("C05AE01", "nitrate: nitroglycerin"),  # glyceryl trinitrate
    ("R02AX01", "nsaid_local_other: flurbiprofen"),  # flurbiprofen
    ("S01BC03", "nsaid_ophthalmic: diclofenac"),  # diclofenac
    ("M01AE01", "nsaid_systemic: ibuprofen"),  # ibuprofen
    ("M02AA15", "nsaid_topical: diclofenac"),  # diclofenac
    ("N02AX02", "opioid: tramadol"),  # tramadol
    ("C02KX01", "pah_vasodilator: bosentan"),  # bosentan
    ("G04BE03", "pde5_inhibitor: sildenafil"),  # sildenafil
    ("A02BC02", "ppi: pantoprazole"),  # pantoprazole
    ("B01AC11", "prostacyclin: iloprost"),  # iloprost
    ("R06AA02", "sedating_antihistamine: diphenhydramine"),  # diphenhydramine
    ("S01GX08", "sedating_antihistamine_local: ketotifen"),  # ketotifen
    ("N06AX21", "snri: duloxetine"),  # duloxetine
    ("N06AB06", "ssri: sertraline"),  # sertraline
    ("L04AB04", "tnf_inhibitor: adalimumab"),  # adalimumab
    ("A11CC05", "vitamin_d: cholecalciferol"),  # colecalciferol
    ("D05AX03", "vitamin_d_topical: calcitriol"),  # calcitriol
    ("N05CF02", "z_drug: zolpidem"),  # zolpidem
    ("M01A", "nsaid_systemic: (class)"),  # as specified (0.2); its members stay on their own
    ("M01AX02", "nsaid_systemic: niflumic acid"),  # niflumic acid
    ("N02AJ07", "antiplatelet: aspirin; opioid: codeine"),  # codeine and acetylsalicylic acid
    ("C07FX04", "antiplatelet: aspirin; beta_blocker: bisoprolol"),  # bisoprolol and acetylsalicylic acid
    ("C09BB03", "ace_inhibitor: lisinopril; calcium_channel_blocker: amlodipine"),  # lisinopril and amlodipine
    ("B01AD02", "thrombolytic: alteplase"),  # alteplase
    ("B01AD", "thrombolytic: (class)"),  # enzymes
    ("N02BE01", "analgesic_other: acetaminophen"),  # paracetamol
    ("J04AB04", "cyp3a4_inducer_moderate: rifabutin"),  # rifabutin
]
SNOMED_CODES = [
    ("386872004", "ace_inhibitor: ramipril"),  # Ramipril
    ("372508002", "alpha_blocker_other_antihypertensive: doxazosin"),  # Doxazosin
    ("372509005", "alpha_blocker_urological: tamsulosin"),  # Tamsulosin
    ("698090000", "anticoagulant: apixaban"),  # Apixaban
    ("386952008", "antiplatelet: clopidogrel"),  # Clopidogrel
    ("373567002", "arb: losartan"),  # Losartan
    ("716072000", "arni: sacubitril"),  # Sacubitril
    ("387264003", "benzodiazepine: diazepam"),  # Diazepam
    ("372826007", "beta_blocker: metoprolol"),  # Metoprolol
    ("387349000", "beta_blocker_ophthalmic: levobunolol"),  # Levobunolol hydrochloride
    ("420936009", "bisphosphonate: ibandronate"),  # Ibandronic acid
    ("425438001", "bone_anabolic: teriparatide"),  # Teriparatide
    ("386975001", "calcineurin_inhibitor: tacrolimus"),  # Tacrolimus
    ("387307005", "calcium: calcium carbonate"),  # Calcium carbonate
    ("387490003", "calcium_channel_blocker: nifedipine"),  # Nifedipine
    ("116081000", "cox2_inhibitor: celecoxib"),  # Celecoxib
    ("387159009", "cyp3a4_inducer_strong: rifampin"),  # Rifampicin
    ("387174006", "cyp3a4_inhibitor_moderate: fluconazole"),  # Fluconazole
    ("387532006", "cyp3a4_inhibitor_strong: itraconazole"),  # Itraconazole
    ("387381009", "cytotoxic_immunosuppressant: methotrexate; dmard_other: methotrexate"),  # Methotrexate
    ("446321003", "denosumab: denosumab"),  # Denosumab
    ("387461009", "digoxin: digoxin"),  # Digoxin
    ("108476002", "diuretic_loop: torsemide"),  # Torasemide
    ("387078006", "diuretic_potassium_sparing: spironolactone"),  # Spironolactone
    ("387419003", "diuretic_thiazide: indapamide"),  # Indapamide
    ("386845007", "gabapentinoid: gabapentin"),  # Gabapentin
    ("354088005", "gadolinium_group_1: gadodiamide"),  # Gadodiamide
    ("407976008", "gadolinium_group_2: gadobutrol"),  # Gadobutrol
    ("440223009", "gadolinium_group_3: gadoxetate"),  # Gadoxetate disodium
    ("770982005", "gadolinium_unclassified: gadofosveset"),  # Gadofosveset
    ("395726003", "glucocorticoid_local: budesonide"),  # Budesonide
    ("116602009", "glucocorticoid_systemic: prednisone"),  # Prednisone
    ("387095003", "lithium: lithium"),  # Lithium carbonate
    ("373440006", "muscle_relaxant: tizanidine"),  # Tizanidine
    ("372819007", "muscle_relaxant_peripheral: dantrolene"),  # Dantrolene
    ("372890007", "naloxone: naloxone"),  # Naloxone
    ("387404004", "nitrate: nitroglycerin"),  # Glyceryl trinitrate
    ("108520008", "nsaid_ophthalmic: bromfenac"),  # Bromfenac
    ("387207008", "nsaid_systemic: ibuprofen"),  # Ibuprofen
    ("712688003", "nsaid_topical: etofenamate"),  # Etofenamate
    ("386858008", "opioid: tramadol"),  # Tramadol
    ("385559004", "pah_vasodilator: bosentan"),  # Bosentan
    ("372572000", "pde5_inhibitor: sildenafil"),  # Sildenafil
    ("395821003", "ppi: pantoprazole"),  # Pantoprazole
    ("395740002", "prostacyclin: iloprost"),  # Iloprost
    ("372682005", "sedating_antihistamine: diphenhydramine"),  # Diphenhydramine
    ("407032004", "snri: duloxetine"),  # Duloxetine
    ("372594008", "ssri: sertraline"),  # Sertraline
    ("387045004", "tnf_inhibitor: etanercept"),  # Etanercept
    ("259333003", "vitamin_d: calcitriol"),  # Calcitriol
    ("387569009", "z_drug: zolpidem"),  # Zolpidem
]
NDC_CODES = [
    ("55154544105", "anticoagulant: enoxaparin"),  # rxnorm 854228 854235
    ("00264978200", "anticoagulant_flush: heparin"),  # rxnorm 1658690
    ("58657016301", "multivitamin: cholecalciferol; vitamin_d: cholecalciferol"),  # rxnorm 1235389
    ("00024117190", "antiplatelet: clopidogrel"),  # rxnorm 213169
    ("00004018682", "bisphosphonate: ibandronate"),  # rxnorm 904934
    ("00002840001", "bone_anabolic: teriparatide"),  # rxnorm 1435117
    ("00074310832", "calcineurin_inhibitor: cyclosporine"),  # rxnorm 835896
    ("00023530101", "calcineurin_inhibitor_local: cyclosporine"),  # rxnorm 402092
    ("00005551019", "calcium: calcium carbonate"),  # rxnorm 790271
    ("00069265041", "calcium_channel_blocker: nifedipine"),  # rxnorm 207772
    ("00295752040", "calcium_local: calcium gluconate"),  # rxnorm 794239
    ("00143918501", "calcium_parenteral_or_fluid: calcium gluconate"),  # rxnorm 197435
    ("00025151501", "cox2_inhibitor: celecoxib"),  # rxnorm 686381
    ("00068059701", "cyp3a4_inducer_strong: rifampin"),  # rxnorm 207436
    ("00054455015", "cytotoxic_immunosuppressant: methotrexate; dmard_other: methotrexate"),  # rxnorm 105585
    ("16110081230", "cytotoxic_immunosuppressant_local: fluorouracil"),  # rxnorm 92752
    ("55513071001", "denosumab: denosumab"),  # rxnorm 993456
    ("00088216030", "dmard_other: leflunomide"),  # rxnorm 213377
    ("00009348616", "glucocorticoid_local: hydrocortisone"),  # rxnorm 604515
    ("00054001720", "glucocorticoid_systemic: prednisone"),  # rxnorm 198145
    ("00023218105", "nsaid_ophthalmic: ketorolac"),  # rxnorm 860109
    ("00045019204", "nsaid_systemic: ibuprofen"),  # rxnorm 544393
    ("00067120176", "nsaid_topical: diclofenac"),  # rxnorm 855635
    ("00093005801", "opioid: tramadol"),  # rxnorm 835603
    ("00703066601", "prostacyclin: treprostinil"),  # rxnorm 349407
    ("58406001001", "tnf_inhibitor: etanercept"),  # rxnorm 809159
    ("00054000713", "vitamin_d: calcitriol"),  # rxnorm 308867
    ("00299201205", "vitamin_d_topical: calcitriol"),  # rxnorm 883358
]


def stands_for(knowledge: Knowledge, system: str, code: str) -> str:
    found = {f"{entry.group}: {entry.ingredient}" for entry in knowledge.drugs(system, code)}
    return "; ".join(sorted(found))


def groups_of(knowledge: Knowledge, system: str, code: str) -> set[str]:
    return {entry.group for entry in knowledge.drugs(system, code)}


def groups_named(knowledge: Knowledge, text: str) -> set[str]:
    return {drug.entry.group for drug in knowledge.drugs_named(text)}


@pytest.mark.parametrize(("code", "expected"), RXNORM_CODES)
def test_rxnorm(knowledge: Knowledge, code: str, expected: str) -> None:
    assert stands_for(knowledge, RXNORM, code) == expected


@pytest.mark.parametrize(("code", "expected"), ATC_CODES)
def test_atc(knowledge: Knowledge, code: str, expected: str) -> None:
    assert stands_for(knowledge, ATC, code) == expected


@pytest.mark.parametrize(("code", "expected"), SNOMED_CODES)
def test_snomed_ct(knowledge: Knowledge, code: str, expected: str) -> None:
    assert stands_for(knowledge, SNOMED, code) == expected


@pytest.mark.parametrize(("code", "expected"), NDC_CODES)
def test_ndc(knowledge: Knowledge, code: str, expected: str) -> None:
    assert stands_for(knowledge, NDC, code) == expected


@pytest.mark.parametrize(
    ("system", "code", "group"),
    [
        pytest.param(RXNORM, "1362060", "anticoagulant", id="heparin flush syringe"),
        pytest.param(ATC, "C05BA03", "anticoagulant", id="heparin for the skin"),
        pytest.param(ATC, "B01AC06", "anticoagulant", id="aspirin"),
        pytest.param(ATC, "B01AC11", "antiplatelet", id="iloprost, in the ATC class of the antiplatelets"),
        pytest.param(ATC, "B01AC21", "antiplatelet", id="treprostinil"),
        pytest.param(ATC, "B01AC27", "antiplatelet", id="selexipag"),
        pytest.param(RXNORM, "2680303", "antiplatelet", id="iloprost for infusion"),
        pytest.param(RXNORM, "243670", "nsaid_systemic", id="aspirin 81 mg"),
        pytest.param(ATC, "B01AC06", "nsaid_systemic", id="low-dose aspirin"),
        pytest.param(ATC, "M01AX05", "nsaid_systemic", id="glucosamine, in the ATC class M01A"),
        pytest.param(ATC, "M01AX", "nsaid_systemic", id="the rest of M01A"),
        pytest.param(ATC, "M02AA15", "nsaid_systemic", id="diclofenac for the skin"),
        pytest.param(RXNORM, "855633", "nsaid_systemic", id="diclofenac gel"),
        pytest.param(NDC, "00067120176", "nsaid_systemic", id="diclofenac gel by package"),
        pytest.param(ATC, "S01BC03", "nsaid_systemic", id="diclofenac for the eye"),
        pytest.param(ATC, "S01BC03", "nsaid_topical", id="the eye is not the skin"),
        pytest.param(ATC, "M01AH05", "nsaid_systemic", id="coxibs are a group of their own"),
        pytest.param(ATC, "D07AA02", "glucocorticoid_systemic", id="hydrocortisone cream"),
        pytest.param(ATC, "R03BA02", "glucocorticoid_systemic", id="budesonide to inhale"),
        pytest.param(RXNORM, "854181", "glucocorticoid_systemic", id="dexamethasone implant of the eye"),
        pytest.param(RXNORM, "562955", "glucocorticoid_systemic", id="hydrocortisone enema, branded component"),
        pytest.param(RXNORM, "312617", "glucocorticoid_depot_injection", id="prednisone tablet"),
        pytest.param(ATC, "D01AC08", "cyp3a4_inhibitor_strong", id="ketoconazole cream"),
        pytest.param(ATC, "S01ED01", "beta_blocker", id="timolol eye drops"),
        pytest.param(ATC, "D11AX01", "alpha_blocker_other_antihypertensive", id="minoxidil for the scalp"),
        pytest.param(ATC, "D11AH01", "calcineurin_inhibitor", id="tacrolimus ointment"),
        pytest.param(ATC, "S01GX08", "sedating_antihistamine", id="ketotifen eye drops"),
        pytest.param(ATC, "D05AX03", "vitamin_d", id="calcitriol ointment"),
        pytest.param(ATC, "B05XA07", "calcium", id="calcium in an infusion fluid"),
        pytest.param(RXNORM, "142085", "calcium", id="calcium gluconate gel"),
        pytest.param(RXNORM, "282465", "calcium_vitamin_d_combination", id="calcium alone"),
        pytest.param(RXNORM, "199362", "calcium_vitamin_d_combination", id="vitamin D alone"),
        pytest.param(RXNORM, "203223", "digoxin", id="antidote of digoxin"),
        pytest.param(RXNORM, "312289", "naloxone", id="pentazocine with naloxone"),
        pytest.param(ATC, "A06AH04", "naloxone", id="oral naloxone, for constipation"),
        pytest.param(RXNORM, "1725059", "opioid", id="naloxone spray"),
        pytest.param(RXNORM, "2599846", "opioid", id="buprenorphine for cats"),
        pytest.param(RXNORM, "2693639", "bone_anabolic", id="Yorvipath"),
        pytest.param(RXNORM, "2693637", "bone_anabolic", id="a product of Yorvipath"),
        pytest.param(ATC, "H05AA05", "bone_anabolic", id="palopegteriparatide"),
        pytest.param(ATC, "M05BX04", "bisphosphonate", id="denosumab"),
        pytest.param(ATC, "M05BA08", "denosumab", id="zoledronic acid"),
        pytest.param(ATC, "C08CA05", "nitrate", id="nifedipine"),
        pytest.param(ATC, "V08CA09", "gadolinium_group_1", id="gadobutrol"),
        pytest.param(ATC, "N05BA06", "z_drug", id="lorazepam"),
        pytest.param(ATC, "C09CA01", "arni", id="losartan"),
        pytest.param(RXNORM, "861007", "digoxin", id="metformin"),
    ],
)
def test_neighbors_are_out(knowledge: Knowledge, system: str, code: str, group: str) -> None:
    assert group not in groups_of(knowledge, system, code)


@pytest.mark.parametrize(
    ("system", "code", "dose_form"),
    [
        pytest.param(RXNORM, "249620", "Extended Release Oral Capsule", id="nifedipine, modified release"),
        pytest.param(RXNORM, "198032", "Oral Capsule", id="nifedipine, immediate release"),
        pytest.param(RXNORM, "1792144", "Injection", id="triamcinolone for a joint"),
        pytest.param(ATC, "C08CA05", "", id="the ATC tells no form"),
    ],
)
def test_dose_forms(knowledge: Knowledge, system: str, code: str, dose_form: str) -> None:
    assert {entry.dose_form for entry in knowledge.drugs(system, code)} == {dose_form}


@pytest.mark.parametrize(
    ("system", "code"),
    [
        pytest.param(RXNORM, "200285", id="valsartan with hydrochlorothiazide"),
        pytest.param(RXNORM, "1310948", id="calcium with vitamin D"),
        pytest.param(ATC, "C09DX04", id="sacubitril with valsartan"),
        pytest.param(RXNORM, "607553", id="a brand whose products are all combinations"),
    ],
)
def test_fixed_combinations_are_marked_in_each_group(knowledge: Knowledge, system: str, code: str) -> None:
    assert [entry.combination for entry in knowledge.drugs(system, code)] == [True] * len(knowledge.drugs(system, code))
    assert knowledge.drugs(system, code)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Plavix 75 mg", {"antiplatelet"}),
        ("Brilique 90 mg", {"antiplatelet"}),
        ("ASS 100 mg", {"antiplatelet"}),
        ("acetylsalicylic acid 100 mg", {"antiplatelet"}),
        ("Aleve 220 mg", {"nsaid_systemic"}),
        ("Nurofen", {"nsaid_systemic"}),
        ("diclofenac 75 mg", {"nsaid_systemic"}),
        ("diclofenac sodium 1 % gel", {"nsaid_topical"}),
        ("Voltaren Emulgel", {"nsaid_topical"}),
        ("Diclofenac Augentropfen", {"nsaid_ophthalmic"}),
        ("Arcoxia 90 mg", {"cox2_inhibitor"}),
        ("Prolia 60 mg/mL", {"denosumab"}),
        ("Xgeva", {"denosumab"}),
        ("Fosamax", {"bisphosphonate"}),
        ("Aclasta 5 mg", {"bisphosphonate"}),
        ("Bonviva i.v.", {"bisphosphonate"}),
        ("Neridronat 25 mg", {"bisphosphonate"}),
        ("Alendronsäure 70 mg", {"bisphosphonate"}),
        ("Humira 40 mg", {"tnf_inhibitor"}),
        ("Adalat retard", {"calcium_channel_blocker"}),
        ("Viagra 50 mg", {"pde5_inhibitor"}),
        ("OxyContin 10 mg", {"opioid"}),
        ("Tramal", {"opioid"}),
        ("Tilidin/Naloxon 50/4 mg", {"opioid", "naloxone_in_combination"}),
        ("naloxone nasal spray", {"naloxone"}),
        ("vitamin D3 1000 IU", {"vitamin_d"}),
        ("calcium carbonate 500 mg", {"calcium"}),
        ("calcium/vitamin D 500 mg/400 IU", {"calcium", "calcium_vitamin_d_combination", "vitamin_d"}),
        ("Calcichew-D3", {"calcium", "calcium_vitamin_d_combination", "vitamin_d"}),
        ("calcium channel blocker", {"calcium_channel_blocker"}),
        ("atorvastatin calcium 20 mg", {"other_medicine"}),
        ("5-ASA 800 mg", {"other_medicine"}),
        ("digoxin immune Fab", {"other_medicine"}),
        ("heparin gel", {"other_medicine"}),
        ("Johanniskraut", {"cyp3a4_inducer_strong"}),
        ("grapefruit juice", {"cyp3a4_inhibitor_food"}),
        ("Cortancyl 20 mg", {"glucocorticoid_systemic"}),
        ("budesonide inhaler", {"glucocorticoid_local"}),
        ("hydrocortisone 1% cream", {"glucocorticoid_local"}),
        ("triamcinolone acetonide 40 mg/mL", {"glucocorticoid_depot_injection", "glucocorticoid_systemic"}),
        ("sacubitril/valsartan 24/26 mg", {"arb", "arni"}),
        ("timolol eye drops", {"beta_blocker_ophthalmic"}),
        ("alteplase 50 mg", {"thrombolytic"}),
        ("Metalyse", {"thrombolytic"}),
        ("Magnesiumsulfat i.v.", {"magnesium_sulfate"}),
        ("rifabutin 150 mg", {"cyp3a4_inducer_moderate"}),
        ("topical diclofenac", {"nsaid_topical"}),
        ("ketoprofen patch", {"nsaid_topical"}),
        ("Voltaren Ophtha", {"nsaid_ophthalmic"}),
        ("acide niflumique", {"nsaid_systemic"}),
        ("DuoPlavin", {"antiplatelet"}),
        ("carbasalate calcium 100 mg", {"antiplatelet"}),
        ("heparin calcium 5000 units", {"anticoagulant"}),
        ("VKA", {"anticoagulant_vague"}),
        ("Vicodin 5/300", {"opioid"}),
        ("ISMN 60 mg", {"nitrate"}),
        ("Denbrayce 60 mg", {"denosumab"}),
        ("Fosamax Plus D", {"bisphosphonate", "vitamin_d"}),
        ("budesonide 9 mg 24 hour extended release oral tablet", {"glucocorticoid_systemic"}),
        ("budesonide 0.5 mg/2 mL inhalation suspension", {"glucocorticoid_local"}),
        ("levomefolate calcium 15 mg", {"other_medicine"}),
        ("coumarins", {"anticoagulant_vague"}),
        ("opiates", {"opioid"}),
        ("non-steroidal anti-inflammatories", {"nsaid_systemic"}),
        ("no NSAIDs", set()),
        ("miconazole nitrate cream", set()),
        ("digital thermometer", set()),
    ],
)
def test_names(knowledge: Knowledge, text: str, groups: set[str]) -> None:
    assert groups_named(knowledge, text) == groups
