#!/usr/bin/env python3
"""Lists, checks and extracts a Packhouse archive. Written from daemon/engine/FORMAT.md alone. Needs pyarrow, zstandard, blake3.

  read_archive.py list|check ARCHIVE               the entries; or reads everything and names what is damaged
  read_archive.py extract ARCHIVE DEST [PATH...]   into a new or empty directory: all, or what is at and under each PATH

Exit status: 0 all is well; 1 damaged, refused or not all restored (standard error says what); 2 wrong usage.
Modes (not set-uid, set-gid) and times are restored; owners, devices and attributes are not."""
import collections, contextlib, functools, os, struct, sys
import blake3, pyarrow as pa, zstandard

MIB, EOS, STATUSES, FAILURES = 1 << 20, b"\xff\xff\xff\xff\0\0\0\0", ("ok", "missing", "unreadable", "changed"), []
KINDS = "directory file fifo symlink hardlink char_device block_device nested".split()  # in the order of extraction
BLOBS = "offset stored_length decoded_length codec codec_parameters blake3".split()
ROWS = "path path_raw type status size mode mtime link_target link_target_raw blake3 extents repository package_type".split()

def require(condition, message):
    if not condition: raise ValueError(message)

@contextlib.contextmanager
def trying(what):
    try:
        yield
    except Exception as e:  # hostile input fails in many ways; say which, and go on
        FAILURES.append(what)
        print(f"{what}: {e if isinstance(e, (OSError, ValueError)) else repr(e)}", file=sys.stderr)

def show(raw):
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in raw.decode("utf-8", "backslashreplace")) or "."
def safe(raw):
    require(len(raw) < 65536 and b"\0" not in raw and not (raw and {b"", b".", b".."} & {*raw.split(b"/")}), "unsafe path")
    return True
def dicts(table, names):
    table.validate(full=True)  # then times as nanoseconds, which Python's datetime lacks
    columns = [c.cast(pa.int64()) if pa.types.is_timestamp(c.type) else c for c in map(table.column, names)]
    return [dict(zip(names, row)) for row in zip(*(c.to_pylist() for c in columns))]

