#!/usr/bin/env python3
"""Reads Packhouse archives. Written from daemon/engine/FORMAT.md alone; needs pyarrow, zstandard and blake3 from PyPI.

  read_archive.py list|check ARCHIVE               the entries; or reads everything and names what is damaged
  read_archive.py extract ARCHIVE DEST [PATH...]   into a new directory: all, or what is at and under each PATH
The bases of a delta are looked for in its folder.
Exit status: 0 all is well; 1 damaged, refused or not all restored (standard error says what); 2 wrong usage. Modes (not
set-uid, set-gid) and times are restored; owners, devices and extended attributes are not."""
import contextlib, functools, hashlib, heapq, os, re, struct, sys, blake3, pyarrow as pa, zstandard

MIB, STATUSES, FAILURES = 1 << 20, ("ok", "missing", "unreadable", "changed"), []
KINDS = "directory file fifo symlink hardlink char_device block_device nested".split()  # in the order of extraction
ROWS = "path path_raw type status size mode mtime link_target link_target_raw blake3 extents repository package_type".split()
SHAS = ("sha1", "sha256", "sha512")  # each may be there or not
def require(condition, message):
    if not condition: raise ValueError(message)
@contextlib.contextmanager
def trying(what):
    try: yield
    except Exception as e:  # hostile input fails in many ways; say which, and go on
        FAILURES.append(what)
        print(f"{what}: {e if isinstance(e, (OSError, ValueError)) else repr(e)}", file=sys.stderr)
def show(raw):
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in raw.decode("utf-8", "backslashreplace")) or "."
def dicts(table, names):
    table.validate(full=True)  # then times as nanoseconds, which Python's datetime lacks
    columns = [c.cast(pa.int64()) if pa.types.is_timestamp(c.type) else c for c in map(table.column, names)]
    return [dict(zip(names, row)) for row in zip(*(c.to_pylist() for c in columns))]

def claimed_id(path):
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        n = struct.unpack("<i6s", os.pread(file.fileno(), 10, size - 10))[0] if size >= 154 else 0
        return os.pread(file.fileno(), 32, size - n - 42).hex() if 0 < n <= size - 82 else ""

class Archive:
    def __init__(self, path):
        self.file, self.folder, size = open(path, "rb"), os.path.dirname(path) or ".", os.stat(path).st_size
        n, magic = struct.unpack("<i6s", self.read(size - 10, 10)) if size >= 154 else (0, b"")
        require(self.read(0, min(size, 8)) + magic == b"ARROW1\0\0ARROW1", "not an archive, or cut short: no ARROW1 at both ends")
        require(0 < n <= min(64 * MIB, size - 82), f"footer length {n} is beyond the file or the limit of 64 MiB")
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
        self.id, lines = digest.hex(), self.meta["bases"].split("\n") if "bases" in self.meta else []
        require((minor >= 2 if lines else minor != 2) and len(lines) <= 16, f"version 1.{minor} with {len(lines)} bases")
        require(all(re.fullmatch("[0-9a-f]{64} (0|[1-9][0-9]{0,9})", line) for line in lines), "bases are an id and a number each")
        self.bases = [(line[:64], int(line[65:])) for line in lines]
        require(len({self.id, *dict(self.bases)}) == len(lines) + 1, "a base is there twice")
        self.blobs, self.batches = self.table("blob_table"), self.table("batch_directory")
    @functools.cache
    def base(self, k):  # the one at position k of the list
        for entry in os.scandir(self.folder):
            if entry.name.endswith(".pkh") and entry.is_file() and claimed_id(entry.path) == self.bases[k][0]:
                base = Archive(entry.path)
                require(base.bases == self.bases[k + 1:], f"the bases of {entry.path} are not those that follow it")
                require(len(base.blobs) == self.bases[k][1], f"{entry.path} has {len(base.blobs)} blobs, not {self.bases[k][1]}")
                return base
        raise ValueError(f"its base {self.bases[k][0]} is not in {self.folder}")
    def extents(self, row):  # as triples, which name blobs
        extents = [tuple(e.values()) for e in row["extents"] or ()]
        n = -2 - extents[0][0] - sum(count for _, count in self.bases) if len(extents) == 1 else -1
        if not self.bases or n < 0: return extents
        base = self.base(0)
        same = base.row(n)
        require((0, row["size"]) == extents[0][1:], "a reference to a part")
        require((same["size"], same["blake3"]) == (row["size"], row["blake3"]), f"row {n} of the base is another file")
        return [(b if b == -1 else -2 - b if b >= 0 else b - len(base.blobs), o, l) for b, o, l in base.extents(same)]
    def row(self, n):
        for k, batch in enumerate(self.batches):
            if n < batch["rows"]: return self.rows_of(k)[n]
            n -= batch["rows"]
        raise ValueError("the base has no such row")
    @functools.lru_cache(maxsize=4)
    def rows_of(self, k): return self.rows(self.batches[k])
    def read(self, offset, length):
        require(0 <= offset <= offset + length <= os.fstat(self.file.fileno()).st_size, f"{length} bytes at {offset}: not there")
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
        table = pa.ipc.read_record_batch(pa.ipc.read_message(data), self.arrow.schema)
        require(table.num_rows == batch["rows"] <= 65536, f"{table.num_rows} rows, not {batch['rows']}")
        for row in (rows := dicts(table, ROWS + [name for name in SHAS if name in table.schema.names])):
            row["raw"] = raw = row["path"].encode() if row["path_raw"] is None else row["path_raw"]
            require(len(raw) < 65536 and b"\0" not in raw and not {b"", b".", b".."} & {*raw.split(b"/")} or not raw, f"bad path {raw}")
            row["target"] = (row["link_target"] or "").encode() if row["link_target_raw"] is None else row["link_target_raw"]
        return rows
    @functools.lru_cache(maxsize=32)
    def blob(self, n):
        number = -2 - n
        for k, (_, count) in enumerate(self.bases):
            if 0 <= number < count: return self.base(k).blob(number)
            number -= count
        require(0 <= n < len(self.blobs), f"blob {n} is none that this reader knows")
        offset, stored, decoded, codec, parameters, digest = map(
            self.blobs[n].get, "offset stored_length decoded_length codec codec_parameters blake3".split())
        require(codec in ("raw", "zstd") and parameters is None, f"blob {n}: unknown codec {codec!r}, or parameters")
        data = self.part(f"blob {n}", offset, stored, digest, 65 * MIB)
        frame = zstandard.get_frame_parameters(data) if codec == "zstd" else None
        require((frame.content_size if frame else stored) == decoded <= 64 * MIB, f"blob {n} is not of {decoded} bytes")
        return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False) if frame else data
    def verify(self, row, write=lambda at, data: None):  # an entry by itself; writes its contents on the way, but not holes
        ok, digest, size = row["type"] == "file" and row["status"] == "ok", blake3.blake3(), 0
        shas = {name: hashlib.new(name) for name in SHAS if name in row}
        require(row["type"] in KINDS and row["status"] in STATUSES, f"type {row['type']} or status {row['status']} is unknown")
        require(ok == (row["extents"] is not None) == (row["blake3"] is not None), "extents and digest are not a file's")
        for blob, offset, length in self.extents(row):
            require(min(offset, length) >= 0 and size + length <= row["size"], "the extents do not fit")
            for at in range(offset, offset + length, MIB):
                end = min(at + MIB, offset + length)
                data = bytes(end - at) if blob == -1 else self.blob(blob)[at:end]
                for each in (digest, *shas.values()): each.update(data)
                if blob != -1: write(size, data)
                size += len(data)
        for name, sha in shas.items(): require(row[name] == (sha.digest() if ok else None), f"wrong {name}")
        require(not ok or (size, digest.digest()) == (row["size"], row["blake3"]), "wrong size or digest")

