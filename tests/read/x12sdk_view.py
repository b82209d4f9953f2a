"""What x12sdk, another reader of 837P and 837I, finds in a file: every claim as {claim path: text}.

Which loop a segment belongs to and which field an element is are x12sdk's findings (`x12sdk_trees`); here
they only get our names (`x12sdk_names`). A path that x12sdk has no value for is not there.
"""

from __future__ import annotations

from tests.read import x12sdk_names as names
from tests.read.x12sdk_collect import Collector
from tests.read.x12sdk_trees import Transaction, Tree, loops, segments, transactions


def claims_of(data: bytes) -> list[dict[str, str]]:
    """Return every claim of a file, in file order."""
    return [claim for transaction in transactions(data.decode()) for claim in flattened(transaction)]


def flattened(transaction: Transaction) -> list[dict[str, str]]:
    """Return the claims of a transaction."""
    return [_renamed(_Flat(transaction).claim(*levels)) for levels in transaction.claims()]


#: Its one model of HCP has the names of a line; of an institutional claim as a whole the guide says others.
_OF_STAYS = {
    "repricing.ambulatory_patient_group": "repricing.drg",
    "repricing.ambulatory_patient_group_amount": "repricing.approved_amount",
}


def _renamed(claim: dict[str, str]) -> dict[str, str]:
    if "facility_type_code" not in claim:
        return claim
    return {_OF_STAYS.get(path, path): text for path, text in claim.items()}


