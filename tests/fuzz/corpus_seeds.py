# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of the fuzz targets from the corpus, so that they start at what real configurations look like.

corpus_seeds.py CORPUS FOLDER writes FOLDER/{resources,services,hosts,regexes}/NUMBER.
"""
import json
import pathlib
import sys

LONGEST = 6000  # of a list of objects: longer ones make slow inputs and no new ones


def texts(value, names):
    """All texts that stand below one of the names."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name in names and isinstance(member, str):
                yield member
            yield from texts(member, names)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, names)


def specs(resources):
    for resource in resources:
        if isinstance(resource.get("spec"), dict):
            yield resource["spec"]


def main(corpus, folder):
    seeds = {"resources": [], "services": set(), "hosts": set(), "regexes": set()}
    for path in sorted(pathlib.Path(corpus).glob("*.json")):
        resources = json.loads(path.read_text()).get("resources")
        if not isinstance(resources, list):
            continue
        whole = json.dumps(resources, separators=(",", ":"))
        if len(whole) <= LONGEST:
            seeds["resources"].append(whole)
        seeds["services"].update(texts(resources, {"service", "auth_service"}))
        hosts = sorted(set(texts(resources, {"hostname", "host"})))
        seeds["hosts"].update(f"{a}\n{b}" for a, b in zip(hosts, hosts[1:]))
        for spec in specs(resources):
            rewrite = spec.get("regex_rewrite") or spec.get("regex_redirect") or {}
            header = next(iter((spec.get("regex_headers") or {"": ""}).values()))
            if rewrite or spec.get("prefix_regex") or header:
                seeds["regexes"].add("\n".join([str(rewrite.get("pattern", spec.get("prefix", ""))),
                                                str(rewrite.get("substitution", "")), str(header), "/a/b1?q=1"]))
    for name, inputs in seeds.items():
        into = pathlib.Path(folder) / name
        into.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(sorted(inputs)):
            (into / str(number)).write_text(text)
        print(f"{name}: {len(inputs)} seeds of the corpus")


if __name__ == "__main__":
    main(*sys.argv[1:])
