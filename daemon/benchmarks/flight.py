#!/usr/bin/env python3
"""Times DoGet of a table by a daemon beside pyarrow's own Flight server, which has the same batches in memory.

usage: flight.py [--rounds N] [--table NAME] [--filters] ADDRESS ARCHIVE [TOKEN]

ADDRESS is as pyarrow has it: grpc://127.0.0.1:7070, grpc+unix:///run/packhoused/packhoused.sock. Rounds alternate; the first does not
count. Bytes are those of the table in memory. With --filters it times what the daemon sends of the table for a path prefix, a package
URL and a digest, which are those of a row in the middle. Needs pyarrow.
"""

import argparse
import multiprocessing
import os
import statistics
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.flight as flight


def read(client, options, descriptor):
    info = client.get_flight_info(descriptor, options)
    return pa.concat_tables(client.do_get(e.ticket, options).read_all() for e in info.endpoints)


def command(**fields):
    row = pa.record_batch({name: pa.array([value], pa.string()) for name, value in fields.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, row.schema) as stream:
        stream.write_batch(row)
    return flight.FlightDescriptor.for_command(sink.getvalue().to_pybytes())


def filters(client, options, archive, name, rounds):
    """Times filters that leave one row, or a folder's, beside the whole table."""
    table = read(client, options, flight.FlightDescriptor.for_path(archive, name))
    purls = table.filter(pc.is_valid(table["purl"]))
    row = purls.slice(len(purls) // 2, 1).to_pylist()[0]
    folder = row["path"].rsplit("/", 1)[0] + "/"
    asked = {"all of it": {}, "a folder": {"path_prefix": folder}, "a package URL": {"purl": row["purl"]},
             "a digest": {"digest": row["blake3"].hex()}, "no package URL": {"purl": "pkg:maven/none/none@1"}}
    for what, given in asked.items():
        seconds = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            rows = read(client, options, command(archive=archive, table=name, **given)).num_rows
            seconds.append(time.perf_counter() - start)
        print(f"{what:14}  {statistics.median(seconds[1:]) * 1e3:7.1f} ms (from {min(seconds[1:]) * 1e3:.1f} to"
              f" {max(seconds[1:]) * 1e3:.1f}), {rows} rows")


def serve(path, ready):
    """Serves the batches of an IPC file as they are, from memory."""
    with pa.memory_map(path) as file:
        table = pa.ipc.open_file(file).read_all()

    class Server(flight.FlightServerBase):
        def do_get(self, context, ticket):
            return flight.RecordBatchStream(table)

        def get_flight_info(self, context, descriptor):
            endpoint = flight.FlightEndpoint(b"all", [])
            return flight.FlightInfo(table.schema, descriptor, [endpoint], table.num_rows, table.nbytes)

    server = Server("grpc://127.0.0.1:0")
    ready.send(server.port)
    server.serve()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--table", default="entries")
    arguments.add_argument("--filters", action="store_true")
    arguments.add_argument("address")
    arguments.add_argument("archive")
    arguments.add_argument("token", nargs="?")
    given = arguments.parse_args()
    headers = [(b"authorization", b"Bearer " + given.token.encode())] if given.token else []
    options = flight.FlightCallOptions(headers=headers)
    ours = flight.connect(given.address)
    if given.filters:
        filters(ours, options, given.archive, given.table, given.rounds)
        return
    descriptor = flight.FlightDescriptor.for_path(given.archive, given.table)
    table = read(ours, options, descriptor)
    copy = f"/tmp/flight-{time.time_ns()}.arrow"
    with pa.OSFile(copy, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(copy, there), daemon=True)
    process.start()
    theirs = flight.connect(f"grpc://127.0.0.1:{here.recv()}")
    seconds = {"packhoused": [], "pyarrow": []}
    for round_ in range(given.rounds + 1):
        turns = [("packhoused", ours, options), ("pyarrow", theirs, flight.FlightCallOptions())]
        for name, client, how in turns if round_ % 2 else reversed(turns):
            start = time.perf_counter()
            rows = read(client, how, descriptor).num_rows
            if round_ > 0:
                seconds[name].append(time.perf_counter() - start)
            assert rows == table.num_rows
    process.terminate()
    os.unlink(copy)
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{name:10}  {median:.3f} s (from {min(times):.3f} to {max(times):.3f})  {table.num_rows / median / 1e6:.2f} million rows/s"
              f"  {table.nbytes / median / 1e6:.0f} MB/s")
    ratio = statistics.median(seconds["pyarrow"]) / statistics.median(seconds["packhoused"])
    print(f"packhoused / pyarrow: {ratio:.2f} times the speed, {table.num_rows} rows of {given.table}")


if __name__ == "__main__":
    main()
