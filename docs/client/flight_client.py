"""Reads tables of an archive by Arrow Flight, as docs/flight.md says: ADDRESS ARCHIVE [CERTIFICATE].

PACKHOUSE_TOKEN is shown where it is set; a Unix socket needs none. CERTIFICATE is trusted in place of the system's.
"""

import os
import sys

import pyarrow as pa
import pyarrow.flight as flight


def main(address, archive, certificate=None):
    if certificate:
        with open(certificate, "rb") as pem:
            client = flight.connect(address, tls_root_certs=pem.read())
    else:
        client = flight.connect(address)
    token = os.environ.get("PACKHOUSE_TOKEN")
    headers = [(b"authorization", b"Bearer " + token.encode())] if token else []
    options = flight.FlightCallOptions(headers=headers)

    def read(descriptor):
        info = client.get_flight_info(descriptor, options)
        return pa.concat_tables(client.do_get(e.ticket, options).read_all() for e in info.endpoints)

    def command(**fields):
        row = pa.record_batch({
            name: pa.array([value], pa.list_(pa.string()) if isinstance(value, list) else pa.string())
            for name, value in fields.items()})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, row.schema) as stream:
            stream.write_batch(row)
        return flight.FlightDescriptor.for_command(sink.getvalue().to_pybytes())

    flights = {tuple(part.decode() for part in f.descriptor.path): f for f in client.list_flights(options=options)}
    for table in ("entries", "packages", "dependencies", "extents", "blobs"):
        rows = read(flight.FlightDescriptor.for_path(archive, table))
        print(f"{table}: {rows.num_rows} rows, {rows.num_columns} columns")
        listed = flights[archive, table].total_records
        assert listed in (-1, rows.num_rows), f"{table}: {listed} rows listed"
    packages = read(command(archive=archive, table="packages", columns=["path", "purl"], purl="pkg:maven/*"))
    assert packages.column_names == ["path", "purl"] and packages.num_rows > 0
    entries = read(command(archive=archive, columns=["path", "type", "size", "blake3"])).to_pylist()
    files = [entry for entry in entries if entry["type"] == "file"]
    largest = max(files, key=lambda entry: entry["size"])
    paths = [entry["path"] for entry in files[:20]] + [largest["path"]]
    rows = read(command(archive=archive, table="contents", paths=paths)).to_pylist()
    assert all(row["error"] is None for row in rows)
    size = sum(len(row["content"]) for row in rows if row["path"] == largest["path"])
    assert size % largest["size"] == 0, f"{largest['path']}: {size} bytes"
    same = read(command(archive=archive, columns=["path"], digest=largest["blake3"].hex()))
    assert {"path": largest["path"]} in same.to_pylist()
    print(f"contents: {len(paths)} files, the largest {largest['size']} bytes")
    try:
        read(flight.FlightDescriptor.for_path("nowhere/x.pkh", "entries"))
        raise AssertionError("an archive that is nowhere was read")
    except pa.lib.ArrowKeyError as e:
        print(f"as it should be: {str(e).splitlines()[0]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
