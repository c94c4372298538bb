"""Compares what EffectivePoms says with what packhouse says of the same poms; prints a table of differences."""

import json
import sys


# Profiles that Maven activates by the machine or by a property that is not set, which packhouse does not.
PROFILES = (
    "com/aayushatharva/brotli4j/brotli4j/",
    "com/google/inject/guice/",
    "io/netty/netty-transport-native-epoll/",
)


def by_path(file):
    with open(file, encoding="utf-8") as lines:
        return {row["path"].removeprefix("./"): row for row in map(json.loads, lines)}


def dependencies(row):
    return sorted(
        (d["name"], d.get("requirement"), d.get("scope"), bool(d.get("optional")))
        for d in row.get("dependencies", [])
    )


theirs, ours = by_path(sys.argv[1]), by_path(sys.argv[2])
compared = explained = 0
differences = []
for path, their in sorted(theirs.items()):
    our = ours.get(path, {}).get("metadata")
    if "name" not in their:
        explained += 1  # Maven makes no model of it: a parent is missing, or the pom is not valid.
        continue
    compared += 1
    if our is None:
        differences.append((path, "metadata", their["name"], ours.get(path)))
        continue
    pairs = [
        ("namespace", their["namespace"], our.get("namespace")),
        ("name", their["name"], our.get("name")),
        ("version", their["version"], our.get("version")),
        ("licenses", their["licenses"], our.get("licenses_declared") or []),
        ("dependencies", sorted((d[0], d[1], d[2], d[3]) for d in their["dependencies"]), dependencies(our)),
    ]
    for field, expected, found in pairs:
        if field == "dependencies" and expected != found:
            only = [d for d in expected if d not in found], [d for d in found if d not in expected]
            # What the build's surroundings decide stays an expression here: java.version, os.detected..., basedir.
            if path.startswith(PROFILES) or all("${" in str(d) for d in only[1]) and len(only[0]) == len(only[1]):
                explained += 1
                continue
            expected, found = only
        if expected != found:
            differences.append((path, field, expected, found))
print(f"{compared} poms compared, {explained} explained, {len(differences)} differ")
for path, field, expected, found in differences[:200]:
    print(f"{path}\t{field}\tMaven: {expected}\tours: {found}")
sys.exit(1 if differences else 0)
