package io.packhouse.engine.fs;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads many files in one go, each from its beginning and all into one segment, and tells whether
 * each is still the file that a walk saw. What it does is what {@link OpenDirectory#openFile},
 * {@link OpenFile#read}, {@link FileHandle#status()} and closing would do one by one, with the same
 * results and errors; but it has many files in flight, and allocates nothing for a file that is
 * unchanged.
 *
 * <p>Used so: {@link #clear}, any number of {@link #add}, {@link #read}, then the results by
 * ordinal, which stay until the next {@code clear}. One thread at a time; changing threads, and
 * virtual ones, may lose the faster method. Closing releases everything; it is idempotent.
 */
public abstract class FileBatchReader implements Closeable {

  /** How a reader reads. */
  public enum Method {
    /** Linux's io_uring: opens, reads and closes many files by one system call. */
    RING,
    /** Linux's plain system calls, a few for each file. */
    CALLS,
    /** {@code java.nio.file}. */
    PORTABLE
  }

  private static final int INITIAL_CAPACITY = 64;

  private OpenDirectory[] directories = new OpenDirectory[INITIAL_CAPACITY];
  private byte[][] names = new byte[INITIAL_CAPACITY][];
  private FileStatus[] walked = new FileStatus[INITIAL_CAPACITY];
  private long[] offsets = new long[INITIAL_CAPACITY];
  private int[] lengths = new int[INITIAL_CAPACITY];
  private int size;

  /** Results; of files that failed and that changed, the error and the new status. */
  private int[] bytesRead = new int[INITIAL_CAPACITY];

  private Object[] exceptions = new Object[INITIAL_CAPACITY];
  private int exceptionCount;
  private int finished;
  private boolean closed;

  /** For the implementations. */
  protected FileBatchReader() {}

  /** Begins a new batch: forgets requests and results, and holds on to nothing of them. */
  public final void clear() {
    Arrays.fill(directories, 0, size, null);
    Arrays.fill(names, 0, size, null);
    Arrays.fill(walked, 0, size, null);
    forgetResults();
    size = 0;
  }

  private void forgetResults() {
    if (exceptionCount > 0) {
      Arrays.fill(exceptions, null);
      exceptionCount = 0;
    }
    finished = 0;
  }

  /**
   * Adds a file to read. The directory stays the caller's, and open until {@link #read} is done.
   *
   * @param name in the directory
   * @param seen what the walk saw: read only if it was a file, or to learn what the error is
   * @param offset where its bytes go in the segment
   * @param length how many bytes to read at most
   * @return the request's ordinal: 0 for the first
   */
  public final int add(
      OpenDirectory directory, byte[] name, FileStatus seen, long offset, int length) {
    Objects.requireNonNull(directory, "directory");
    PathText.requireName(name);
    Objects.requireNonNull(seen, "seen");
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "offset and length must not be negative, offset=" + offset + ", length=" + length);
    }
    if (size == lengths.length) {
      grow();
    }
    directories[size] = directory;
    names[size] = name;
    walked[size] = seen;
    offsets[size] = offset;
    lengths[size] = length;
    return size++;
  }

  private void grow() {
    int capacity = size * 2;
    directories = Arrays.copyOf(directories, capacity);
    names = Arrays.copyOf(names, capacity);
    walked = Arrays.copyOf(walked, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    lengths = Arrays.copyOf(lengths, capacity);
    bytesRead = Arrays.copyOf(bytesRead, capacity);
    exceptions = Arrays.copyOf(exceptions, capacity);
  }

  /** How many files were added. */
  public final int size() {
    return size;
  }

  /**
   * Reads all files of the batch. What the system says about a single file is that file's result
   * and does not end the others.
   *
   * @param target where the bytes go; nobody may close its arena meanwhile
   * @throws IllegalStateException where the reader or the target's arena is closed
   * @throws IndexOutOfBoundsException where a request has no room in it; nothing was read
   * @throws IllegalArgumentException where a directory belongs to another implementation, or the
   *     target is read-only
   * @throws IOException where the batch as a whole failed; there are no results then
   */
  public final void read(MemorySegment target) throws IOException {
    if (closed) {
      throw new IllegalStateException("reader is closed");
    }
    // Calls that are told an address do not look at these.
    if (!target.scope().isAlive() || !target.isAccessibleBy(Thread.currentThread())) {
      throw new IllegalStateException("target is closed or of another thread");
    }
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("target is read-only");
    }
    for (int i = 0; i < size; i++) {
      Objects.checkFromIndexSize(offsets[i], lengths[i], target.byteSize());
    }
    forgetResults();
    readAll(target);
    finished = size;
  }

  /** Reads all files and sets the result of each. */
  protected abstract void readAll(MemorySegment target) throws IOException;

  /**
   * How many bytes were read: less than asked for where the file ends before; 0 where it failed.
   */
  public final int bytesRead(int ordinal) {
    return bytesRead[finished(ordinal)];
  }

  /** Why a file could not be read, null where it could. */
  public final @Nullable FileErrorException error(int ordinal) {
    return exceptions[finished(ordinal)] instanceof FileErrorException error ? error : null;
  }

  /**
   * Whether the file was read and is, after that, the one that the walk saw: of the same device,
   * inode, size and time of modification.
   */
  public final boolean isUnchanged(int ordinal) {
    return exceptions[finished(ordinal)] == null;
  }

  /**
   * What the system said about the file after it was read; what the walk saw where that is the same
   * in all that {@link #isUnchanged} compares.
   *
   * @throws IllegalStateException where the file could not be read
   */
  public final FileStatus status(int ordinal) {
    Object exception = exceptions[finished(ordinal)];
    if (exception instanceof FileErrorException error) {
      throw new IllegalStateException("file has no status", error);
    }
    return exception instanceof FileStatus now ? now : walked[ordinal];
  }

  private int finished(int ordinal) {
    return Objects.checkIndex(ordinal, finished);
  }

  /**
   * How this reader reads many files, by now. Where that is by {@link Method#RING}, the first few
   * files and those for virtual threads may still be read by {@link Method#CALLS}.
   */
  public abstract Method method();

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }

  /** Gives back what the system gave. Called once. */
  protected abstract void release();

  /** A request's directory. */
  protected final OpenDirectory directory(int ordinal) {
    return directories[ordinal];
  }

  /** A request's name. */
  protected final byte[] name(int ordinal) {
    return names[ordinal];
  }

  /** What the walk saw. */
  protected final FileStatus walked(int ordinal) {
    return walked[ordinal];
  }

  /** Where a request's bytes go. */
  protected final long offset(int ordinal) {
    return offsets[ordinal];
  }

  /** How many bytes a request wants. */
  protected final int length(int ordinal) {
    return lengths[ordinal];
  }

  /** Sets the result of a file that was read and is unchanged. */
  protected final void unchanged(int ordinal, int read) {
    bytesRead[ordinal] = read;
  }

  /** Sets the result of a file that was read and is not what the walk saw. */
  protected final void changed(int ordinal, int read, FileStatus now) {
    bytesRead[ordinal] = read;
    exceptions[ordinal] = now;
    exceptionCount++;
  }

  /** Sets the result of a file that could not be read. */
  protected final void failed(int ordinal, FileErrorException error) {
    bytesRead[ordinal] = 0;
    exceptions[ordinal] = error;
    exceptionCount++;
  }
}
