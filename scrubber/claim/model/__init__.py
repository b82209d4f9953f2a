"""The claim: one model for every reader, rule, patch and report, professional, institutional and dental.

Names are the field's standard terms and the same as in rule paths (docs: the path vocabulary). Values
are what the claim *reports*; what is in effect (a line's rendering provider, said once for the claim)
is the path vocabulary's business (`paths.py`). Immutable by convention: change a claim by patching its
JSON form (`scrubber.amend`). Guides: 005010X222A1 (837P), 005010X223A2 (837I),
005010X224A2 (837D).
"""

from scrubber.claim.model.claim import Claim, ClaimType, FileInfo, Transaction
from scrubber.claim.model.codes import (
    AnesthesiaProcedure,
    ConditionCode,
    Diagnosis,
    InpatientProcedure,
    OccurrenceCode,
    OccurrenceSpan,
    TreatmentCode,
    ValueCode,
)
from scrubber.claim.model.coordination import (
    Adjustment,
    InpatientAdjudication,
    LineAdjudication,
    OtherInsured,
    OtherPayer,
    OutpatientAdjudication,
    Procedure,
)
from scrubber.claim.model.dental import Orthodontics, Tooth, ToothStatus
from scrubber.claim.model.details import (
    Ambulance,
    Attachment,
    Certification,
    Contract,
    DateRange,
    Note,
    PayerNumber,
    Repricing,
    SpinalManipulation,
)
from scrubber.claim.model.lines import (
    Answer,
    Drug,
    Equipment,
    EquipmentCertification,
    Form,
    Measurement,
    ServiceLine,
)
from scrubber.claim.model.parties import (
    Address,
    BillingProvider,
    Party,
    Patient,
    Payer,
    PayToPlan,
    Provider,
    SecondaryId,
    Subscriber,
)

__all__ = [
    "Address",
    "Adjustment",
    "Ambulance",
    "AnesthesiaProcedure",
    "Answer",
    "Attachment",
    "BillingProvider",
    "Certification",
    "Claim",
    "ClaimType",
    "ConditionCode",
    "Contract",
    "DateRange",
    "Diagnosis",
    "Drug",
    "Equipment",
    "EquipmentCertification",
    "FileInfo",
    "Form",
    "InpatientAdjudication",
    "InpatientProcedure",
    "LineAdjudication",
    "Measurement",
    "Note",
    "OccurrenceCode",
    "OccurrenceSpan",
    "Orthodontics",
    "OtherInsured",
    "OtherPayer",
    "OutpatientAdjudication",
    "Party",
    "Patient",
    "PayToPlan",
    "Payer",
    "PayerNumber",
    "Procedure",
    "Provider",
    "Repricing",
    "SecondaryId",
    "ServiceLine",
    "SpinalManipulation",
    "Subscriber",
    "Tooth",
    "ToothStatus",
    "Transaction",
    "TreatmentCode",
    "ValueCode",
]
