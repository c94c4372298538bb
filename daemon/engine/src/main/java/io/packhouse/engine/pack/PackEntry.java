package io.packhouse.engine.pack;

import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry on its way through the pack. Owned by whoever owns its item: the walk makes it, a worker
 * reads it, the placing makes a row of it.
 */
final class PackEntry {
  final byte[] path;
  final EntryType type;
  final int input;

  /** As the walk saw it; null if it could not even be looked at. */
  final @Nullable FileStatus walked;

  EntryStatus status = EntryStatus.OK;
  @Nullable String error;
  byte @Nullable [] linkTarget;
  @Nullable Map<String, byte[]> xattrs;

  /** Whether a source has told the names of owner and group; else the system is asked for them. */
  boolean named;

  @Nullable String user;

  @Nullable String group;

  /** Where to open a file, and under which name; null if there is nothing to open. */
  @Nullable OpenDirectory directory;

  byte @Nullable [] name;

  /** Whether a source has put the contents into the item's slot already. */
  boolean loaded;

  /** Where the contents are in the item's slot. */
  int slotOffset;

  int length;

  /** Whether compressing the contents pays; told by a worker. */
  Effort effort = Effort.NONE;

  /** Which of the item's anchors are of the contents; −1 while nobody has looked for them. */
  int firstAnchor = -1;

  int lastAnchor = -1;

  byte @Nullable [] digest;

  /** The digests that the options ask for, one after another; null where they ask for none. */
  byte @Nullable [] digests;

  @Nullable Extraction extraction;

  /** What extractors asked for; null where that is not known, or none was asked. */
  byte @Nullable [] extractSiblings;

  PackEntry(byte[] path, EntryType type, int input, @Nullable FileStatus walked) {
    this.path = path;
    this.type = type;
    this.input = input;
    this.walked = walked;
  }

  /** Bytes of a file's contents, as the walk saw it; 0 for other types. */
  long size() {
    FileStatus seen = walked;
    return type == EntryType.FILE && seen != null ? seen.size() : 0;
  }

  boolean isOk() {
    return status == EntryStatus.OK;
  }

  /** Marks the entry as one whose contents are not in the archive. */
  void fail(EntryStatus reason, String message) {
    if (status == EntryStatus.OK) {
      status = reason;
      error = message;
    }
  }

  /** Marks the entry as one that the system refused. */
  void fail(FileErrorException refusal) {
    EntryStatus reason =
        refusal.isNotFound()
            ? EntryStatus.MISSING
            : refusal.isLoop() ? EntryStatus.CHANGED : EntryStatus.UNREADABLE;
    fail(reason, String.valueOf(refusal.getMessage()));
  }
}
