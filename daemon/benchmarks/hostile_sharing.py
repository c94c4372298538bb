#!/usr/bin/env python3
"""Packs trees that are built to hurt the sharing of parts, and says what that took.

usage: hostile_sharing.py [--packhouse COMMAND] [--work DIR] [--megabytes N] [--files N] [CASE...]

Cases: repeat (a short pattern, over and over), bruijn (every sequence of bytes once), near-equal (files that differ from the one
before in a byte each), one-slot (every anchor has the same hash), distinct (nothing to share). Each is packed with sharing on and off;
both archives are verified. One case at a time is on the disk.
"""

import argparse
import os
import random
import shutil
import subprocess
import tempfile
import time

ANCHOR = 0x7A


def chunks(megabytes):
    for number in range(megabytes):
        yield number, 1 << 20


def repeat(tree, megabytes, files):
    unit = bytes([ANCHOR, 0x7B, 1, 200, 0x7B, ANCHOR, 77])
    with open(f"{tree}/repeat.bin", "wb") as out:
        whole = unit * (len(unit) << 17)
        for _ in range((megabytes << 20) // len(whole)):
            out.write(whole)


def bruijn(tree, megabytes, files):
    """Not quite: a permutation of 32-bit numbers, none of which comes twice."""
    with open(f"{tree}/bruijn.bin", "wb") as out:
        value = 1
        for _, length in chunks(megabytes):
            words = bytearray()
            for _ in range(length // 4096):
                value = (value * 6364136223846793005 + 1442695040888963407) % 2**64
                words += random.Random(value).randbytes(4096)
            out.write(words)


def near_equal(tree, megabytes, files):
    contents = bytearray(random.Random(1).randbytes(8 << 10))
    choice = random.Random(2)
    for number in range(files):
        if number % 1000 == 0:
            os.mkdir(f"{tree}/d{number // 1000:06}")
        contents[choice.randrange(len(contents))] ^= 0x55
        with open(f"{tree}/d{number // 1000:06}/{number % 1000:03}.jar", "wb") as out:
            out.write(contents)


def one_slot(tree, megabytes, files):
    same = bytes([ANCHOR]) + random.Random(3).randbytes(31)
    noise = random.Random(4)
    with open(f"{tree}/one-slot.bin", "wb") as out:
        for _, length in chunks(megabytes):
            piece = bytearray(noise.randbytes(length))
            for at in range(0, length, 48):
                piece[at : at + 32] = same
            out.write(piece[:length])


def distinct(tree, megabytes, files):
    noise = random.Random(5)
    with open(f"{tree}/distinct.bin", "wb") as out:
        for _, length in chunks(megabytes):
            out.write(noise.randbytes(length))


CASES = {"repeat": repeat, "bruijn": bruijn, "near-equal": near_equal, "one-slot": one_slot, "distinct": distinct}


def run(command):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} ended with {status}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    arguments.add_argument("--packhouse", default=os.path.join(here, "../../packhouse"))
    arguments.add_argument("--work", default=tempfile.gettempdir())
    arguments.add_argument("--megabytes", type=int, default=1000)
    arguments.add_argument("--files", type=int, default=1_000_000)
    arguments.add_argument("cases", nargs="*", metavar="CASE")
    given = arguments.parse_args()
    print("| tree | sharing | wall, s | CPU, s | peak MiB | archive, MB |\n|---|---|--:|--:|--:|--:|")
    for case in given.cases or CASES:
        with tempfile.TemporaryDirectory(dir=given.work) as work:
            tree = f"{work}/tree"
            os.mkdir(tree)
            CASES[case](tree, given.megabytes, given.files)
            for sharing in ("on", "off"):
                archive = f"{work}/{sharing}.pkh"
                wall, cpu, peak = run([given.packhouse, "pack", "-q", "--sharing", sharing, tree, archive])
                run([given.packhouse, "verify", "-q", archive])
                size = os.path.getsize(archive) / 1e6
                os.remove(archive)
                print(f"| {case} | {sharing} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {size:.1f} |", flush=True)
            shutil.rmtree(tree)


if __name__ == "__main__":
    main()