def check(a):
    with trying("layout"):
        (_, at, head), t, d = map(a.named, ("head", "blob_table", "batch_directory"))
        require(pa.ipc.read_schema(head[8:]).equals(a.arrow.schema, True), "the head's schema is not the footer's")
        blobs, batches = ((b["offset"], b["stored_length"], 1) for b in a.blobs), ((b["offset"], b["length"], 8) for b in a.batches)
        for offset, length, unit in *heapq.merge(blobs, batches), (t[0] - 8, 8, 8), (*t[:2], 8), (*d[:2], 8), (a.seal, 64, 8):
            require(offset == at + -at % unit and length > 0, f"what is at {offset} does not follow what ends at {at}")
            require(not any(a.read(at, offset - at)), f"the padding at {at} is not zero")
            at = offset + length
        require(a.read(t[0] - 8, 8) == b"\xff\xff\xff\xff\0\0\0\0", "no end-of-stream marker before the blob table")
    for n in range(len(a.blobs)):
        with trying(f"blob {n}"): a.blob(n)
    for n, batch in enumerate(a.batches):
        with trying(f"batch {n}"):
            rows, group = a.rows(batch), (batch["package_type"], batch["repository"], batch["nested"])
            paths = [row["raw"] for row in rows]
            require(paths == sorted({*paths, batch["first_path"], batch["last_path"]}), "not the directory's paths, or not in order")
            require(a.arrow.get_batch(n).column("path").to_pylist() == [row["path"] for row in rows], "not the footer's batch")
            require({(row["package_type"], row["repository"], row["type"] == "nested") for row in rows} == {group}, "mixed groups")
            for row in rows:
                with trying(show(row["raw"])): a.verify(row)
def extract(a, dest, *wanted):
    os.mkdir(dest)
    made, rows = {}, {row["raw"]: row for batch in a.batches if not batch["nested"] for row in a.rows(batch)}
    names = [raw for raw in rows if not wanted or any((raw + b"/").startswith(path + b"/") for path in wanted)]
    for raw in [path for path in wanted if path not in rows] + names:
        with trying(show(raw)):  # all directories, before a link could lie on the way
            require(raw in rows, "not in the archive")
            os.makedirs(os.path.join(dest, raw if rows[raw]["type"] == "directory" else os.path.dirname(raw)), exist_ok=True)
    for raw in sorted(names, key=lambda raw: [rows[raw]["type"] == kind for kind in KINDS], reverse=True):
        with trying(show(raw)):
            target, path = rows[raw]["target"] if rows[raw]["type"] == "hardlink" else raw, os.path.join(dest, raw)
            row = rows[target]  # a hard link to what is not wanted takes its place
            require(row["status"] == "ok", f"not restored: {row['status']} when it was packed")
            if target in made: os.link(made[target], path, follow_symlinks=False)
            elif row["type"] == "symlink": os.symlink(row["target"], path)
            elif row["type"] == "fifo": os.mkfifo(path)
            elif row["type"] == "file":
                with open(path, "xb", 0) as file:
                    file.truncate(row["size"])
                    a.verify(row, lambda at, data: os.pwrite(file.fileno(), data, at))
            else: require(row["type"] == "directory", f"a {row['type']} is not restored")
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
if not command or (len(sys.argv) < 4 if command is extract else len(sys.argv) != 3): sys.exit(print(__doc__, file=sys.stderr) or 2)
with trying(sys.argv[2]): command(Archive(sys.argv[2]), *(os.fsencode(a).rstrip(b"/") for a in sys.argv[3:]))
sys.exit(bool(FAILURES))
