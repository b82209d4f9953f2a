"""Small files in the layouts of publishers, fictitious codes in them: what each importer is tested with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.reference.native import HCPCS_PREAMBLE, hcpcs

DAY = dt.date(2026, 8, 18)


@dataclass(frozen=True)
class Sample:
    """A file of a table.

    `heading` stands above `rows`, which are all good, and `footing` below them. `found` are keys and what a
    look-up of them says on DAY. `wrong` is a line that is refused for `why`. `other` is the heading of
    another file and `told` what is said of one that has it. `overlap` are two rows of the same keys that are
    in force on the same day. `period` is given where the name does not say it.
    """

    table: str
    name: str
    heading: tuple[str, ...]
    rows: tuple[str, ...]
    found: tuple[tuple[dict[str, str], dict[str, Any] | None], ...]
    wrong: str
    why: str
    other: tuple[str, ...]
    told: str
    overlap: tuple[str, str] | None = None
    period: tuple[str, dt.date] | None = None
    footing: tuple[str, ...] = ()


PTP_HEADING = (
    "Notice of a licence, café\t\t\t\t\t\t",
    "Column1/Column2 Edits\t\t\t\t\t\t",
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale",
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t",
    "\t\t\t\t*=no data\t1=allowed\t",
    "\t\t\t\t\t9=not applicable\t",
)
MUE_HEADING = ('"Notice of a', "licence, of several", 'lines, café",,,')
NPPES_HEADING = ",".join(
    f'"{name}"'
    for name in (
        "NPI",
        "Entity Type Code",
        "Provider Last Name (Legal Name)",
        "NPI Deactivation Date",
        "NPI Reactivation Date",
        *(
            part
            for n in range(1, 16)
            for part in (
                f"Healthcare Provider Taxonomy Code_{n}",
                f"Healthcare Provider Primary Taxonomy Switch_{n}",
            )
        ),
    )
)
PPRRVU_HEADING = (
    "2026 Fee Schedule" + "," * 30,
    "Released, café" + "," * 30,
    ",,,,,NON-FAC" + "," * 25,
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,"
    "OP,OP,OP,PROC,SURG,SURG,SURG,SURG,FACTOR,,,,,,,",
)


def icd(order: int, code: str, billable: str = "1", text: str = "Made-up, café") -> str:
    return f"{order:05} {code:<7} {billable} {text:<60} {text}"


def nppes(npi: str, kind: str, ended: str = "", begun: str = "", *taxonomies: str) -> str:
    cells = [npi, kind, "SAMPLE, JOSÉ", ended, begun]
    for n in range(15):
        cells += [taxonomies[n], "Y" if n == 1 else "N"] if n < len(taxonomies) else ["", ""]
    return ",".join(f'"{cell}"' for cell in cells)


def fee(code: str, modifier: str = "", status: str = "A", days: str = "010") -> str:
    head = [code, modifier, "Words", status, "", "1", "2", "", "3", "", "4", "5", "6", "0", days]
    return ",".join([*head, "0.1", "0.8", "0.1", "2", "1", "0", "0", "0", "33", *[""] * 7])


def add_on(kind: str, code: str, primary: str, begin: str = "2013091", end: str = "", ended: str = "") -> str:
    return f"{kind}{code}{ended:<7}{primary}{'':<7}{begin}{end:<7}"


TABULAR_HEADING = (
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    "<ICD10CM.tabular>",
    "  <version>2026</version>",
    '  <introduction><introSection type="title"><title>Made-up, café</title></introSection></introduction>',
    "  <chapter><name>17</name><desc>Made-up chapter (Q98-Q99)</desc>",
    '    <section id="Q98-Q99"><desc>Made-up section, café</desc>',
)
TABULAR_FOOTING = ("    </section>", "  </chapter>", "</ICD10CM.tabular>")
OTHER_XML = ('<?xml version="1.0"?>', "<ICD10CM.index>")
NOT_TABULAR = "begins with <ICD10CM.index> and not with <ICD10CM.tabular>"


def diag(code: str, inside: str = "", words: str = "Made-up, café") -> str:
    return f"<diag><name>{code}</name><desc>{words}</desc>{inside}</diag>"


def noted(kind: str, *notes: str) -> str:
    return f"<{kind}>{''.join(f'<note>{note}</note>' for note in notes)}</{kind}>"


def seventh(characters: str) -> str:
    said = "".join(f'<extension char="{one}">made-up</extension>' for one in characters)
    return f"<sevenChrDef>{said}</sevenChrDef>"


def tabular_notes(table: str, kind: str, other: str) -> Sample:
    return Sample(
        table,
        "icd10cm-tabular-2026.xml",
        TABULAR_HEADING,
        (
            diag("Q98", noted(kind, "made-up disease (Q99.1-)") + diag("Q98.0")),
            diag("Q99", diag("Q99.1", diag("Q99.11")) + diag("Q99.2")),
        ),
        (
            ({"code": "Q980", other: "Q9911"}, {}),
            ({"code": "Q980", other: "Q992"}, None),
            ({"code": "Q992", other: "Q9911"}, None),
        ),
        diag("Q99.-"),
        "the code is no code of this kind",
        OTHER_XML,
        NOT_TABULAR,
        footing=TABULAR_FOOTING,
    )


SAMPLES = (
    Sample(
        "hcpcs",
        "HCPC2026_JUL_ANWEB.txt",
        HCPCS_PREAMBLE,
        (hcpcs("A9991"), hcpcs("A9992", ended="20261231", coverage="D"), hcpcs("A9993", ended="20260630")),
        (({"code": "A9991"}, {"coverage": "C", "betos": "D1A"}), ({"code": "A9993"}, None)),
        hcpcs("A9994", added="2020"),
        "the date on which the code was added is no date written YYYYMMDD",
        ("HCPC,SEQNUM,RECID",),
        "has no row for hcpcs",
        (hcpcs("A9995"), hcpcs("A9995", added="20260101", ended="20261231")),
    ),
    Sample(
        "hcpcs_modifiers",
        "HCPC2026_JUL_ANWEB.txt",
        HCPCS_PREAMBLE,
        (hcpcs("ZA", kind="7"), hcpcs("ZB", kind="7", ended="20260630")),
        (({"code": "ZA"}, {}), ({"code": "ZB"}, None)),
        hcpcs("Z-", kind="7"),
        "the modifier is no code of this kind",
        ("HCPC,SEQNUM,RECID",),
        "has no row for hcpcs_modifiers",
        (hcpcs("ZC", kind="7"), hcpcs("ZC", kind="7", added="20260101")),
    ),
    Sample(
        "ncci_mue_practitioner",
        "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv",
        (
            *MUE_HEADING,
            '"HCPCS/',
            'CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale',
        ),
        ("T0001,1,2 Date of Service Edit: Policy,Reason", "T0002,12,3 Date of Service Edit: Clinical,é"),
        (({"code": "T0001"}, {"value": 1, "mai": "2"}), ({"code": "T0009"}, None)),
        "T0003,one,2 Date of Service Edit: Policy,Reason",
        "the MUE value is no whole number",
        ("HCPCS/CPT Code,Outpatient Hospital Services MUE Values,MUE Adjudication Indicator,MUE Rationale",),
        "has no heading with the column Practitioner Services MUE Values",
        ("T0004,1,2 Day,Reason", "T0004,2,2 Day,Reason"),
    ),
    Sample(
        "ncci_add_on",
        "AOC_V2026Q3-F-MCR.txt",
        ("AOC_Edit_Type and more, café",),
        (
            add_on("1", "T0002", "T0001"),
            add_on("1", "T0003", "T0001", end="2026181"),
            add_on("2", "T0004", "CCCCC"),
        ),
        (
            ({"add_on": "T0002"}, {"type": "1", "primary": "T0001"}),
            ({"add_on": "T0003"}, None),
            ({"add_on": "T0004"}, {"type": "2", "primary": "CCCCC"}),
        ),
        add_on("1", "T0005", "T0001", begin="2013400"),
        "the effective date is no date written YYYYDDD",
        ("Add-on,Primary",),
        "has no row for ncci_add_on",
    ),
    Sample(
        "icd10_cm",
        "icd10cm_order_2026.txt",
        (),
        (icd(1, "Q99", "0"), icd(2, "Q9999"), icd(3, "Q99991A")),
        (({"code": "Q99"}, {"billable": False}), ({"code": "Q99991A"}, {"billable": True})),
        icd(4, "Q9998", "2"),
        "column 15 is neither 0 nor 1",
        ("code,description",),
        "has no row for icd10_cm (line 1: the line does not begin with an order number of five digits)",
        (icd(5, "Q9997"), icd(5, "Q9997", "0")),
    ),
    Sample(
        "icd10_pcs",
        "icd10pcs_order_2026.txt",
        (),
        (icd(1, "9ZZ", "0"), icd(2, "9ZZZZZ9")),
        (({"code": "9ZZZZZ9"}, {"billable": True}), ({"code": "9ZZZZZ8"}, None)),
        icd(3, "9Z", "1"),
        "the code is no code of this kind",
        ("code,description",),
        "has no row for icd10_pcs",
        (icd(4, "9ZZZZZ7"), icd(4, "9ZZZZZ7", "0")),
    ),
    Sample(
        "mce_diagnoses",
        "Definitions of Medicare Code Edits_v_43.1.txt",
        (
            "Definitions of Medicare Code Edits, café",
            "4. Age conflict\t9",
            "4. Age conflict",
            "A. Perinatal/Newborn diagnoses",
        ),
        (
            "Q9999\tMade-up disease of the newborn",
            "D. Adult diagnoses (age 15 through 124)",
            "Q9998\tMade-up disease of adults",
            "9. Unacceptable principal diagnosis",
            "Q9998\tMade-up disease of adults",
            "11. Non-covered procedure",
            "9ZZZZZ9\tMade-up procedure",
        ),
        (
            ({"code": "Q9999"}, {"newborn": True}),
            ({"code": "Q9998"}, {"adult": True, "unacceptable_principal": True}),
            ({"code": "9ZZZZZ9"}, None),
        ),
        "",
        "",
        ("code,edit",),
        "has no row for mce_diagnoses",
    ),
    Sample(
        "mce_diagnoses",
        "mce_v43.tsv",
        (
            "MCE_Version\tICD_Version\tMCE_Section\tMCE_Subsection\tMCE_Edit_Type\tICD_Code_Type\tICD_Code\tICD_Desc",
        ),
        (
            "43\t10\t4\tA\tNewborn_Only\tD\tQ9999\tMade-up, café",
            "43\t10\t6\t_\tManifestation\tD\tQ9999\tMade-up",
        ),
        (({"code": "Q9999"}, {"newborn": True, "manifestation": True}),),
        "43\t10\t4\tA\tNewborn_Only\tX\tQ9998\tMade-up",
        "the code is neither a diagnosis (D) nor a procedure (P)",
        ("MCE_Section\tICD_Code",),
        "has no heading with the column MCE_Subsection, ICD_Code_Type",
    ),
    Sample(
        "mpfs",
        "PPRRVU2026_Jul_nonQPP.csv",
        PPRRVU_HEADING,
        (fee("T0001", days="090"), fee("T0002", days="XXX"), fee("T0002", "26")),
        (
            (
                {"code": "T0001"},
                {"status": "A", "global_days": "090", "global_post_days": 90, "multiple": "2"},
            ),
            ({"code": "T0002"}, {"global_days": "XXX"}),
        ),
        fee("T0003", status="AA"),
        "the status is no code of this kind",
        ("HCPCS,MOD,DESCRIPTION,STATUS" + "," * 30,),
        "has not the heading of this file",
        (fee("T0004"), fee("T0004", days="000")),
    ),
    Sample(
        "provider_taxonomy",
        "nucc_taxonomy_260.csv",
        ("Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section",),
        (
            '999900001X,A,B,C,"Words, of',
            'two lines, café",,D,Individual',
            "999900002X,A,B,,,,D,Non-Individual",
        ),
        (({"code": "999900001X"}, {"section": "Individual"}), ({"code": "999900009X"}, None)),
        "9999,A,B,,,,D,Individual",
        "the code is no code of this kind",
        ("Code,Type,Classification",),
        "has no heading with the column Section",
        ("999900003X,A,B,,,,D,Individual", "999900003X,A,B,,,,D,Non-Individual"),
    ),
    Sample(
        "nppes_provider",
        "npidata_pfile_20050523-20260809.csv",
        (NPPES_HEADING,),
        (
            nppes("1999999984", "1", "", "", "999900001X", "999900002X"),
            nppes("1999999992", "", "06/30/2026"),
            nppes("1999999018", "2", "01/31/2020", "02/28/2020"),
        ),
        (
            ({"npi": "1999999984"}, {"entity_type": "1", "primary_taxonomy": "999900002X"}),
            ({"npi": "1999999992"}, {"deactivated": dt.date(2026, 6, 30)}),
            ({"npi": "1999999018"}, {"entity_type": "2"}),
        ),
        nppes("1999999026", "3"),
        "the entity type is neither 1 nor 2",
        ("NPI,Entity",),
        "has no heading with the column Entity Type Code, NPI Deactivation Date",
        (nppes("1999999034", "1"), nppes("1999999034", "2")),
    ),
    Sample(
        "nppes_provider_taxonomy",
        "npidata_pfile_20050523-20260809.csv",
        (NPPES_HEADING,),
        (
            nppes("1999999984", "1", "", "", "999900001X", "999900002X", "999900002X"),
            nppes("1999999992", "", "06/30/2026"),
        ),
        (
            ({"npi": "1999999984", "taxonomy": "999900001X"}, {"is_primary": False}),
            ({"npi": "1999999984", "taxonomy": "999900002X"}, {"is_primary": True}),
        ),
        nppes("1999999026", "1", "", "", "9999"),
        "the taxonomy code is no code of this kind",
        ("NPI,Entity",),
        "has no heading with the column Entity Type Code, NPI Deactivation Date",
        (nppes("1999999034", "1", "", "", "999900001X"), nppes("1999999034", "1", "", "", "", "999900001X")),
    ),
    Sample(
        "ndc_package",
        "package.txt",
        (
            "PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\tENDMARKETINGDATE\t"
            "NDC_EXCLUDE_FLAG\tSAMPLE_PACKAGE",
        ),
        (
            "1\t9999-0001\t9999-0001-01\t1 VIAL, café\t20200101\t\tN\tN",
            "2\t99999-001\t99999-001-02\t1 VIAL\t20200101\t20260630\tN\tN",
            "3\t99999-0003\t99999-0003-3\t1 VIAL\t20200101\t20270630\tN\tN",
        ),
        (
            ({"ndc": "09999000101"}, {"excluded": "N"}),
            ({"ndc": "99999000102"}, None),
            ({"ndc": "99999000303"}, {"excluded": "N"}),
        ),
        "4\t99999-0004\t99999-0004-04\t1 VIAL\t20200101\t\tN\tN",
        "the package code has not ten digits in three parts",
        ("PRODUCTID\tPRODUCTNDC",),
        "has no heading with the column NDCPACKAGECODE, STARTMARKETINGDATE, ENDMARKETINGDATE",
        period=("2026-08", dt.date(2026, 8, 1)),
    ),
    Sample(
        "hipps",
        "hipps.csv",
        ("Master list, café", "HIPPS Code,Code Effective From Date,Code Effective Through Date,Description"),
        ("9AA11,10/1/2019,,Words", "9AA12,10/01/2019,06/30/2026,Words"),
        (({"code": "9AA11"}, {}), ({"code": "9AA12"}, None)),
        "9AA13,2019-10-01,,Words",
        "the first day is no date written MM/DD/YYYY",
        ("HIPPS Code,Description",),
        "has no heading with the column Code Effective From Date, Code Effective Through Date",
        ("9AA14,10/01/2019,,Words", "9AA14,01/01/2020,,Words"),
        period=("2026", dt.date(2026, 1, 1)),
    ),
    Sample(
        "carc",
        "carc.csv",
        ("Code,Description",),
        (
            '997,"Words, café',
            'Start: 01/01/1995 | Last Modified: 02/02/2002"',
            '"A9","Words | Start: 01/01/1995 | Stop: 06/30/2026"',
        ),
        (({"code": "997"}, {}), ({"code": "A9"}, None)),
        '99-7,"Words Start: 01/01/1995"',
        "the code is no code of this kind",
        ("Reason,Words",),
        "has no heading with the column Code, Description",
        ('998,"Start: 01/01/1995"', '998,"Start: 01/01/2000"'),
        period=("2026-08", dt.date(2026, 8, 1)),
    ),
    Sample(
        "rarc",
        "rarc.csv",
        ("Code,Description",),
        ('N999,"Words, café Start: 01/01/1995"', 'MA99,"Start: 01/01/1995 Stop: 06/30/2026"'),
        (({"code": "N999"}, {}), ({"code": "MA99"}, None)),
        'N998,"Start: 13/01/1995"',
        "the start is no date written YYYYMMDD",
        ("Reason,Words",),
        "has no heading with the column Code, Description",
        ('N997,"Start: 01/01/1995"', 'N997,"Start: 01/01/2000"'),
        period=("2026-08", dt.date(2026, 8, 1)),
    ),
    tabular_notes("icd10_excludes1", "excludes1", "excluded"),
    tabular_notes("icd10_code_first", "codeFirst", "first"),
    tabular_notes("icd10_use_additional", "useAdditionalCode", "additional"),
    Sample(
        "icd10_seventh_characters",
        "icd10cm-tabular-2026.xml",
        TABULAR_HEADING,
        (diag("Q98", seventh("SAD") + diag("Q98.0") + diag("Q98.1", seventh("1"))), diag("Q99")),
        (
            ({"code": "Q980XXA"}, {"characters": "A D S"}),
            ({"code": "Q981XX1"}, {"characters": "1"}),
            ({"code": "Q99"}, None),
        ),
        diag("Q99.0", seventh("AS-")),
        "a seventh character is no digit or letter, or there is none",
        OTHER_XML,
        NOT_TABULAR,
        (diag("Q99.1", seventh("A")), diag("Q99.1", seventh("B"))),
        footing=TABULAR_FOOTING,
    ),
    Sample(
        "icd10_laterality",
        "icd10cm-tabular-2026.xml",
        TABULAR_HEADING,
        (
            diag("Q98", seventh("AD") + diag("Q98.0", words="Made-up, right ear")),
            diag("Q99", diag("Q99.1", words="Bilateral")),
        ),
        (
            ({"code": "Q980XXD"}, {"side": "right"}),
            ({"code": "Q991"}, {"side": "bilateral"}),
            ({"code": "Q980"}, None),
        ),
        "<diag><desc>Made-up, left ear</desc></diag>",
        "a code without a name",
        OTHER_XML,
        NOT_TABULAR,
        (diag("Q99.2", words="Left ear"), diag("Q99.2", words="Right ear")),
        footing=TABULAR_FOOTING,
    ),
)
