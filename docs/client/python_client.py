#!/usr/bin/env python3
"""A client of packhoused from the .proto files alone.

    python_client.py ADDRESS DIRECTORY ARCHIVE

sends DIRECTORY to be packed as ARCHIVE, verifies it and watches that, reads a file of it,
cancels an operation, and removes the archive. ADDRESS is unix:/PATH or HOST:PORT, a token is
taken from PACKHOUSE_TOKEN. How the stubs are made is told in docs/client.md.
"""

import os
import stat
import sys

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from packhouse.v1 import archives_pb2, archives_pb2_grpc
from packhouse.v1 import catalog_pb2, catalog_pb2_grpc
from packhouse.v1 import entries_pb2, entries_pb2_grpc
from packhouse.v1 import operations_pb2 as watching_pb2
from packhouse.v1 import operations_pb2_grpc as watching_pb2_grpc
from packhouse.v1 import transfers_pb2, transfers_pb2_grpc

CHUNK = 256 << 10


def walk(root):
    """Paths of a tree in ascending order of their bytes; the root's is empty."""
    paths = [b""]
    for folder, directories, files in os.walk(os.fsencode(root)):
        below = os.path.relpath(folder, os.fsencode(root))
        prefix = b"" if below == b"." else below + b"/"
        paths += [prefix + name for name in directories + files]
    return sorted(paths)


def messages(root, archive):
    """The messages that send a tree: start, entries with their bytes, finish."""
    request = transfers_pb2.PackStreamRequest
    yield request(start=transfers_pb2.PackStreamStart(archive=archive))
    sent = 0
    for path in walk(root):
        file = os.path.join(os.fsencode(root), path)
        status = os.lstat(file)
        entry = transfers_pb2.StreamEntry(path=path, mode=stat.S_IMODE(status.st_mode))
        entry.mtime.FromNanoseconds(status.st_mtime_ns)
        if stat.S_ISDIR(status.st_mode):
            entry.type = entries_pb2.ENTRY_TYPE_DIRECTORY
        elif stat.S_ISLNK(status.st_mode):
            entry.type = entries_pb2.ENTRY_TYPE_SYMLINK
            entry.link_target = os.readlink(file)
        elif stat.S_ISREG(status.st_mode):
            entry.type = entries_pb2.ENTRY_TYPE_FILE
            entry.size = status.st_size
        else:
            continue
        sent += 1
        yield request(entry=entry)
        if stat.S_ISREG(status.st_mode):
            with open(file, "rb") as contents:
                while chunk := contents.read(CHUNK):
                    yield request(data=chunk)
    yield request(finish=transfers_pb2.PackStreamFinish(entries=sent))


def pack(channel, root, archive):
    """Packs a tree of this machine; returns the report."""
    for answer in transfers_pb2_grpc.TransferServiceStub(channel).PackStream(messages(root, archive)):
        if answer.HasField("report"):
            return answer.report
    raise RuntimeError("the daemon ended the pack without a report")


def watch(channel, operation):
    """Yields an operation's moments until it is done."""
    stub = watching_pb2_grpc.OperationServiceStub(channel)
    for moment in stub.WatchOperation(watching_pb2.WatchOperationRequest(name=operation.name)):
        metadata = archives_pb2.OperationMetadata()
        moment.metadata.Unpack(metadata)
        yield moment, metadata


def read(channel, archive, path):
    """The bytes of a file; the daemon has checked them against the archive's digests."""
    contents = b""
    whole = False
    request = entries_pb2.ReadEntriesRequest(
        archive=archive, ranges=[entries_pb2.EntryRange(path=path)])
    for answer in entries_pb2_grpc.EntryServiceStub(channel).ReadEntries(request):
        if answer.HasField("error"):
            raise RuntimeError(answer.error.message)
        contents += answer.data
        whole = answer.last
    if not whole:
        raise RuntimeError(f"{path} ended early")
    return contents


def main(address, root, archive):
    token = os.environ.get("PACKHOUSE_TOKEN")
    channel = grpc.insecure_channel(address)
    if token:
        channel = grpc.intercept_channel(channel, Bearer(token))
    with channel:
        report = pack(channel, root, archive)
        print(f"packed {report.files} files, {report.bytes} bytes; id {report.id}")

        archives = archives_pb2_grpc.ArchiveServiceStub(channel)
        operation = archives.VerifyArchive(
            archives_pb2.VerifyArchiveRequest(archive=archive, request_id=f"verify-{report.id}"))
        for moment, metadata in watch(channel, operation):
            print(f"{metadata.verb}: {metadata.progress.entries_done} entries, done: {moment.done}")
        verified = archives_pb2.VerifyArchiveResponse()
        if not moment.response.Unpack(verified) or not verified.intact:
            raise RuntimeError(f"not intact: {moment}")

        for path in walk(root):
            file = os.path.join(os.fsencode(root), path)
            if os.path.isfile(file) and not os.path.islink(file):
                contents = read(channel, archive, os.fsdecode(path))
                with open(file, "rb") as expected:
                    if contents != expected.read():
                        raise RuntimeError(f"{path} differs")
                print(f"read {os.fsdecode(path)}: {len(contents)} bytes")
                break

        operations = operations_pb2_grpc.OperationsStub(channel)
        again = archives.VerifyArchive(archives_pb2.VerifyArchiveRequest(archive=archive))
        operations.CancelOperation(operations_pb2.CancelOperationRequest(name=again.name))
        *_, (end, _) = watch(channel, again)
        # It may have been faster than the cancellation.
        ended = "cancelled" if end.error.code == grpc.StatusCode.CANCELLED.value[0] else "done"
        print(f"asked to end: {ended}")

        catalog = catalog_pb2_grpc.CatalogServiceStub(channel)
        catalog.RemoveArchive(catalog_pb2.RemoveArchiveRequest(name=archive, id=report.id))
        try:
            read(channel, archive, "anything")
        except grpc.RpcError as error:
            print(f"removed: {error.code().name}")


class Bearer(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor,
             grpc.StreamStreamClientInterceptor):
    """Shows a token with each call."""

    def __init__(self, token):
        self.metadata = ("authorization", f"Bearer {token}")

    def _call(self, continuation, details, request):
        metadata = (*(details.metadata or ()), self.metadata)
        return continuation(details._replace(metadata=metadata), request)

    def intercept_unary_unary(self, continuation, details, request):
        return self._call(continuation, details, request)

    def intercept_unary_stream(self, continuation, details, request):
        return self._call(continuation, details, request)

    def intercept_stream_stream(self, continuation, details, requests):
        return self._call(continuation, details, requests)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
