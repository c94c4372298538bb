"""Clients that fetch from registries, for the scripts in the folder above."""

import os
import subprocess
import sys
import time

# Of all that a script fetches; what hangs is not to hold up the others.
SECONDS = float(os.environ.get("PACKHOUSE_FETCH_SECONDS", "150"))
DEADLINE = time.monotonic() + SECONDS


def skip(reason):
    """Ends the script: what it was to compare is not to be had."""
    print("skipped: " + " ".join(str(reason).split())[:200])
    sys.exit(0)


def ask(*command, **options):
    """What a client prints. Where it fails, or all of them take too long, the script ends as skipped."""
    name = " ".join(str(word) for word in command[:3])
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=max(1, DEADLINE - time.monotonic()), **options)
    except subprocess.TimeoutExpired:
        skip(f"{name}: no answer in {SECONDS:.0f} s")
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        skip(f"{name}: exit {done.returncode}: {last}")
    return done.stdout
