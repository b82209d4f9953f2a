"""x12sdk's names for the fields of its 837 models, and ours for the same: claim paths below some object."""

from __future__ import annotations

Rows = dict[str, list[tuple[str, str]]]


def _table(text: str) -> Rows:
    """Read lines of `segment path=field ...`; a path ends in # for a number, in @ for a date."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {words[0]: [(w.split("=")[0], w.split("=")[1]) for w in words[1:]] for words in lines}


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


NM1 = """
nm1 entity_type=entity_type_qualifier last_name=name_last_or_organization_name first_name=name_first \
middle_name=name_middle suffix=name_suffix"""
PERSON = _table(NM1)
DMG = _table("dmg date_of_birth@=date_time_period sex=gender_code")
PAT = _table("""
pat relationship=individual_relationship_code date_of_death@=patient_death_date weight#=patient_weight \
pregnancy_indicator=pregnancy_indicator""")
SBR = _table("""
sbr responsibility=payer_responsibility_code insurance_type=insurance_type_code \
claim_filing_indicator=claim_filing_indicator_code""")
GROUP = _table("sbr group_number=group_policy_number group_name=group_name")
HEADER = _table("""
st transaction.guide=implementation_convention_reference \
transaction.control_number=transaction_set_control_number
bht transaction.purpose=transaction_set_purpose_code transaction.date@=transaction_set_creation_date \
transaction.reference=submitter_transactional_identifier transaction.type=transaction_type_code \
transaction.time=transaction_set_creation_time""")
HCP = """
hcp repricing.method=pricing_methodology repricing.allowed_amount#=repriced_allowed_amount \
repricing.savings_amount#=repriced_saving_amount repricing.rate#=per_diem_flat_rate_amount \
repricing.organization_id=repricing_organization_identifier repricing.units#=quantity \
repricing.ambulatory_patient_group=repriced_apg_code repricing.revenue_code=product_service_id_1 \
repricing.ambulatory_patient_group_amount#=repriced_apg_amount repricing.exception=exception_code \
repricing.procedure_qualifier=product_service_id_1_qualifier repricing.procedure_code=product_service_id_2 \
repricing.unit_basis=unit_basis_measurement_code repricing.reject_reason=reject_reason_code \
repricing.policy_compliance=policy_compliance_code"""
CN1 = """
cn1 contract.type=contract_type_code contract.amount#=contract_amount contract.code=contract_code \
contract.percent#=contract_percentage contract.discount_percent#=terms_discount_percentage \
contract.version=contract_version_identifier"""
CR1 = """
cr1 ambulance.patient_weight#=patient_weight ambulance.transport_reason=ambulance_transport_reason_code \
ambulance.miles#=transport_distance ambulance.round_trip_purpose=round_trip_purpose_description \
ambulance.stretcher_purpose=stretcher_purpose_description"""
# x12sdk has no field for CR209, so its names stand one element too early.
CLAIM = _table(f"""
clm patient_control_number=patient_control_number total_charge#=total_claim_charge_amount \
signature_on_file=provider_or_supplier_signature_indicator \
release_of_information=release_of_information_code \
assignment_code=provider_accept_assignment_code special_program_code=special_program_code \
benefits_assigned=benefit_assignment_certification_indicator delay_reason_code=delay_reason_code \
patient_signature_source=patient_signature_source_code
cl1 admission_type=admission_type_code admission_source=admission_source_code \
patient_status=patient_status_code
cr2 spinal_manipulation.condition=patient_condition_code \
spinal_manipulation.description=patient_condition_description_2 \
spinal_manipulation.further_description=yes_no_condition_response_code{CN1}{CR1}{HCP}""")
LINE = _table(f"""
lx number=assigned_number
sv1 charge#=line_item_charge_amount unit_basis=unit_basis_measurement_code units#=service_unit_count \
place_of_service=place_of_service_code emergency=emergency_indicator epsdt=epsdt_indicator \
family_planning=family_planning_indicator copay_status=copay_status_code
sv2 revenue_code=service_line_revenue_code charge#=line_item_charge_amount unit_basis=measurement_code \
units#=service_unit_count non_covered_charge#=non_covered_charge_amount
sv5 equipment.unit_basis=unit_basis_measurement_code equipment.length_of_need#=length_of_medical_necessity \
equipment.rental_price#=dme_rental_price equipment.purchase_price#=dme_purchase_price \
equipment.rental_frequency=rental_unit_price_indicator
cr3 equipment_certification.type=certification_type_code \
equipment_certification.months#=durable_medical_equipment_duration
ps1 purchased_service_provider_id=purchased_service_provider_identifier \
purchased_service_amount#=purchased_service_charge_amount{CN1}{CR1}{HCP}""")
DRUG = _table("""
ctp quantity#=quantity
ref prescription_number=reference_identification \
prescription_number_type=reference_identification_qualifier""")
COVERAGE = _table("""
oi benefits_assigned=benefits_assignment_certification release_of_information=release_of_information_code \
patient_signature_source=patient_signature_source_code
moa outpatient_adjudication.reimbursement_rate#=reimbursement_rate \
outpatient_adjudication.hcpcs_payable_amount#=hcpcs_payable_amount \
outpatient_adjudication.esrd_amount#=end_stage_renal_disease_payment_amount \
outpatient_adjudication.non_payable_professional_amount#=nonpayable_professional_component_billable_amount
mia inpatient_adjudication.covered_days#=covered_days_visit_count \
inpatient_adjudication.lifetime_psychiatric_days#=lifetime_psychiatric_days_count \
inpatient_adjudication.drg_amount#=claim_drg_amount \
inpatient_adjudication.disproportionate_share_amount#=claim_disproportionate_share_amount \
inpatient_adjudication.msp_pass_through_amount#=claim_msp_passthrough_amount \
inpatient_adjudication.pps_capital_amount#=claim_pps_capital_amount \
inpatient_adjudication.pps_capital_federal_amount#=pps_capital_fsp_drg_amount \
inpatient_adjudication.pps_capital_hospital_amount#=pps_capital_hsp_drg_amount \
inpatient_adjudication.pps_capital_share_amount#=pps_capital_dsh_drg_amount \
inpatient_adjudication.old_capital_amount#=old_capital_amount \
inpatient_adjudication.pps_capital_teaching_amount#=pps_capital_ime_amount \
inpatient_adjudication.pps_operating_hospital_amount#=pps_operating_hospital_specific_drg_amount \
inpatient_adjudication.cost_report_days#=cost_report_day_count \
inpatient_adjudication.pps_operating_federal_amount#=pps_operating_federal_specific_drg_amount \
inpatient_adjudication.pps_capital_outlier_amount#=claim_pps_capital_outlier_amount \
inpatient_adjudication.indirect_teaching_amount#=claim_indirect_teaching_amount \
inpatient_adjudication.non_payable_professional_amount#=nonpayable_professional_component_amount \
inpatient_adjudication.pps_capital_exception_amount#=pps_capital_exception_amount""")
ADJUDICATION = _table("""
svd payer_id=other_payer_primary_identifier paid_amount#=service_line_paid_amount \
revenue_code=product_service_id paid_units#=paid_service_count \
bundled_into_line=bundled_unbundled_line_number""")
MEA = _table("""
mea reference=measurement_reference_id_code type=measurement_qualifier value#=measurement_value""")
PWK = _table("""
pwk type=report_type_code transmission=report_transmission_code control_number=identification_code""")
NTE = _table("nte type=note_reference_code text=description")
FRM = _table("""
frm question=question_number_letter response=question_response_1 text=question_response_2 \
date@=question_response_3 percent#=question_response_4""")

