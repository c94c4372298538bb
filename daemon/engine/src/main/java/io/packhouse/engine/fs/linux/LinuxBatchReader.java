package io.packhouse.engine.fs.linux;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches in windows of up to {@value #WINDOW} files: opens all files of a window, starts to
 * read them, finishes and checks one after the other, closes all. What does not depend on the file
 * before is so in flight together, which is what counts when the contents are on a disk.
 *
 * <p>There are two ways to open, start and close. By a {@link Ring}: all files by two system calls,
 * which carry the closing of the window before too, and a third where contents are not cached. By
 * plain calls: the kernel is told what will be needed. The rest is the same, and does by plain
 * calls whatever is not done yet: so the ring saves work, and can neither fail nor do otherwise.
 * Files that a window could not open (they are missing, or the process has no descriptor left) are
 * read one by one in the end, as {@link LinuxDirectory#openFile} would.
 *
 * <p>Descriptors are ordinary ones, not the ring's own, which could be neither asked for their
 * status nor read on by plain calls; that costs less than asking by name and is exact. Measured by
 * the benchmark {@code FileReading}.
 */
final class LinuxBatchReader extends FileBatchReader {

  private static final int WINDOW = Ring.CAPACITY / 2;

  /** Readers of fewer files do not pay for setting a ring up: 0.1 ms, the first time 1 ms. */
  private static final int FILES_TO_OPEN_RING = 64;

  private static final int NONE = -1;

  private final IoMethod wanted;
  private @Nullable Ring ring;
  private long files;

  /**
   * Of the window's files: request; descriptor ({@link #NONE}: not open); descriptor of the
   * directory, then number in the ring's round; bytes read; whether the ring is to read it; what
   * keeps the directory open.
   */
  private final int[] ordinals = new int[WINDOW];

  private final int[] descriptors = new int[WINDOW];
  private final int[] numbers = new int[WINDOW];
  private final int[] done = new int[WINDOW];
  private final boolean[] reading = new boolean[WINDOW];
  private final LinuxDescriptor[] held = new LinuxDescriptor[WINDOW];
  private int heldCount;

  /** Files of the window before that are still open. */
  private final int[] closing = new int[WINDOW];

  private int closingCount;

  /** Requests to be read one by one. */
  private int[] left = new int[WINDOW];

  private int leftCount;

  LinuxBatchReader(IoMethod wanted) {
    this.wanted = wanted;
  }

  @Override
  public Method method() {
    return wanted != IoMethod.PLAIN && Ring.refusal() == null ? Method.RING : Method.CALLS;
  }

  @Override
  protected void readAll(MemorySegment target) throws IOException {
    if (left.length < size()) {
      left = new int[size()];
    }
    leftCount = 0;
    for (int i = 0; i < size(); i++) {
      LinuxDirectory.own(directory(i));
    }
    chooseRing();
    Scratch scratch = Scratch.take();
    try {
      for (int next = 0; next < size(); ) {
        next = readWindow(scratch, target, next);
      }
      closeFiles(scratch);
      for (int i = 0; i < leftCount; i++) {
        readAlone(scratch, target, left[i]);
      }
    } finally {
      for (; closingCount > 0; closingCount--) {
        LinuxCalls.close(closing[closingCount - 1]);
      }
      scratch.give();
    }
  }

  /** A ring is bound to its thread, and a virtual one has none to be bound to. */
  private void chooseRing() {
    Ring now = ring;
    if (now != null && now.isOwned()) {
      return;
    }
    dropRing();
    files += size();
    boolean pays = wanted == IoMethod.RING || files >= FILES_TO_OPEN_RING;
    if (wanted != IoMethod.PLAIN && pays && !Thread.currentThread().isVirtual()) {
      ring = Ring.open();
    }
  }

  private void dropRing() {
    Ring dropped = ring;
    if (dropped != null) {
      ring = null;
      dropped.close();
    }
  }

  /** Reads the window that begins at a request; returns the first request after it. */
  private int readWindow(Scratch scratch, MemorySegment target, int first) throws IOException {
    int next = first;
    int count = 0;
    while (next < size() && count < WINDOW) {
      // The ring would take bytes from a FIFO where the plain call refuses.
      if (walked(next).kind() == FileKind.FILE && name(next).length <= Ring.NAME_LIMIT) {
        descriptors[count] = NONE;
        done[count] = 0;
        ordinals[count++] = next;
      } else {
        left[leftCount++] = next;
      }
      next++;
    }
    openFiles(scratch, count);
    try {
      startReading(scratch, target, count);
      for (int i = 0; i < count; i++) {
        if (descriptors[i] == NONE) {
          left[leftCount++] = ordinals[i];
        } else {
          finish(scratch, target, ordinals[i], descriptors[i], done[i]);
        }
      }
    } finally {
      for (int i = 0; i < count; i++) {
        if (descriptors[i] != NONE) {
          closing[closingCount++] = descriptors[i];
        }
      }
    }
    if (ring == null) {
      closeFiles(scratch);
    }
    return next;
  }

  private void openFiles(Scratch scratch, int count) throws IOException {
    try {
      for (int i = 0; i < count; i++) {
        LinuxDirectory directory = (LinuxDirectory) directory(ordinals[i]);
        numbers[i] = directory.enter();
        held[heldCount++] = directory.descriptor;
      }
      Ring using = ring;
      if (using == null) {
        int flags = LinuxDirectory.openFileFlags();
        for (int i = 0; i < count; i++) {
          Scratch.put(scratch.name, name(ordinals[i]));
          long result = LinuxCalls.open(scratch, numbers[i], scratch.name, flags, 0);
          descriptors[i] = (int) Math.max(result, NONE);
        }
      } else {
        openFiles(scratch, count, using);
      }
    } finally {
      for (; heldCount > 0; heldCount--) {
        held[heldCount - 1].leave();
      }
    }
  }

  private void openFiles(Scratch scratch, int count, Ring using) throws IOException {
    using.begin();
    for (int i = 0; i < closingCount; i++) {
      using.putClose(closing[i]);
    }
    int flags = LinuxDirectory.openFileFlags() | LinuxCalls.O_CLOEXEC;
    for (int i = 0; i < count; i++) {
      numbers[i] = using.putOpen(numbers[i], name(ordinals[i]), flags);
    }
    boolean complete = using.run(scratch);
    takeClosed(using);
    for (int i = 0; i < count; i++) {
      descriptors[i] = Math.max(using.result(numbers[i]), NONE);
    }
    if (!complete) {
      dropRing();
    }
  }

  /** Closes what the round that has run should have closed and did not. */
  private void takeClosed(Ring using) {
    for (int i = 0; i < closingCount; i++) {
      int result = using.result(i);
      if (result == Ring.NOT_RUN || result == -Errno.ECANCELED) {
        LinuxCalls.close(closing[i]);
      }
    }
    closingCount = 0;
  }

  private void closeFiles(Scratch scratch) throws IOException {
    Ring using = ring;
    if (using != null && closingCount > 0) {
      using.begin();
      for (int i = 0; i < closingCount; i++) {
        using.putClose(closing[i]);
      }
      boolean complete = using.run(scratch);
      takeClosed(using);
      if (!complete) {
        dropRing();
      }
    }
    for (; closingCount > 0; closingCount--) {
      LinuxCalls.close(closing[closingCount - 1]);
    }
  }

  private void startReading(Scratch scratch, MemorySegment target, int count) throws IOException {
    Ring using = target.isNative() ? ring : null;
    if (using == null) {
      for (int i = 0; i < count && count > 1; i++) {
        int length = length(ordinals[i]);
        if (descriptors[i] != NONE && length > 0) {
          LinuxCalls.willNeed(scratch, descriptors[i], 0, length);
        }
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      reading[i] = descriptors[i] != NONE && length(ordinals[i]) > 0;
    }
    if (readByRing(scratch, target, count, using, false)) {
      readByRing(scratch, target, count, using, true);
    }
  }

  /**
   * Runs a round of the files that are {@link #reading}, and leaves those for a second one that are
   * to be waited for. These are known to be regular files: the ring would wait for a FIFO's bytes,
   * and what the walk saw may have become one.
   *
   * @return whether there is a second round to run
   */
  private boolean readByRing(
      Scratch scratch, MemorySegment target, int count, Ring using, boolean wait)
      throws IOException {
    using.begin();
    boolean any = false;
    for (int i = 0; i < count; i++) {
      if (reading[i]) {
        long address = target.address() + offset(ordinals[i]);
        numbers[i] = using.putRead(descriptors[i], address, length(ordinals[i]), wait);
        any = true;
      }
    }
    if (!any) {
      return false;
    }
    boolean complete = using.run(scratch);
    boolean again = false;
    for (int i = 0; i < count; i++) {
      if (reading[i]) {
        int result = using.result(numbers[i]);
        done[i] = Math.max(result, 0);
        reading[i] =
            (result == -Errno.EAGAIN || result == -Errno.ENOTSUP)
                && LinuxCalls.status(scratch, descriptors[i]) == 0
                && LinuxCalls.isRegularFile(scratch);
        again |= reading[i];
      }
    }
    if (!complete) {
      dropRing();
    }
    return complete && again;
  }

  /** Reads what is missing of an open file, and sets its result. */
  private void finish(Scratch scratch, MemorySegment target, int ordinal, int fd, int already) {
    int read = already;
    int length = length(ordinal);
    if (read < length) {
      long more = LinuxFile.read(scratch, fd, target, offset(ordinal) + read, length - read, read);
      if (more < 0) {
        fail(ordinal, "read", more);
        return;
      }
      read += (int) more;
    }
    long status = LinuxCalls.status(scratch, fd);
    if (status < 0) {
      fail(ordinal, "read the status of", status);
    } else if (LinuxCalls.isUnchanged(scratch, walked(ordinal))) {
      unchanged(ordinal, read);
    } else if (already > 0 && !LinuxCalls.isRegularFile(scratch)) {
      // The ring reads from what has become a FIFO, where the plain call has an error to tell.
      finish(scratch, target, ordinal, fd, 0);
    } else {
      changed(ordinal, read, LinuxCalls.decodeStatus(scratch));
    }
  }

  private void fail(int ordinal, String operation, long result) {
    String path = directory(ordinal).displayPath(name(ordinal));
    failed(ordinal, new FileErrorException(operation, path, (int) -result));
  }

  private void readAlone(Scratch scratch, MemorySegment target, int ordinal) {
    int fd;
    try {
      fd = LinuxDirectory.own(directory(ordinal)).openFileDescriptor(name(ordinal));
    } catch (FileErrorException e) {
      failed(ordinal, e);
      return;
    }
    try {
      finish(scratch, target, ordinal, fd, 0);
    } finally {
      LinuxCalls.close(fd);
    }
  }

  @Override
  protected void release() {
    dropRing();
  }
}
