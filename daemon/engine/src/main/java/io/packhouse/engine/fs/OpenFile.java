package io.packhouse.engine.fs;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An open file. Reads and writes name their position, so any number of threads may use one file.
 * See {@link FileHandle} for errors, thread-safety and closing.
 *
 * <p>Segments are used where they lie when they are native; heap segments are copied through a
 * buffer. A segment's arena must not be closed during the call, else the call or the closing throws
 * {@link IllegalStateException}.
 */
public interface OpenFile extends FileHandle {

  /**
   * Reads until {@code length} bytes are there or the file ends. Reading exactly the size of a file
   * costs one system call, and asking for one byte more a second one.
   *
   * @param target where the bytes go, from {@code targetOffset} on
   * @param length 0 or more
   * @param position where in the file to begin, 0 or more
   * @return bytes read, less than {@code length} only at the file's end
   * @throws IndexOutOfBoundsException where the target has no room; nothing was read
   */
  int read(MemorySegment target, long targetOffset, int length, long position) throws IOException;

  /**
   * Tells the system that these bytes will be read soon, so that it may fetch them meanwhile. Best
   * effort: never fails, returns without waiting for them, and may do nothing.
   *
   * @param offset 0 or more
   * @param length 0 or more
   */
  void readAhead(long offset, long length);

  /**
   * Writes all of the bytes. After an error an unknown part of them is written.
   *
   * @param source where the bytes are, from {@code sourceOffset} on
   * @param length 0 or more
   * @param position where in the file they go, 0 or more; a gap before it reads as zeros
   */
  void write(MemorySegment source, long sourceOffset, long length, long position)
      throws IOException;

  /**
   * Reserves space for a file of this length, which does not change its size: later writes are
   * faster and find a full disk now. Does nothing where that is not supported.
   *
   * @throws FileErrorException {@link FileErrorException#isNoSpace()} and real failures only
   */
  void allocate(long length) throws IOException;

  /**
   * Locks the file against all other handles of it, of this process and of others, until this one
   * is closed. Waits for nobody. Locks bind only who asks for one.
   *
   * <p>Where locks belong to processes (the portable implementation), one is lost as soon as the
   * process closes any handle of the file.
   *
   * @param shared whether others may have shared locks at the same time; else the file must have
   *     been created by this handle, since it has to be open for writing
   * @return false where another handle has a lock that forbids it
   * @throws FileErrorException where the file system has no locks
   */
  boolean tryLock(boolean shared) throws IOException;

  /** Sets the size: cuts what is beyond, or adds zeros. */
  void truncate(long size) throws IOException;

  /**
   * The next position, at or after the given one, that is not in a hole of a sparse file; the
   * file's size where only a hole (or nothing) follows. Where holes cannot be told: {@code
   * position}, so bytes before the result are zeros and bytes after it are to be read.
   */
  long nextData(long position) throws IOException;
}
