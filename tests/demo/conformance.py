#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded probe of a real kube-apiserver against the demo's empty API server.
conformance.py run SERVER PROBE GOLDEN OUT: starts SERVER (api_server_program), has PROBE write OUT, compares.
conformance.py compare GOLDEN ANSWERED: of two transcripts, JSON lines.
Every record that differs is printed; there is no list of allowed ones.  The last line is "N passed, N failed"."""
import json
import re
import subprocess
import sys

MANAGED = re.compile(r"(.*managedFields)\.(\d+)\.(.*)")


def meaning(record):
    """managedFields as a set: the server sorts the entries of one second by name and others by time, so how fast
    two requests follow each other decides their order, there and here."""
    if not isinstance(record.get("body"), dict):
        return record
    body, lists = {}, {}
    for key, value in record["body"].items():
        match = MANAGED.fullmatch(key)
        if match:
            lists.setdefault(match[1], {}).setdefault(match[2], {})[match[3]] = value
        else:
            body[key] = value
    for name, entries in lists.items():
        body[name] = sorted(entries.values(), key=lambda entry: json.dumps(entry, sort_keys=True))
    return {**record, "body": body}


def records(path):
    with open(path, encoding="utf-8") as lines:
        return {record["step"]: record for record in map(json.loads, filter(str.strip, lines))}


def compare(golden, answered):
    wanted, got = records(golden), records(answered)
    failed = 0
    for step in list(wanted) + [step for step in got if step not in wanted]:
        want, have = wanted.get(step), got.get(step)
        if want and have and meaning(want) == meaning(have):
            continue
        failed += 1
        print(step)
        for what, record in (("want", want), ("got ", have)):
            print(f"  {what} {json.dumps(record, sort_keys=True, ensure_ascii=False) if record else 'nothing'}")
    total = len(set(wanted) | set(got))
    print(f"{total - failed} passed, {failed} failed")
    return 0 if total and not failed else 1


def run(server, probe, golden, out):
    with subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as api:
        ready = api.stdout.readline()
        place = dict(re.findall(r"(\w+)=(\S+)", ready))
        if not ready.startswith("ready:"):
            print(f"{server} did not start: {ready}", file=sys.stderr)
            return 1
        compact = f"curl -sSf -o /dev/null --cacert '{place['ca']}' -H 'Authorization: Bearer {place['admin']}' " \
                  f"-X POST {place['api']}/_sim/compact"
        status = subprocess.run([sys.executable, probe, "--server", place["api"], "--ca", place["ca"],
                                 "--admin", place["admin"], "--viewer", place["viewer"], "--compact", compact,
                                 "--out", out], check=False).returncode
        api.stdin.close()
    if status:
        print(f"{probe} ended with {status}", file=sys.stderr)
        return 1
    return compare(golden, out)


if __name__ == "__main__":
    if len(sys.argv) == 6 and sys.argv[1] == "run":
        sys.exit(run(*sys.argv[2:]))
    if len(sys.argv) == 4 and sys.argv[1] == "compare":
        sys.exit(compare(*sys.argv[2:]))
    sys.exit(__doc__)
