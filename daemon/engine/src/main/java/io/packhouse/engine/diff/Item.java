package io.packhouse.engine.diff;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry of an archive or of a tree. Closed by whoever has it last. */
final class Item implements AutoCloseable {
  final byte[] path;

  /** As the index labels types. */
  final String type;

  final long size;

  /** −1 where not recorded, as owners and device numbers. */
  final int mode;

  final boolean hasMtime;
  final long mtimeNanos;
  final long uid;
  final long gid;
  final long deviceMajor;
  final long deviceMinor;
  final byte @Nullable [] linkTarget;

  /** Null where the contents are not known, or not yet. */
  byte @Nullable [] digest;

  /** Whether contents are there to be compared. */
  boolean ok;

  /** Why nothing more is known of it; null where all is well. */
  @Nullable String problem;

  /** Of an item of an archive; else null. */
  private final @Nullable Entry entry;

  /** Of an item of a tree: its directory, shared, and its name there; null for the root. */
  @Nullable OpenDirectory directory;

  final byte @Nullable [] name;

  Item(Entry entry) {
    this.entry = entry;
    path = entry.pathBytes();
    type = entry.typeLabel();
    size = entry.size();
    mode = entry.mode();
    hasMtime = entry.hasMtime();
    mtimeNanos = entry.mtimeNanos();
    uid = entry.uid();
    gid = entry.gid();
    deviceMajor = entry.deviceMajor();
    deviceMinor = entry.deviceMinor();
    linkTarget = entry.linkTarget();
    digest = entry.blake3();
    ok = entry.isOk();
    name = null;
  }

  Item(
      byte[] path,
      EntryType type,
      @Nullable FileStatus status,
      byte @Nullable [] linkTarget,
      @Nullable OpenDirectory directory,
      byte @Nullable [] name) {
    this.path = path;
    this.type = type.label();
    this.linkTarget = linkTarget;
    this.directory = directory;
    this.name = name;
    boolean device = type == EntryType.CHAR_DEVICE || type == EntryType.BLOCK_DEVICE;
    size = status != null && type == EntryType.FILE ? status.size() : 0;
    mode = status == null ? -1 : status.mode();
    hasMtime = status != null;
    mtimeNanos = status == null ? 0 : status.mtimeNanosSinceEpoch();
    uid = status == null ? -1 : status.uid();
    gid = status == null ? -1 : status.gid();
    deviceMajor = status != null && device ? status.deviceMajor() : -1;
    deviceMinor = status != null && device ? status.deviceMinor() : -1;
    ok = status != null;
    entry = null;
  }

  /** Whether it is a file of a tree that was not hashed. */
  boolean isUnhashed() {
    return entry == null && ok && isFile() && digest == null;
  }

  boolean isFile() {
    return type.equals(EntryType.FILE.label());
  }

  /** Extended attributes; null where not recorded. Of a tree, read now. */
  @Nullable Map<String, byte[]> xattrs() throws IOException {
    if (entry != null) {
      return entry.xattrs();
    }
    OpenDirectory in = directory;
    if (in == null) {
      return null;
    }
    return name == null ? in.extendedAttributes() : in.extendedAttributes(name);
  }

  /** Whether extended attributes are at hand without reading a file. */
  boolean recordsXattrs() {
    return entry == null || entry.xattrs() != null;
  }

  /** Lets go of the directory. */
  @Override
  public void close() throws IOException {
    OpenDirectory in = directory;
    directory = null;
    if (in != null) {
      in.close();
    }
  }
}