DATES = _pairs("""
431 onset_date 454 initial_treatment_date 304 last_seen_date 453 acute_manifestation_date 439 accident_date
484 last_menstrual_period 455 last_xray_date 471 prescription_date 435 admission_date 096 discharge_date
314 disability_period 360 disability_period.from 361 disability_period.through 297 last_worked_date
296 return_to_work_date 090 assumed_care_date 091 relinquished_care_date 444 first_contact_date
050 repricer_received_date 434 statement_period 472 service_date 607 certification_revision_date
463 therapy_begin_date 461 last_certification_date 738 hemoglobin_test_date 739 creatinine_test_date
011 shipped_date 573 adjudication_date""")
CLAIM_REFS = _pairs("""
G1 prior_authorization_number 9F referral_number F8 payer_claim_control_number X4 clia_number
4N service_authorization_exception F5 medicare_crossover_indicator EW mammography_certification
EA medical_record_number P4 demonstration_id 1J care_plan_oversight_number LX ide_number
G4 peer_review_approval_number 9A repriced_claim_number 9C adjusted_repriced_claim_number
D9 clearinghouse_claim_id LU accident_state""")
LINE_REFS = _pairs("""
G1 prior_authorization_number 9F referral_number 6R line_item_control_number X4 clia_number
9B repriced_line_number 9D adjusted_repriced_line_number EW mammography_certification
F4 referring_clia_number BT immunization_batch_number""")
PAYER_REFS = _pairs("""
G1 prior_authorization_number 9F referral_number T4 claim_adjustment_indicator F8 claim_control_number""")
AMOUNTS = _pairs("""
F5 patient_paid_amount F3 patient_estimated_amount_due D paid_amount A8 non_covered_amount
EAF remaining_liability T sales_tax_amount F4 postage_amount GT service_tax_amount N8 facility_tax_amount""")
QUANTITIES = _pairs("PT ambulance_patient_count FL obstetric_anesthesia_units")
CONTACTS = _pairs("TE phone EX phone_extension FX fax EM email")
PROVIDERS = _pairs("""
DN referring_provider P3 primary_care_provider 82 rendering_provider 77 service_facility
DQ supervising_provider 71 attending_provider 72 operating_provider ZZ other_operating_provider
QB purchased_service_provider DK ordering_provider PW ambulance_pickup 45 ambulance_dropoff
85 billing_provider""")
#: The two names of each list say which code list it is: ICD-10 and ICD-9.
DIAGNOSES = _pairs("""
ABK principal BK principal ABF other BF other ABJ admitting BJ admitting APR reason_for_visit
PR reason_for_visit ABN external_cause BN external_cause""")
PROCEDURES = _pairs("BBR principal BR principal BBQ other BQ other")
CODES = _pairs("""
BH occurrence_codes BI occurrence_spans BE value_codes BG condition_codes TC treatment_codes
BP anesthesia_procedures BO anesthesia_procedures""")
N4 = _table("""
n4 city=city_name state=state_province_code zip=postal_code country=country_code \
subdivision=country_subdivision_code""")
ID = _table("ref qualifier=reference_identification_qualifier id=reference_identification")
CRC = _table("crc category=code_category applies=certification_condition_indicator")
LQ = _table("lq type=code_list_qualifier_code code=form_identifier")
NAME = _table("nm1 name=name_last_or_organization_name")
ORGANISATION = _table("""
nm1 entity_type=entity_type_qualifier name=name_last_or_organization_name first_name=name_first \
middle_name=name_middle suffix=name_suffix""")
CURRENCY = _table("cur currency=currency_code")
MIA_REMARKS = ("claim_payment_remark_code", *(f"claim_payment_remark_code_{i}" for i in (1, 2, 3, 4)))
MOA_REMARKS = tuple(f"claim_payment_remark_code_{i}" for i in (1, 2, 3, 4, 5))
