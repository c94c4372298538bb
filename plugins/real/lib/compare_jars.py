"""Compares what JarFiles says with what packhouse says of the same jars and nars; prints a table of differences.

The purl is to be that of the path, which is a Maven repository's; signers and the jars inside those that the JDK finds.
"""

import json
import pathlib
import sys


def purl_of(path):
    *group, artifact, version, file = pathlib.PurePosixPath(path).parts
    stem, _, kind = file.rpartition(".")
    classifier = stem.removeprefix(f"{artifact}-{version}").removeprefix("-")
    qualifiers = (["classifier=" + classifier] if classifier else []) + (["type=" + kind] if kind != "jar" else [])
    return f"pkg:maven/{'.'.join(group)}/{artifact}@{version}" + ("?" + "&".join(qualifiers) if qualifiers else "")


def rows(file):
    with open(file, encoding="utf-8") as lines:
        return {row["path"].removeprefix("./"): row for row in map(json.loads, lines)}


theirs, ours = rows(sys.argv[1]), rows(sys.argv[2])
differences = signed = inside = 0
for path, their in sorted(theirs.items()):
    our = ours.get(path, {}).get("metadata") or {}
    nested = {one["inner_path"]: one for one in our.get("nested", [])}
    pairs = [
        ("purl", purl_of(path), our.get("purl")),
        ("signers", their["signers"], our.get("columns", {}).get("signers", [])),
        ("jars inside", their["inside"], [name for name in their["inside"] if name in nested]),
    ]
    for name in their["inside"]:
        found = nested.get(name, {})
        pairs.append((name, pathlib.PurePosixPath(name).stem, f"{found.get('name')}-{found.get('version')}"))
    signed += bool(their["signers"])
    inside += len(their["inside"])
    for field, expected, found in pairs:
        if expected != found:
            differences += 1
            print(f"{path}\t{field}\tthe JDK: {expected}\tours: {found}")
print(f"{len(theirs)} jars and nars, {signed} of them signed, {inside} jars inside, {differences} differ")
sys.exit(1 if differences else 0)
