#!/usr/bin/env python3
"""Checks a bill of materials by the shapes (SHACL) of the model of SPDX 3.0.1, which say more than its JSON schema does.

usage: spdx3.py JAR BILL

JAR is org.spdx:spdx-v3jsonld-store, of the SPDX project, which has model and context. Needs pyshacl. Exits with 1 where the
bill does not conform, or where it would with a relationship to nothing.
"""

import copy
import json
import sys
import zipfile

import pyshacl
import rdflib


def graph(text):
    return rdflib.Graph().parse(data=text, format="json-ld")


def problems(bill, model):
    conforms, _, text = pyshacl.validate(graph(json.dumps(bill)), shacl_graph=model, ont_graph=model)
    return "" if conforms else text


def main():
    jar, path = sys.argv[1:]
    with zipfile.ZipFile(jar) as file:
        model = graph(file.read("resources/spdx-model-v3.0.1.jsonld"))
        context = json.loads(file.read("resources/spdx-context-v3.0.1.jsonld"))
    with open(path, encoding="utf-8") as file:
        bill = json.load(file)
    bill["@context"] = context["@context"]
    found = problems(bill, model)
    if found:
        sys.exit(found[:4000])
    wrong = copy.deepcopy(bill)
    next(element for element in wrong["@graph"] if element["type"] == "Relationship")["to"] = []
    if not problems(wrong, model):
        sys.exit("a relationship to nothing would conform: nothing was checked")
    print(f"{path}: {len(bill['@graph'])} elements conform to the model of SPDX 3.0.1")


if __name__ == "__main__":
    main()
