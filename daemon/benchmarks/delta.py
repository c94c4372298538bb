#!/usr/bin/env python3
"""Packs what is new between two states of a Maven repository, and compares with zstd --patch-from on tars of them.

usage: delta.py [--packhouse COMMAND] [--work DIR] [--seed N] [--count N] [--rounds N] [--peer-only | --no-peer] [--options WORDS] REPOSITORY

The states are trees of hard links: A is the repository without the newest version of some artifacts, chosen by the seed among those that
have at least three, B the repository without the oldest version of others. --work is on the repository's file system, and has room for the
archive of A and tars of both; nothing is left there. Wall is told without and with the making of a tar of B, which a delta does not need.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

PACKAGES = (".jar", ".aar", ".war")


def order(version):
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.findall(r"\d+|[a-zA-Z]+", version)]


def artifacts(root):
    versions = {}
    for folder, _, files in os.walk(root):
        if any(name.endswith(".pom") for name in files):
            artifact, version = os.path.split(os.path.relpath(folder, root))
            versions.setdefault(artifact, []).append((order(version), version, files))
    return sorted(
        (artifact, sorted(of)) for artifact, of in versions.items() if len(of) >= 3 and any(name.endswith(PACKAGES) for name in min(of)[2])
    )


def states(root, work, seed, count):
    chosen = random.Random(seed).sample(artifacts(root), 2 * count)
    added = [f"{artifact}/{of[-1][1]}" for artifact, of in chosen[:count]]
    removed = [f"{artifact}/{of[0][1]}" for artifact, of in chosen[count:]]
    for name, left_out in (("A", added), ("B", removed)):
        subprocess.check_call(["cp", "-al", root, f"{work}/{name}"])
        for folder in left_out:
            shutil.rmtree(f"{work}/{name}/{folder}")


def run(command):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} ended with {status}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def line(name, walls, cpu, peak, size):
    print(f"| {name} | {min(walls):.2f} | {cpu:.2f} | {peak:.0f} | {size / 1e6:.2f} |", flush=True)


def measure(name, rounds, out, command):
    walls = []
    for _ in range(rounds):
        if os.path.exists(out):
            os.remove(out)
        wall, cpu, peak = run(command)
        walls.append(wall)
    line(name, walls, cpu, peak, os.path.getsize(out))
    return min(walls)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    arguments.add_argument("--packhouse", default=os.path.join(here, "../../packhouse"))
    arguments.add_argument("--work", default=tempfile.gettempdir())
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--options", default="", help="of packhouse pack, for both archives")
    arguments.add_argument("--peer-only", action="store_true")
    arguments.add_argument("--no-peer", action="store_true")
    arguments.add_argument("repository")
    given = arguments.parse_args()
    options = given.options.split()
    print(f"seed {given.seed}", file=sys.stderr)
    print("| | wall, s (best) | CPU, s | peak MiB | size, MB |\n|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory(dir=given.work) as work:
        states(os.path.abspath(given.repository), work, given.seed, given.count)
        if not given.peer_only:
            base, delta = f"{work}/a.pkh", f"{work}/b.pkh"
            measure("packhouse pack A", 1, base, [given.packhouse, "pack", "-q", *options, f"{work}/A", base])
            command = [given.packhouse, "pack", "-q", *options, "--base", base, f"{work}/B", delta]
            measure("packhouse pack --base A B", given.rounds, delta, command)
            run([given.packhouse, "verify", "-q", delta])
            os.remove(base)
        if not given.no_peer:
            old, new, patch = f"{work}/a.tar", f"{work}/b.tar", f"{work}/b.zst"
            measure("tar A", 1, old, ["tar", "--sort=name", "-C", f"{work}/A", "-cf", old, "."])
            tar = measure("tar B", given.rounds, new, ["tar", "--sort=name", "-C", f"{work}/B", "-cf", new, "."])
            for threads in ("-T1", "-T2"):
                command = ["zstd", "-3", threads, "--long=31", f"--patch-from={old}", new, "-f", "-o", patch]
                wall = measure(f"zstd -3 {threads} --long=31 --patch-from=A.tar B.tar", given.rounds, patch, command)
                print(f"| with the tar of B | {wall + tar:.2f} | | | |", flush=True)


if __name__ == "__main__":
    main()