class Archive:
    def __init__(self, path):
        self.file, self.size = open(path, "rb"), os.stat(path).st_size
        size = self.size
        n, magic = struct.unpack("<i6s", self.read(size - 10, 10)) if size >= 154 else (0, b"")
        require(self.read(0, min(size, 8)) + magic == b"ARROW1\0\0ARROW1", "not an archive, or cut short: no ARROW1 at both ends")
        require(0 < n <= min(64 * MIB, size - 82), f"footer length {n} is beyond the file or the limit")
        self.seal = size - n - 74
        seal, footer = self.read(self.seal, 64), self.read(self.seal + 64, n + 10)
        magic, major, minor, flags, offset, length, digest = struct.unpack("<8sHHIqq32s", seal)
        require(magic == b"PKHSEAL\0", f"no seal at {self.seal}")
        require(major == 1 and flags < 1 << 16, f"format version {major}.{minor}, flags {flags:#x}: this reader knows 1.x, 0")
        require((offset, length) == (self.seal, size), f"the seal says {offset} of {length}; it is at {self.seal} of {size}")
        require(blake3.blake3(seal[:32] + footer).digest() == digest, "seal and footer do not match the seal's digest")
        self.arrow = pa.ipc.open_file(self.file)
        self.meta = {k.decode()[10:]: v.decode() for k, v in self.arrow.metadata.items() if k.startswith(b"packhouse.")}
        require(self.meta["format_version"] == f"{major}.{minor}", "seal and footer differ in version")
        self.blobs, self.batches = self.table("blob_table"), self.table("batch_directory")
    def read(self, offset, length):
        require(0 <= offset <= offset + length <= self.size, f"{length} bytes at {offset} are beyond the archive")
        return os.pread(self.file.fileno(), length, offset)
    def part(self, name, offset, length, digest, limit=2**31 - 1):
        require(length <= limit, f"{name} has {length} bytes, the limit is {limit}")
        data = self.read(offset, length)
        require(blake3.blake3(data).digest() == digest, f"{name}, {length} bytes at {offset}: wrong digest")
        return data
    def named(self, name):
        place = int(self.meta.get(f"{name}.offset", 0)), int(self.meta[f"{name}.length"])
        return (*place, pa.py_buffer(self.part(name, *place, bytes.fromhex(self.meta[f"{name}.blake3"]))))
    def table(self, name):
        stream = pa.BufferReader(self.named(name)[2])
        table = pa.ipc.open_stream(stream).read_all()
        require(stream.tell() == stream.size() and table.num_rows == int(self.meta[f"{name}.rows"]), f"{name}: wrong length")
        return dicts(table, table.schema.names)
    def rows(self, batch):  # each gets the bytes of its path and link target as `raw` and `target`
        data = self.part("batch", batch["offset"], batch["length"], batch["blake3"], 272 * MIB)
        rows = dicts(pa.ipc.read_record_batch(pa.ipc.read_message(data), self.arrow.schema), ROWS)
        require(len(rows) == batch["rows"] <= 65536, f"batch at {batch['offset']} has {len(rows)} rows")
        for row in rows:
            row["raw"] = row["path"].encode() if row["path_raw"] is None else row["path_raw"]
            row["target"] = (row["link_target"] or "").encode() if row["link_target_raw"] is None else row["link_target_raw"]
        return rows
    @functools.lru_cache(maxsize=32)
    def blob(self, n):
        require(0 <= n < len(self.blobs), f"blob {n} is none that this reader knows")
        offset, stored, decoded, codec, parameters, digest = map(self.blobs[n].get, BLOBS)
        require(codec in ("raw", "zstd") and parameters is None, f"blob {n}: unknown codec {codec!r}, or parameters")
        data = self.part(f"blob {n}", offset, stored, digest, 65 * MIB)
        if codec == "zstd":
            frame = zstandard.get_frame_parameters(data)
            require(frame.content_size == decoded <= 64 * MIB and not frame.dict_id, f"blob {n}: wrong frame header")
            data = zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
        require(0 < len(data) == decoded <= 64 * MIB, f"blob {n} decodes to {len(data)} bytes")
        return data
    def verify(self, row, write=lambda at, data: None):  # an entry by itself; writes its contents on the way, but not holes
        ok, digest, size, _ = row["type"] == "file" and row["status"] == "ok", blake3.blake3(), 0, safe(row["raw"])
        require(row["type"] in KINDS and row["status"] in STATUSES, f"type {row['type']} or status {row['status']} is unknown")
        require((row["extents"] is not None) == (row["blake3"] is not None) == ok and (ok or not row["size"]), "wrong nulls")
        for blob, offset, length in (extent.values() for extent in row["extents"] or ()):
            require(min(offset, length) >= 0 and size + length <= row["size"], "the extents do not fit")
            if blob != -1:
                data = self.blob(blob)[offset:offset + length]
                require(len(data) == length, f"an extent is beyond blob {blob}")
                digest.update(data)
                write(size, data)
            for at in range(0, length, MIB) if blob == -1 else ():
                digest.update(bytes(min(MIB, length - at)))
            size += length
        require(not ok or (size, digest.digest()) == (row["size"], row["blake3"]), "wrong size or digest")

