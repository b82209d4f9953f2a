"""Checks calls of registered functions: that they exist, and that their arguments are what they take."""

from __future__ import annotations

from scrubber.claim.functions import FUNCTIONS
from scrubber.packs.check_terms import KIND_NAMES, Report, comparable
from scrubber.packs.conditions import Param
from scrubber.packs.diagnostics import closest, listing
from scrubber.packs.names import Names, Term
from scrubber.packs.rules import Let
from scrubber.packs.yaml_marks import Place


def check_function(spec: Let, place: Place, names: Names, report: Report) -> None:
    """Note a function that does not exist, and arguments that it does not take or lacks."""
    name = spec.derived or ""
    if not report.known(name, FUNCTIONS, (*place, "derived"), "function"):
        return
    wanted = FUNCTIONS[name].arguments
    for argument, given in spec.arguments.items():
        at = (*place, argument)
        if argument not in wanted:
            near = closest(argument, wanted)
            told = "" if near else f"It takes {listing(list(wanted))}"
            report.add_at_key(at, f"`{name}` has no argument `{argument}`", told, near)
        elif isinstance(given, Param):
            _check_parameter(given.param, name, argument, (*at, "param"), names, report)
        elif given not in wanted[argument]:
            told = f"It may be {listing(list(wanted[argument]), 'or')}"
            report.add(at, f"`{given}` is no value of `{argument}` of `{name}`", told)
    for argument in wanted:
        if argument not in spec.arguments:
            report.add(
                (*place, "derived"), f"`{name}` needs `{argument}`", f"Add `{argument}: ...` beside it"
            )


def _check_parameter(
    name: str, function: str, argument: str, place: Place, names: Names, report: Report
) -> None:
    if not report.known(name, names.parameters, place, "parameter of this rule"):
        return
    wanted, parameter = FUNCTIONS[function].arguments[argument], names.parameters[name]
    odd = sorted(set(parameter.of) - set(wanted))
    if parameter.type != "choice":
        report.add(place, f"`{name}` is a {parameter.type}; `{argument}` is a choice")
    elif odd:
        message = f"`{name}` may be {listing(odd, 'or')}, and `{argument}` of `{function}` may not"
        report.add(place, message, f"It may be {listing(list(wanted), 'or')}")


def check_argument_kind(spec: Let, term: Term, place: Place, report: Report) -> None:
    """Note a value of items that a function is not for."""
    function = FUNCTIONS.get(spec.derived or "")
    if function is not None and not comparable(function.of, term.kind):
        takes = f"`{spec.derived}` takes {KIND_NAMES[function.of]} of each item"
        report.add((*place, "of"), f"`{spec.of}` is {KIND_NAMES[term.kind]}; {takes}")
