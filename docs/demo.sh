#!/bin/sh
# The whole way of a claim in one minute: findings, a safe repair, an accepted amendment, a corrected file.
# Run by `make demo`; writes only into demo-output/.
set -eu
cd "$(dirname "$0")/.."
out=demo-output
rm -rf "$out"
mkdir -p "$out"
sample=docs/samples/clinic.837

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
say() { printf '\n%s%s%s\n\n' "$bold" "$*" "$plain"; }
# `scrub` exits 1 when something blocks: here that is the point, not a failure.
blocked() { "$@" || [ $? -eq 1 ]; }

say "1. Scrub three claims before they are sent"
blocked scrubber scrub "$sample"
blocked scrubber scrub "$sample" --format html --out "$out/findings.html" >/dev/null
blocked scrubber scrub "$sample" --format json --out "$out/findings.json" >/dev/null

say "2. Repair what is representation only (safe amendments)"
blocked scrubber scrub "$sample" --format json --out "$out/before-repair.json" --repair "$out/repaired" 2>&1

say "3. Accept amendments that change what is billed (a named person answers for them)"
accept=$(python - "$out/findings.json" <<'PY'
import json
import sys

run = json.load(open(sys.argv[1]))
for file in run["files"]:
    for claim in file["claims"]:
        for finding in claim["findings"]:
            if (finding["amendment"] or {}).get("applicability") == "confirm":
                print("--accept", finding["id"])
PY
)
# shellcheck disable=SC2086  (several words on purpose)
scrubber amend "$out/repaired/clinic.837" $accept --by "Demo Biller" --out "$out/corrected.837"

say "4. What is left needs the medical record: a person decides"
blocked scrubber scrub "$out/corrected.837"

say "5. Research a denial"
scrubber denials explain CO-16 N290

say "Look at $out/findings.html in a browser; $out/corrected.837 is the corrected claim file."