def check(a):
    with trying("layout"):
        (_, at, head), table, directory = map(a.named, ("head", "blob_table", "batch_directory"))
        require(pa.ipc.read_schema(head[8:]).equals(a.arrow.schema, True), "the head's schema is not the footer's")
        blobs, batches = [(b["offset"], b["stored_length"], 1) for b in a.blobs], [(b["offset"], b["length"], 8) for b in a.batches]
        require(blobs == sorted(blobs) and batches == sorted(batches), "blobs or batches are not in file order")
        tail = [(table[0] - 8, 8, 8), (*table[:2], 8), (*directory[:2], 8), (a.seal, 64, 8)]
        for offset, length, unit in sorted(blobs + batches) + tail:
            require(offset == at + -at % unit and length > 0, f"what is at {offset} does not follow what ends at {at}")
            require(not any(a.read(at, offset - at)), f"the padding at {at} is not zero")
            at = offset + length
        require(a.read(table[0] - 8, 8) == EOS, "no end-of-stream marker before the blob table")
    for n in range(len(a.blobs)):
        with trying(f"blob {n}"): a.blob(n)
    last = {}
    for n, batch in enumerate(a.batches):
        with trying(f"batch {n}"):
            rows, group = a.rows(batch), (batch["package_type"], batch["repository"], batch["nested"])
            paths = ([] if batch["nested"] else last.get(group, [])) + [row["raw"] for row in rows]
            last[group] = paths[-1:]
            require(all(map(bytes.__lt__, paths, paths[1:])), "its paths do not ascend")
            require((rows[0]["raw"], paths[-1]) == (batch["first_path"], batch["last_path"]), "not the directory's paths")
            require(a.arrow.get_batch(n).column("path").to_pylist() == [row["path"] for row in rows], "not the footer's batch")
            for row in rows:
                with trying(show(row["raw"])):
                    require(group == (row["package_type"], row["repository"], row["type"] == "nested"), "in the wrong batch")
                    a.verify(row)

def extract(a, dest, *wanted):
    os.makedirs(dest, exist_ok=True)
    require(not os.listdir(dest), f"{dest} is not empty")
    rows, made, dest = {row["raw"]: row for batch in a.batches for row in a.rows(batch)}, {}, os.fsencode(dest) + b"/"
    names = [raw for raw in rows if not wanted or any((raw + b"/").startswith(os.fsencode(w) + b"/") for w in wanted)]
    for raw in [raw for raw in names if safe(raw)] + [os.fsencode(w) for w in wanted]:
        with trying(show(raw)):
            require(raw in rows, "not in the archive")
            os.makedirs(os.path.dirname(dest + raw), exist_ok=True)  # all, before a link could lie on the way
    for raw in sorted(names, key=lambda raw: KINDS.index(rows[raw]["type"])):
        with trying(show(raw)):
            target = rows[raw]["target"] if rows[raw]["type"] == "hardlink" else raw
            row, path = rows[target], dest + raw  # a hard link to what is not wanted takes its place
            require(row["status"] == "ok", f"not restored: {row['status']} when it was packed")
            if target in made: os.link(made[target], path, follow_symlinks=False)
            elif row["type"] == "file":
                with open(path, "xb", 0) as file:
                    a.verify(row, lambda at, data: os.pwrite(file.fileno(), data, at))
                    file.truncate(row["size"])
            else:
                require(row["type"] in ("directory", "symlink", "fifo"), f"a {row['type']} is not restored")
                if row["type"] == "directory": os.makedirs(path, exist_ok=True)
                else: os.mkfifo(path) if row["type"] == "fifo" else os.symlink(row["target"], path)
            made.setdefault(target, path)
    for raw in sorted(made, reverse=True):  # what is in a directory changes its time, so it comes last
        with trying(show(raw)):
            mode, mtime = rows[raw]["mode"], rows[raw]["mtime"]
            if mode is not None and rows[raw]["type"] != "symlink": os.chmod(made[raw], mode & 0o1777)
            if mtime is not None: os.utime(made[raw], ns=(mtime, mtime), follow_symlinks=False)

def list_entries(a):
    for row in (row for batch in a.batches for row in a.rows(batch)):
        print(row["status"], row["type"], row["size"], row["blake3"].hex() if row["blake3"] else "-", show(row["raw"]))

command = {"list": list_entries, "check": check, "extract": extract}.get((sys.argv + [""])[1])
if command is None or (len(sys.argv) < 4 if command is extract else len(sys.argv) != 3):
    sys.exit(print(__doc__, file=sys.stderr) or 2)
with trying(sys.argv[2]): command(Archive(sys.argv[2]), *sys.argv[3:])
sys.exit(bool(FAILURES))
