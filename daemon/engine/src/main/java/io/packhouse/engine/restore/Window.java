package io.packhouse.engine.restore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run of entries that is planned at once. Belongs to the planning thread, but for the count. */
final class Window {
  /** More files of one blob than this are several tasks, so that workers share them. */
  private static final int MAX_FILES = 4096;

  /**
   * A hard link to make once the window's files are there.
   *
   * @param target path of what it becomes another name of
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Link(Entry entry, byte[] path, byte[] name, Folder folder, byte[] target) {}

  private final List<PlannedFile> files = new ArrayList<>();
  final List<Link> links = new ArrayList<>();
  byte @Nullable [] lastPath;

  /** What it takes of memory, in entries. */
  int weight;

  @GuardedBy("this")
  private int left;

  void add(PlannedFile file) {
    files.add(file);
    weight += file.entry().extentCount() / 8;
  }

  /**
   * Turns the files into tasks, grouped by blobs, in the order of these in the archive: so what
   * files share of others is of those just before, and in memory.
   */
  List<Task> tasks(Job job) {
    files.sort(Comparator.comparingLong(PlannedFile::order));
    List<Task> tasks = new ArrayList<>();
    List<PlannedFile> group = new ArrayList<>();
    long blob = ArchiveFormat.ZEROS;
    for (PlannedFile file : files) {
      boolean empty = file.entry().size() == 0 && file.firstBlob() == ArchiveFormat.ZEROS;
      if (!file.isInOneBlob() && !empty) {
        addLong(job, file, tasks);
        continue;
      }
      if (!group.isEmpty() && (file.firstBlob() != blob || group.size() == MAX_FILES)) {
        tasks.add(new BlobTask(blob, group));
        group = new ArrayList<>();
      }
      blob = file.firstBlob();
      group.add(file);
    }
    if (!group.isEmpty()) {
      tasks.add(new BlobTask(blob, group));
    }
    files.clear();
    synchronized (this) {
      left = tasks.size();
    }
    return tasks;
  }

  private static void addLong(Job job, PlannedFile file, List<Task> tasks) {
    SlicedFile sliced = SlicedFile.of(job, file);
    if (sliced == null) {
      tasks.add(new StreamTask(file));
      return;
    }
    long position = 0;
    for (int i = 0; i < file.entry().extentCount(); i++) {
      tasks.add(new SliceTask(sliced, i, position));
      position += file.entry().extentLength(i);
    }
  }

  synchronized void taskDone() {
    if (--left == 0) {
      notifyAll();
    }
  }

  /** Waits for the tasks; false where they are not done by then. */
  synchronized boolean await(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (left > 0) {
      long rest = (end - System.nanoTime()) / 1_000_000;
      if (rest <= 0) {
        return false;
      }
      wait(rest);
    }
    return true;
  }
}