class _Flat(Collector):
    """One claim, from the top down."""

    def claim(self, provider: Tree, subscriber: Tree, patient: Tree, claim: Tree) -> dict[str, str]:
        """Return {path: text} of one claim and of all it stands under."""
        self._envelope()
        self._billing(provider, subscriber)
        self._subscriber(subscriber)
        self._patient(subscriber, patient)
        self._claim(claim)
        for hi in segments(claim, "hi"):
            for i in range(1, 13):
                self._code(*[*(hi.get(f"health_care_code_{i}") or []), *[""] * 9][:9])
        self.providers("", claim, "loop_2310")
        for i, payer in enumerate(loops(claim, "loop_2320")):
            self._other_payer(f"other_payers[{i}].", payer)
        for i, line in enumerate(loops(claim, "loop_2400")):
            self._line(f"lines[{i}].", line)
        return self.found

    def _envelope(self) -> None:
        for loop in loops(self.top, "header"):
            self.rows("", loop, names.HEADER)
        for name, key in (("submitter", "loop_1000a"), ("receiver", "loop_1000b")):
            for loop in loops(self.top, key):
                self.rows(f"{name}.", loop, names.ORGANISATION)
                self.identifier(f"{name}.id", loop, "46")
                self.contact(name, loop)

    def _billing(self, provider: Tree, subscriber: Tree) -> None:
        for prv in segments(provider, "prv"):
            self.put("billing_provider.taxonomy", prv.get("reference_identification"))
        self.rows("billing_provider.", provider, names.CURRENCY)
        for loop in loops(provider, "loop_2010aa"):
            self.rows("billing_provider.", loop, names.ORGANISATION)
            self.identifier("billing_provider.npi", loop, "XX")
            self.address("billing_provider.address", loop)
            for ref in segments(loop, "ref"):
                if ref["reference_identification_qualifier"] in ("EI", "SY"):
                    self.put("billing_provider.tax_id", ref["reference_identification"])
                    self.put("billing_provider.tax_id_type", ref["reference_identification_qualifier"])
            self.ids("billing_provider", loop, but="EI SY")
            self.contact("billing_provider", loop)
        for loop in loops(provider, "loop_2010ab"):
            self.address("pay_to_address", loop)
        for loop in loops(provider, "loop_2010ac"):
            self.rows("pay_to_plan.", loop, names.NAME)
            self.identifier("pay_to_plan.payer_id", loop, "PI", "XV")
            self.address("pay_to_plan.address", loop)
            self.qualified("pay_to_plan.", loop, "ref", {"EI": "tax_id"})
            self.ids("pay_to_plan", loop, but="EI")
        for loop in loops(subscriber, "loop_2010bb"):
            self.qualified("billing_provider.", loop, "ref", dict.fromkeys(("G2", "LU"), "payer_assigned_id"))

    def _subscriber(self, subscriber: Tree) -> None:
        self.rows("payer.", subscriber, names.SBR)
        self.rows("subscriber.", subscriber, names.GROUP)
        for loop in loops(subscriber, "loop_2010ba"):
            self._person("subscriber", loop)
            self.identifier("subscriber.member_id", loop, "MI")
            self.identifier("subscriber.unique_health_id", loop, "II")
        for loop in loops(subscriber, "loop_2010bb"):
            self.rows("payer.", loop, names.NAME)
            self.identifier("payer.payer_id", loop, "PI", "XV")
            self.address("payer.address", loop)
            self.ids("payer", loop, but="G2 LU")

    def _patient(self, subscriber: Tree, patient: Tree) -> None:
        for sbr in segments(subscriber, "sbr"):
            if sbr.get("individual_relationship_code") == "18":
                self.put("patient.relationship", "18")
        self.rows("patient.", subscriber, names.PAT)
        self.rows("patient.", patient, names.PAT)
        for loop in loops(patient, "loop_2010ca"):
            self._person("patient", loop)
            self.qualified("patient.", loop, "ref", {"1W": "member_id"})
            self.found.pop("patient.entity_type", None)  # always a person
        for loop in loops(patient, "loop_2010ca") or loops(subscriber, "loop_2010ba"):
            self.qualified("", loop, "ref", {"Y4": "property_casualty_claim_number"})  # where the patient is

    def _person(self, prefix: str, loop: Tree) -> None:
        self.rows(f"{prefix}.", loop, names.PERSON)
        self.rows(f"{prefix}.", loop, names.DMG)
        self.address(f"{prefix}.address", loop)
        self.qualified(f"{prefix}.", loop, "ref", {"SY": "ssn"})
        self.contact(prefix, loop)

    def _claim(self, claim: Tree) -> None:
        self.rows("", claim, names.CLAIM)
        for clm in segments(claim, "clm"):
            place = (clm["health_care_service_location_information"] or "").split(self.component)
            institutional = "X223" in self.found["transaction.guide"]
            self.put("facility_type_code" if institutional else "place_of_service", place[0])
            self.put("frequency_code", place[2] if len(place) > 2 else "")
            causes = [*(clm.get("related_causes_code") or "").split(self.component), *[""] * 5]
            self.put_all("related_causes", causes[:3])
            self.put("accident_state", causes[3])
            self.put("accident_country", causes[4])
        self.qualified("", claim, "ref", names.CLAIM_REFS)
        self._details("", claim)

    def _details(self, prefix: str, loop: Tree) -> None:
        """Keep what claims and lines have in common."""
        self.dates(prefix, loop)
        self.qualified(prefix, loop, "amt", names.AMOUNTS, "#")
        self.items(f"{prefix}attachments", loop, names.PWK)
        self.items(f"{prefix}notes", loop, names.NTE)
        self.items(f"{prefix}certifications", loop, names.CRC)
        for i, crc in enumerate(segments(loop, "crc")):
            conditions = [crc.get(f"condition_code_{k}") for k in range(1, 6)]
            self.put_all(f"{prefix}certifications[{i}].conditions", conditions)
        information = [k3.get("fixed_format_information") for k3 in segments(loop, "k3")]
        self.put_all(f"{prefix}file_information", information)

    def _code(self, qualifier: str, code: str, form: str, date: str, amount: str, *rest: str) -> None:
        """Keep one composite of an HI."""
        if qualifier in names.DIAGNOSES:
            at = self._next("diagnoses")
            self.put(f"{at}.role", names.DIAGNOSES[qualifier])
            self.put(f"{at}.code_set", "icd10" if qualifier.startswith("A") else "icd9")
            self.put(f"{at}.poa", rest[-1])
        elif qualifier in names.PROCEDURES:
            at = self._next("procedures")
            self.put(f"{at}.role", names.PROCEDURES[qualifier])
            self.put(f"{at}.code_set", "icd10" if qualifier.startswith("BB") else "icd9")
            self.put(f"{at}.date@", date)
        elif qualifier in names.CODES:
            at = self._next(names.CODES[qualifier])
            self.put(f"{at}.role", {"BP": "principal", "BO": "other"}.get(qualifier))
            self.put(f"{at}.amount#", amount)
            start, _, end = date.partition("-")
            self.put(f"{at}.from@" if form == "RD8" else f"{at}.date@", start)
            self.put(f"{at}.through@", end)
        else:
            if qualifier == "DR":
                self.put("drg", code)
            return
        self.put(f"{at}.code", code)

    def _next(self, name: str) -> str:
        """Return the path of the next item of a list."""
        return f"{name}[{sum(p.startswith(f'{name}[') and p.endswith('].code') for p in self.found)}]"

    def _other_payer(self, prefix: str, payer: Tree) -> None:
        for table in (names.SBR, names.GROUP, names.COVERAGE):
            self.rows(prefix, payer, table)
        for sbr in segments(payer, "sbr"):
            self.put(f"{prefix}relationship", sbr.get("individual_relationship_code"))
        self.adjustments(prefix, payer)
        self.qualified(prefix, payer, "amt", names.AMOUNTS, "#")
        remarks = [s.get(key) for s in segments(payer, "mia") for key in names.MIA_REMARKS]
        remarks += [s.get(key) for s in segments(payer, "moa") for key in names.MOA_REMARKS]
        self.put_all(f"{prefix}remark_codes", remarks)
        for loop in loops(payer, "loop_2330a"):
            self._person(f"{prefix}subscriber", loop)
            self.identifier(f"{prefix}member_id", loop, "MI")
            self.identifier(f"{prefix}subscriber.unique_health_id", loop, "II")
        for loop in loops(payer, "loop_2330b"):
            self.rows(prefix, loop, names.NAME)
            self.identifier(f"{prefix}payer_id", loop, "PI", "XV")
            self.address(f"{prefix}address", loop)
            self.dates(prefix, loop)
            self.qualified(prefix, loop, "ref", names.PAYER_REFS)
            self.ids(prefix.removesuffix("."), loop, but=" ".join(names.PAYER_REFS))
        self.providers(prefix, payer, "loop_2330")

    def _line(self, prefix: str, line: Tree) -> None:
        self.rows(prefix, line, names.LINE)
        for sv1 in segments(line, "sv1"):
            self.composite(prefix, sv1["product_service_id_qualifier"])
            pointers = (sv1.get("composite_diagnosis_code_pointer") or "").split(self.component)
            self.put_all(f"{prefix}diagnosis_pointers", pointers)
        for sv2 in segments(line, "sv2"):
            self.composite(prefix, sv2.get("composite_medical_procedure_identifier"))
        for sv5 in segments(line, "sv5"):
            self.composite(f"{prefix}equipment.", sv5["product_service_id_qualifier"])
        self._details(prefix, line)
        self.qualified(prefix, line, "ref", names.LINE_REFS)
        self.qualified(prefix, line, "qty", names.QUANTITIES, "#")
        self.items(f"{prefix}measurements", line, names.MEA)
        for drug in loops(line, "loop_2410"):
            self._drug(f"{prefix}drug.", drug)
        self.providers(prefix, line, "loop_2420")
        for i, adjudication in enumerate(loops(line, "loop_2430")):
            self._adjudication(f"{prefix}adjudications[{i}].", adjudication)
        for i, form in enumerate(loops(line, "loop_2440")):
            self.rows(f"{prefix}forms[{i}].", form, names.LQ)
            self.items(f"{prefix}forms[{i}].answers", form, names.FRM)

    def _drug(self, prefix: str, drug: Tree) -> None:
        self.rows(prefix, drug, names.DRUG)
        for lin in segments(drug, "lin"):
            qualifier = lin["product_service_id_qualifier"]
            self.put(f"{prefix}qualifier", qualifier)
            name = "ndc" if qualifier == "N4" else "product_code"
            self.put(prefix + name, lin["national_drug_code_universal_product_number"])
        for ctp in segments(drug, "ctp"):
            self.put(f"{prefix}unit", (ctp["composite_unit_of_measure"] or "").split(self.component)[0])

    def _adjudication(self, prefix: str, adjudication: Tree) -> None:
        self.rows(prefix, adjudication, names.ADJUDICATION)
        for svd in segments(adjudication, "svd"):
            self.composite(prefix, svd.get("composite_medical_procedure_identifier"))
        self.adjustments(prefix, adjudication)
        self.dates(prefix, adjudication)
        self.qualified(prefix, adjudication, "amt", names.AMOUNTS, "#")
