"""The settings of claims: how often each is drawn, what it wants of its patient, what makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.claims import (
    dental,
    extras,
    institutional,
    professional_services,
    professional_visits,
    providers,
)
from benchmarks.claims.claim import Claim
from benchmarks.claims.coordination import coordinate
from benchmarks.claims.parties import Needs
from benchmarks.claims.segments import Segment
from benchmarks.claims.tables_institutional import CONDITIONS


@dataclass(frozen=True, slots=True)
class Setting:
    """`weight`: how often. `special`: its patient has no claims of other settings. `part`: is forced."""

    weight: int
    make: Callable[[Claim], None]
    needs: Needs = field(default_factory=Needs)
    special: bool = False
    part: Callable[[Claim], None] | None = None


_v, _s, _i, _d = professional_visits, professional_services, institutional, dental
_CHILD = Needs(ages=(1, 14), dependent=1.0)

PROFESSIONAL: Mapping[str, Setting] = {
    "office_visit": Setting(60, _v.office_visit),
    "emergency_physician": Setting(10, _v.emergency_physician),
    "inpatient_physician": Setting(10, _v.inpatient_physician),
    "surgery": Setting(8, _v.surgery),
    "anesthesia": Setting(5, _v.anesthesia),
    "laboratory": Setting(16, _s.laboratory),
    "radiology": Setting(12, _s.radiology),
    "ambulance": Setting(5, _s.ambulance),
    "equipment": Setting(6, _s.equipment),
    "infusion": Setting(5, _v.infusion),
    "chiropractic": Setting(5, _v.chiropractic),
    "vision": Setting(3, _v.vision),
    "homebound": Setting(2, _v.homebound),
    "hospice_employee": Setting(2, _v.hospice_employee),
    "maternity": Setting(
        3, _v.maternity, Needs((19, 44), sex="F", pregnant=True, dependent=0.3), special=True
    ),
    "workers_compensation": Setting(
        3, _v.workers_compensation, Needs((19, 66), program="WC", employer=True), special=True
    ),
    "auto_accident": Setting(3, _v.auto_accident, Needs(program="AM", property=True), special=True),
    "care_plan_oversight": Setting(2, _v.care_plan_oversight),
    "child_screening": Setting(
        4, _v.child_screening, Needs((1, 14), program="MC", dependent=0.0), special=True
    ),
    "dependent": Setting(8, _v.office_visit, _CHILD, special=True),
    "repriced": Setting(3, _v.office_visit, part=extras.repriced),
    "contract": Setting(2, _v.office_visit, part=extras.contract),
    "notes": Setting(2, _v.office_visit, part=extras.notes),
    "attachments": Setting(2, _v.office_visit, part=extras.attachments),
    "references": Setting(2, _v.office_visit, part=extras.numbers),
    "replacement": Setting(2, _v.office_visit, part=extras.replacement),
    "every_provider": Setting(2, _v.every_provider),
}
INSTITUTIONAL: Mapping[str, Setting] = {
    "inpatient": Setting(24, _i.inpatient),
    "outpatient": Setting(40, _i.outpatient),
    "emergency": Setting(16, _i.emergency),
    "skilled_nursing": Setting(6, _i.skilled_nursing, Needs((65, 95), dependent=0.02)),
    "home_health": Setting(6, _i.home_health, Needs((60, 95), dependent=0.02)),
    "hospice": Setting(4, _i.hospice, Needs((55, 98), dependent=0.02)),
    "dialysis": Setting(5, _i.dialysis),
    "therapy": Setting(6, _i.therapy),
    "critical_access": Setting(4, _i.critical_access),
    "rural_clinic": Setting(4, _i.rural_clinic),
    "dependent": Setting(6, _i.outpatient, _CHILD, special=True),
    "workers_compensation": Setting(
        2, _i.emergency, Needs((19, 66), program="WC", employer=True), special=True
    ),
    "repriced": Setting(2, _i.outpatient, part=extras.repriced),
    "contract": Setting(2, _i.outpatient, part=extras.contract),
    "notes": Setting(2, _i.outpatient, part=extras.notes),
    "attachments": Setting(2, _i.outpatient, part=extras.attachments),
    "references": Setting(2, _i.outpatient, part=extras.numbers),
    "replacement": Setting(2, _i.outpatient, part=extras.replacement),
    "every_provider": Setting(2, _i.every_provider),
}
DENTAL: Mapping[str, Setting] = {
    "checkup": Setting(40, _d.checkup),
    "fillings": Setting(30, _d.fillings),
    "crowns": Setting(12, _d.crowns),
    "root_canals": Setting(10, _d.root_canals),
    "surgery": Setting(10, _d.surgery),
    "periodontics": Setting(8, _d.periodontics),
    "dentures": Setting(6, _d.dentures, Needs((50, 90), dependent=0.1)),
    "orthodontics": Setting(8, _d.orthodontics, Needs((10, 17), dependent=0.9), special=True),
    "predetermination": Setting(8, _d.predetermination),
    "predetermined": Setting(4, _d.predetermined),
    "one_date": Setting(6, _d.one_date),
    "accident": Setting(4, _d.accident),
    "child": Setting(12, _d.child, _CHILD, special=True),
    "screening": Setting(4, _d.screening, Needs((1, 14), program="MC", dependent=0.0), special=True),
    "repriced": Setting(2, _d.fillings, part=extras.repriced),
    "contract": Setting(2, _d.fillings, part=extras.contract),
    "notes": Setting(2, _d.fillings, part=extras.notes),
    "attachments": Setting(2, _d.crowns, part=extras.attachments),
    "references": Setting(2, _d.fillings, part=extras.numbers),
    "replacement": Setting(3, _d.checkup, part=extras.replacement),
    "every_provider": Setting(2, _d.every_provider),
}
_BY_TYPE: Mapping[str, Mapping[str, Setting]] = {
    "professional": PROFESSIONAL,
    "institutional": INSTITUTIONAL,
    "dental": DENTAL,
}
#: The names of the settings, by type of claim.
SETTINGS: Mapping[str, tuple[str, ...]] = {name: tuple(known) for name, known in _BY_TYPE.items()}


def settings_of(claim_type: str) -> Mapping[str, Setting]:
    """Return the settings of a type of claim."""
    return _BY_TYPE[claim_type]


def complete(claim: Claim, setting: Setting) -> None:
    """Make a claim of a setting whole: its services, who gave them, extras, other payers."""
    setting.make(claim)
    dice = claim.dice
    if claim.dental:
        dental.finish(claim)
    elif claim.institutional:
        institutional.finish(claim)
    else:
        _finish_professional(claim)
    if dice.chance(0.8):
        extras.control_numbers(claim)
    for part in extras.ANY:
        wanted = part is setting.part
        plain = claim.frequency == "1" or part is not extras.replacement
        if (wanted or dice.chance(extras.SHARE)) and plain:
            part(claim)
    coordinate(
        claim, every_provider=setting.make in (_v.every_provider, _i.every_provider, _d.every_provider)
    )


def _finish_professional(claim: Claim) -> None:
    dice, kind = claim.dice, claim.biller.kind
    codes = [("ABK", claim.diagnoses[0]), *(("ABF", code) for code in claim.diagnoses[1:12])]
    claim.extra.insert(0, Segment("2300", "HI", *codes))  # before the HI of operations
    if dice.chance(0.03):
        claim.add("HI", *(("BG", code) for code in dice.some(CONDITIONS, dice.between(1, 2))))
    by_biller = kind.renders or (kind.person and dice.chance(0.8))
    if not by_biller and "2310B" not in claim.providers:
        claim.providers["2310B"] = providers.rendering("2310B", dice, numbers=dice.chance(0.1))
    if dice.chance(0.08) and "2310A" not in claim.providers:
        claim.providers["2310A"] = providers.person("2310A", dice.pick(("DN", "DN", "P3")), dice)
    if dice.chance(0.04) and "2310D" not in claim.providers:
        claim.providers["2310D"] = providers.person("2310D", "DQ", dice)
    if dice.chance(0.05) and not by_biller and not claim.lines[-1].providers:
        claim.lines[-1].providers = providers.rendering("2420A", dice)
