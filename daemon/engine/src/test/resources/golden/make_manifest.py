#!/usr/bin/env python3
"""make_manifest.py TREE: prints the manifest of a tree, with the file system and PyPI's blake3 as the only sources."""
import os, stat, sys
import blake3

TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo",
         stat.S_IFCHR: "char_device", stat.S_IFBLK: "block_device"}

def quote(raw):
    return "".join(chr(b) if chr(b).isascii() and (chr(b).isalnum() or chr(b) in "/._-") else f"%{b:02x}" for b in raw)

root, paths, first = os.fsencode(sys.argv[1]), [b""], {}
for folder, folders, files in os.walk(root):
    paths += [os.path.relpath(os.path.join(folder, name), root) for name in folders + files]
for path in sorted(paths):
    full = os.path.join(root, path) if path else root
    s = os.lstat(full)
    kind, size, digest, link = TYPES[stat.S_IFMT(s.st_mode)], 0, "", b""
    if kind != "directory" and s.st_nlink > 1 and first.setdefault((s.st_dev, s.st_ino), path) != path:
        kind, link = "hardlink", first[s.st_dev, s.st_ino]
    elif kind == "symlink":
        link = os.readlink(full)
    elif kind == "file":
        with open(full, "rb") as f:
            size, digest = s.st_size, blake3.blake3(f.read()).hexdigest()
    print(quote(path), kind, size, digest, f"{s.st_mode & 0o7777:04o}", s.st_mtime_ns, quote(link), sep="\t")
