package io.packhouse.engine.restore;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileHandle;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.restore.RestoreReport.Kind;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives what was created the owner, extended attributes, mode and time of its entry, in this order:
 * a new owner clears set-user-id bits and capabilities, and everything else changes times. An owner
 * or extended attribute that cannot be set is a problem of its own, and the rest is set. Spares
 * calls that would change nothing. Thread-safe.
 */
final class Attributes {
  private static final int ANY_MODE = 07777;
  private static final int PERMISSIONS = 0777;
  private static final long MAX_OWNER = 0xffff_fffeL;
  private static final int MAX_ATTRIBUTE_NAME = 255;

  private final boolean owners;
  private final boolean xattrs;
  private final Identity identity;
  private final FileAccess files;
  private final Tally tally;

  /** Whether a new file's mode and owner are what {@link #identity} says. */
  private final boolean predictable;

  /**
   * @param predictable whether no directory of the destination gives its files a group or modes
   */
  Attributes(
      RestoreOptions options,
      Identity identity,
      boolean predictable,
      FileAccess files,
      Tally tally) {
    this.owners = options.owners();
    this.xattrs = options.xattrs();
    this.identity = identity;
    this.predictable = predictable;
    this.files = files;
    this.tally = tally;
  }

  /** What is wrong with an entry's numbers; null where nothing is. */
  static @Nullable String problem(Entry entry) {
    if (entry.mode() != Entry.NOT_RECORDED && (entry.mode() & ~ANY_MODE) != 0) {
      return "its mode is " + entry.mode() + ", must be 0 to 07777";
    }
    if (!isOwner(entry.uid()) || !isOwner(entry.gid())) {
      return "its owner is " + entry.uid() + ':' + entry.gid() + ", must be 0 to " + MAX_OWNER;
    }
    return null;
  }

  private static boolean isOwner(long id) {
    return id >= -1 && id <= MAX_OWNER;
  }

  /** The mode to create a file with: the final one where it can be, with nothing added later. */
  int createMode(Entry entry) {
    return entry.mode() == Entry.NOT_RECORDED ? 0666 : entry.mode() & PERMISSIONS;
  }

  /** Completes a new file that was created with {@link #createMode}. */
  void applyToFile(OpenFile file, Entry entry) throws IOException {
    boolean given = setOwner(file, null, entry);
    setXattrs(file, null, entry);
    int mode = entry.mode();
    if (mode != Entry.NOT_RECORDED
        && (given
            || !predictable
            || identity.umask() < 0
            || (mode & ~PERMISSIONS) != 0
            || (mode & identity.umask()) != 0)) {
      file.setMode(mode);
    }
    if (entry.hasMtime()) {
      file.setTimes(entry.mtimeNanos());
    }
  }

  /** Completes a directory. */
  void applyToDirectory(OpenDirectory directory, Entry entry) throws IOException {
    setOwner(directory, null, entry);
    setXattrs(directory, null, entry);
    if (entry.mode() != Entry.NOT_RECORDED) {
      directory.setMode(entry.mode());
    } else if (identity.umask() >= 0) {
      directory.setMode(PERMISSIONS & ~identity.umask());
    }
    if (entry.hasMtime()) {
      directory.setTimes(entry.mtimeNanos());
    }
  }

  /** Completes a new symbolic link, FIFO or device. */
  void applyToName(OpenDirectory directory, byte[] name, Entry entry, boolean link)
      throws IOException {
    setOwner(directory, name, entry);
    setXattrs(directory, name, entry);
    if (!link && entry.mode() != Entry.NOT_RECORDED) {
      directory.setMode(name, entry.mode());
    }
    if (entry.hasMtime()) {
      directory.setTimes(name, entry.mtimeNanos());
    }
  }

  /** Whether the owner was changed, or may have been. */
  private boolean setOwner(FileHandle file, byte @Nullable [] name, Entry entry)
      throws IOException {
    if (!owners) {
      return false;
    }
    long uid = owner(entry.user(), entry.uid(), true);
    long gid = owner(entry.group(), entry.gid(), false);
    boolean same = uid < 0 || uid == identity.uid();
    same &= gid < 0 || gid == identity.gid();
    boolean unchanged = predictable && same && identity.uid() >= 0;
    if (unchanged || (uid < 0 && gid < 0)) {
      return false;
    }
    try {
      if (name == null) {
        file.setOwner(uid, gid);
      } else {
        ((OpenDirectory) file).setOwner(name, uid, gid);
      }
    } catch (FileErrorException e) {
      if (!e.isPermission() && !e.isUnsupported()) {
        throw e;
      }
      tally.problem(Kind.ATTRIBUTE, entry, Tally.text(e));
    }
    return true;
  }

  private long owner(@Nullable String name, long number, boolean user) {
    long known = -1;
    if (name != null && !name.isEmpty()) {
      known = user ? files.findUser(name) : files.findGroup(name);
    }
    return known >= 0 ? known : number;
  }

  private void setXattrs(FileHandle file, byte @Nullable [] name, Entry entry) throws IOException {
    Map<String, byte[]> attributes = entry.xattrs();
    if (!xattrs || attributes == null) {
      return;
    }
    for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
      String key = attribute.getKey();
      if (key.isEmpty() || key.length() > MAX_ATTRIBUTE_NAME || key.indexOf('\0') >= 0) {
        tally.problem(Kind.ATTRIBUTE, entry, "it has an extended attribute that cannot be named");
        continue;
      }
      try {
        if (name == null) {
          file.setExtendedAttribute(key, attribute.getValue());
        } else {
          ((OpenDirectory) file).setExtendedAttribute(name, key, attribute.getValue());
        }
      } catch (FileErrorException e) {
        if (e.isNoSpace()) {
          throw e;
        }
        tally.problem(Kind.ATTRIBUTE, entry, Tally.text(e));
      }
    }
  }
}
