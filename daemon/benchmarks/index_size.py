#!/usr/bin/env python3
"""index_size.py ARCHIVE...: what the index of an archive takes, by part, kind of buffer and column. Needs pyarrow.

Stored bytes count once where buffers of a batch share them, for the first; decoded bytes count each time."""
import collections, os, struct, sys, pyarrow as pa


def buffers_of(kind, name):
    """Column and kind of each Arrow buffer of a column, in the order of a batch's metadata."""
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return [(name, "validity"), (name, "offsets"), (name, "data")]
    if pa.types.is_list(kind):
        return [(name, "validity"), (name, "offsets")] + buffers_of(kind.value_type, name + "[]")
    if pa.types.is_struct(kind):
        return [(name, "validity")] + [b for field in kind for b in buffers_of(field.type, f"{name}.{field.name}")]
    return [(name, "validity"), (name, "data")]


def places(metadata):
    """Offset and length of each buffer in the body: a vector of structs in the flatbuffer of a batch's message."""
    def number(form, at): return struct.unpack_from(form, metadata, at)[0]
    def field(table, ordinal): return table + number("<H", table - number("<i", table) + 4 + 2 * ordinal)
    def follow(at): return at + number("<i", at)
    header = follow(field(follow(0), 2))
    vector = follow(field(header, 2))
    return [struct.unpack_from("<qq", metadata, vector + 4 + 16 * i) for i in range(number("<i", vector))]


def report(path):
    stored, decoded, total = collections.Counter(), collections.Counter(), collections.Counter()
    with open(path, "rb") as file:
        arrow = pa.ipc.open_file(file)
        meta = {key.decode().removeprefix("packhouse."): value.decode() for key, value in arrow.metadata.items()}
        names = [buffer for field in arrow.schema for buffer in buffers_of(field.type, field.name)]
        def table(part):
            file.seek(int(meta[part + ".offset"]))
            return pa.ipc.open_stream(file.read(int(meta[part + ".length"]))).read_all().to_pylist()
        batches, blobs = table("batch_directory"), table("blob_table")
        for batch in batches:
            file.seek(batch["offset"])
            message = file.read(batch["length"])
            body = 8 + struct.unpack_from("<i", message, 4)[0]
            total["metadata of batches"] += body
            seen = set()
            for (at, length), name in zip(places(message[8:body]), names, strict=True):
                prefix = struct.unpack_from("<q", message, body + at)[0] if length else 0
                decoded[name] += prefix if prefix >= 0 else length - 8
                if at not in seen:
                    stored[name] += (length + 7) & -8
                seen.add(at)
    size = os.path.getsize(path)
    total["blobs"] = sum(blob["stored_length"] for blob in blobs)
    for (_, kind), length in stored.items():
        total[kind] += length
    total["head, tables, footer, padding"] = size - sum(total.values())
    print(f"{path}: {size:,} bytes, {sum(b['rows'] for b in batches):,} rows in {len(batches)} batches")
    for name, length in total.most_common():
        print(f"  {length:13,}  {name}")
    print("         stored        decoded")
    for name, length in stored.most_common(40):
        print(f"  {length:13,}  {decoded[name]:13,}  {name[0]} {name[1]}")


if len(sys.argv) < 2:
    sys.exit(__doc__)
for archive in sys.argv[1:]:
    report(archive)
