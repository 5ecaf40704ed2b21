#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""envoy_records.py CTL SOURCE FOLDER: edge run beside the recorded answers of real Envoy, in the groups that it serves.

CTL is sallyportctl, SOURCE the checkout, beside which the records are (or in SALLYPORT_SHARED), FOLDER one for what is written.  Ends with compare.py's line
`N passed, N failed`; says "skipped: no …" where the records or the program that asks are not here.
"""
import os
import pathlib
import subprocess
import sys

GROUPS = "(route|redirect|cors|headers)/"


def main() -> int:
    ctl, source, folder = sys.argv[1:]
    shared = os.environ.get("SALLYPORT_SHARED") or pathlib.Path(source).parent / "shared"
    probe = pathlib.Path(shared) / "conformance" / "edge"
    if not (probe / "edge_probe.py").is_file():
        print(f"skipped: no {probe} (name the folder by SALLYPORT_SHARED)")
        return 0
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    seen = pathlib.Path(folder) / "envoy_records.jsonl"
    start = f"{ctl} edge run -f {{dir}} {{listens}} {{mapargs}}"
    asked = subprocess.run(
        [sys.executable, probe / "edge_probe.py", "--out", seen, "--jobs", "2", "--only", "^" + GROUPS, "--start", start],
        check=False)
    if asked.returncode != 0:
        print(f"edge_probe.py ended with {asked.returncode}")
        return 1
    compared = subprocess.run(
        [sys.executable, probe / "compare.py", probe / "golden-envoy-1.40.jsonl", seen, "--also",
         probe / "golden-envoy-1.37.jsonl", "--stricter-ok", "--group-summary", "--only", "^[a-z]+/" + GROUPS],
        check=False)
    return compared.returncode


if __name__ == "__main__":
    sys.exit(main())
