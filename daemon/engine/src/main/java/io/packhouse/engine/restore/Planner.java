package io.packhouse.engine.restore;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.PathRules;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.restore.RestoreReport.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks entries as they come in path order, makes their directories, links and special files, and
 * plans their files and hard links into windows. One thread.
 *
 * <p>An entry is restored only into a directory that the archive has as a directory: so a path that
 * leads through a link of the archive's own is refused here, and one through a link that somebody
 * else put into the destination where directories are opened.
 */
final class Planner {
  private final Job job;
  private final Selection selection;
  private final Tally tally;
  private final NameMaker names;
  private final long baseBlobs;

  /** For unselected first names of hard links, by path: which selected name has the contents. */
  private final Map<String, byte[]> standIns = new HashMap<>();

  private byte @Nullable [] previous;
  long entriesFound;
  long bytesFound;

  Planner(Job job) {
    this.job = job;
    this.selection = job.options().selection();
    this.tally = job.tally();
    this.names = new NameMaker(job);
    this.baseBlobs = job.reader().bases().blobs();
  }

  /** Takes the next entry. */
  void plan(Entry entry, Window window) {
    byte[] path = entry.pathBytes();
    byte[] before = previous;
    String problem = PathRules.problem(path);
    if (problem == null && before != null && PathText.compare(before, path) >= 0) {
      problem = "comes twice, or out of order";
    }
    if (problem != null) {
      tally.damaged(path, problem);
      return;
    }
    previous = path;
    window.lastPath = path;
    window.weight++;
    if (path.length == 0) {
      planRoot(entry);
      return;
    }
    int slash = lastSlash(path);
    Folder folder = job.folders().find(Arrays.copyOf(path, Math.max(slash, 0)));
    boolean directory = entry.is(EntryType.DIRECTORY);
    if (folder == null) {
      if (selection.selectsLeaf(path)) {
        String above = PathText.display(Arrays.copyOf(path, slash));
        tally.damaged(path, "is in " + above + ", which is no directory of the archive");
      }
      return;
    }
    boolean excluded = folder.excluded || selection.excludes(path, directory);
    boolean selected = !excluded && (folder.selected || selection.selects(path, directory));
    byte[] name = Arrays.copyOfRange(path, slash + 1, path.length);
    if (directory) {
      planDirectory(entry, new Folder(folder, path, name, selected, excluded, entry));
    } else if (selected) {
      entriesFound++;
      job.folders().make(folder);
      if (folder.failure != null) {
        tally.failed(path, new IOException(FolderTree.failureIn(folder)));
      } else {
        try {
          planLeaf(entry, path, name, folder, window);
        } catch (IOException e) {
          tally.failed(path, e);
        }
      }
    }
  }

  static int lastSlash(byte[] path) {
    int slash = path.length - 1;
    while (slash >= 0 && path[slash] != '/') {
      slash--;
    }
    return slash;
  }

  private void planRoot(Entry entry) {
    String problem = Attributes.problem(entry);
    if (!entry.is(EntryType.DIRECTORY)) {
      tally.damaged(new byte[0], "the root is a " + entry.typeLabel() + ", must be a directory");
    } else if (problem != null) {
      tally.damaged(new byte[0], problem);
    } else {
      job.folders().root().entry = entry;
    }
  }

  private void planDirectory(Entry entry, Folder folder) {
    job.folders().add(folder);
    String problem = Attributes.problem(entry);
    if (problem != null) {
      folder.failure = problem;
      if (folder.selected) {
        tally.damaged(folder.path, problem);
      }
      return;
    }
    if (folder.selected) {
      entriesFound++;
      job.folders().make(folder);
      if (!entry.isOk()) {
        tally.problem(Kind.NOT_IN_ARCHIVE, folder.path, notInArchive(entry));
      }
    }
  }

  private static String notInArchive(Entry entry) {
    String error = entry.error();
    return entry.statusLabel() + " when it was packed" + (error == null ? "" : ": " + error);
  }

  private void planLeaf(Entry entry, byte[] path, byte[] name, Folder folder, Window window)
      throws IOException {
    entry.status();
    String problem = Attributes.problem(entry);
    if (!entry.isOk()) {
      tally.problem(Kind.NOT_IN_ARCHIVE, path, notInArchive(entry));
    } else if (problem != null) {
      tally.damaged(path, problem);
    } else if (entry.is(EntryType.HARDLINK)) {
      planHardLink(entry, path, name, folder, window);
    } else {
      planContents(entry, path, name, folder, window);
    }
  }

  private void planContents(Entry entry, byte[] path, byte[] name, Folder folder, Window window)
      throws IOException {
    switch (entry.type()) {
      case FILE -> {
        Entry located = job.reader().located(entry);
        String problem = PlannedFile.problem(located, job.reader(), baseBlobs);
        if (problem != null) {
          tally.damaged(path, problem);
        } else {
          bytesFound += entry.size();
          window.add(PlannedFile.of(located, path, name, folder, baseBlobs));
        }
      }
      case SYMLINK -> names.symlink(entry, path, name, folder);
      case FIFO, CHAR_DEVICE, BLOCK_DEVICE -> names.special(entry, path, name, folder);
      case DIRECTORY, HARDLINK, NESTED ->
          throw new UnsupportedFormatException(
              job.reader().path(), "entry " + entry.path() + " is a " + entry.typeLabel());
    }
  }

  private void planHardLink(Entry entry, byte[] path, byte[] name, Folder folder, Window window)
      throws IOException {
    ArchiveReader reader = job.reader();
    Entry target = reader.resolve(entry);
    byte[] targetPath = target.pathBytes();
    if (target.is(EntryType.DIRECTORY)
        || target.is(EntryType.NESTED)
        || PathRules.problem(targetPath) != null
        || PathText.compare(targetPath, path) >= 0) {
      throw new CorruptArchiveException(
          reader.path(),
          -1,
          entry.path() + ": is a hard link to " + target + ", must be to an earlier file");
    }
    if (!selection.selectsLeaf(targetPath)) {
      byte[] standIn = standIns.putIfAbsent(Selection.key(targetPath), path);
      if (standIn == null) {
        if (!target.isOk()) {
          tally.problem(Kind.NOT_IN_ARCHIVE, path, notInArchive(target));
        } else if (Attributes.problem(target) != null) {
          tally.damaged(path, String.valueOf(Attributes.problem(target)));
        } else {
          planContents(target, path, name, folder, window);
        }
        return;
      }
      targetPath = standIn;
    }
    window.links.add(new Window.Link(entry, path, name, folder, targetPath));
  }

  /** Makes the hard links of a window whose files are done. */
  void link(Window window) {
    for (Window.Link link : window.links) {
      if (tally.isStopped()) {
        return;
      }
      if (tally.isMissing(link.target())) {
        String first = PathText.display(link.target());
        tally.failed(link.path(), new IOException("its first name " + first + " is not restored"));
      } else {
        names.hardLink(link);
      }
    }
  }
}
