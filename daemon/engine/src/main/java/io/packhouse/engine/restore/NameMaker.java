package io.packhouse.engine.restore;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.restore.RestoreReport.Kind;
import java.io.IOException;
import java.util.Arrays;

/** Makes what has no contents: symbolic links, FIFOs, devices, hard links. One thread. */
final class NameMaker {
  private final Job job;
  private final Tally tally;

  NameMaker(Job job) {
    this.job = job;
    this.tally = job.tally();
  }

  /** Creates something by its name. */
  private interface Creation {
    void run() throws IOException;
  }

  void symlink(Entry entry, byte[] path, byte[] name, Folder folder) throws IOException {
    byte[] target = entry.linkTarget();
    if (target == null || target.length == 0 || contains(target, (byte) 0)) {
      tally.damaged(
          path, "is a symbolic link " + (target == null ? "without" : "with a bad") + " target");
      return;
    }
    try (OpenDirectory directory = job.folders().open(folder)) {
      create(directory, name, () -> directory.createSymlink(target, name));
      job.attributes().applyToName(directory, name, entry, true);
    }
    tally.restored(EntryType.SYMLINK, 0);
  }

  void special(Entry entry, byte[] path, byte[] name, Folder folder) throws IOException {
    EntryType type = entry.type();
    boolean fifo = type == EntryType.FIFO;
    long major = fifo ? 0 : entry.deviceMajor();
    long minor = fifo ? 0 : entry.deviceMinor();
    if (major < 0 || major > Integer.MAX_VALUE || minor < 0 || minor > Integer.MAX_VALUE) {
      tally.damaged(path, "is a device of number " + major + ':' + minor);
      return;
    }
    FileKind kind =
        fifo
            ? FileKind.FIFO
            : type == EntryType.CHAR_DEVICE ? FileKind.CHAR_DEVICE : FileKind.BLOCK_DEVICE;
    int mode = job.attributes().createMode(entry);
    try (OpenDirectory directory = job.folders().open(folder)) {
      try {
        create(
            directory,
            name,
            () -> directory.createSpecial(name, kind, mode, (int) major, (int) minor));
      } catch (FileErrorException e) {
        if (!e.isPermission() && !e.isUnsupported()) {
          throw e;
        }
        tally.problem(Kind.SKIPPED, path, Tally.text(e) + "; root may create it");
        return;
      }
      job.attributes().applyToName(directory, name, entry, false);
    }
    tally.restored(type, 0);
  }

  void hardLink(Window.Link link) {
    byte[] target = link.target();
    int slash = Planner.lastSlash(target);
    byte[] targetName = Arrays.copyOfRange(target, slash + 1, target.length);
    try (OpenDirectory from = job.folders().openPath(Arrays.copyOf(target, Math.max(slash, 0)));
        OpenDirectory to = job.folders().open(link.folder())) {
      create(to, link.name(), () -> to.createHardLink(from, targetName, link.name()));
      tally.restored(EntryType.HARDLINK, 0);
    } catch (IOException e) {
      tally.failed(link.path(), e);
    }
  }

  /** Creates, with force in place of what has the name and is no directory. */
  private void create(OpenDirectory directory, byte[] name, Creation creation) throws IOException {
    try {
      creation.run();
    } catch (FileErrorException e) {
      if (!job.options().force() || !e.isExists()) {
        throw e;
      }
      directory.delete(name, false);
      creation.run();
    }
  }

  private static boolean contains(byte[] bytes, byte wanted) {
    for (byte b : bytes) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }
}
