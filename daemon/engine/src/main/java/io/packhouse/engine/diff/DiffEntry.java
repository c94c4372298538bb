package io.packhouse.engine.diff;

import io.packhouse.engine.fs.PathText;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A difference. Arrays are not copied; nobody changes them.
 *
 * @param kind what kind of difference
 * @param pathBytes of the entry; of a moved one, where it is on the right side
 * @param change what differs; empty but for CHANGED and MOVED
 * @param movedFrom of a MOVED entry, its path bytes on the left side, else null
 * @param size bytes of contents on the right side, or for REMOVED on the left
 * @param reason why it could not be compared, for UNREADABLE, else null
 */
@SuppressWarnings("ArrayRecordComponent") // documented above
public record DiffEntry(
    Kind kind,
    byte[] pathBytes,
    Set<Attribute> change,
    byte @Nullable [] movedFrom,
    long size,
    @Nullable String reason) {

  /** What kind of difference. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED,
    /** A file that has another path on the right side and the same contents. */
    MOVED,
    /** A file or directory of the tree that could not be read, so nobody knows. */
    UNREADABLE
  }

  /** What can differ. */
  public enum Attribute {
    TYPE,
    CONTENTS,
    /** A link's target, or a device's number. */
    TARGET,
    MODE,
    MTIME,
    OWNER,
    XATTRS
  }

  public DiffEntry {
    change = change.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(change));
  }

  /** The display path. */
  public String path() {
    return PathText.display(pathBytes);
  }
}
