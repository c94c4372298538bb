"""Reads a daemon's metrics with the parsers of Prometheus's own client: python3 metrics.py URL"""

import sys
import urllib.request

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text


def fetch(url, accept):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Content-Type"], answer.read().decode("utf-8")


def main(url):
    kind, body = fetch(url, "text/plain")
    assert kind.startswith("text/plain; version=0.0.4"), kind
    plain = {family.name for family in text.text_string_to_metric_families(body)}
    kind, body = fetch(url, "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text; version=1.0.0"), kind
    # This one is strict: order, units, suffixes, buckets and the end are as they must be.
    families = list(openmetrics.text_string_to_metric_families(body))
    names = {family.name for family in families}
    assert "packhouse_calls" in names and plain == names, plain ^ names
    print(f"{len(families)} metrics, {sum(len(family.samples) for family in families)} samples")


main(sys.argv[1])
