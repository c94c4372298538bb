package io.packhouse.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * Random access to the bytes of one file of the tree, where the host holds them: no copy for most
 * files, a view for big ones.
 *
 * <p>Valid, with all buffers and channels taken from it, only until the call it was given to
 * returns. Reads are safe from several threads at a time.
 */
public interface PackageFile {

  /**
   * The path below the root of the tree, names separated by {@code /}, none of them empty, {@code
   * .} or {@code ..}.
   */
  String path();

  /** The length in bytes. It does not change. */
  long size();

  /**
   * Reads bytes from {@code position} on into {@code target}, as many as there are and as it has
   * room for; may read fewer for no reason, but at least one where neither is used up.
   *
   * @return how many; -1 where {@code position} is at or past the end
   * @throws IllegalArgumentException where {@code position} is negative
   * @throws IOException where reading fails
   */
  int read(long position, ByteBuffer target) throws IOException;

  /**
   * A read-only view of {@code length} bytes from {@code position} on: index 0 is the byte at
   * {@code position}, big-endian order. It may be a copy: ask for what is needed.
   *
   * @throws IndexOutOfBoundsException where the range is not within the file: a caller checks what
   *     it read from a file before it asks
   * @throws IOException where reading fails
   */
  ByteBuffer slice(long position, int length) throws IOException;

  /** The last name of {@link #path()}. */
  default String fileName() {
    String path = path();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * A new read-only channel over the file for libraries that want one, its position 0. Closing it
   * does not touch the file. For one thread.
   */
  default SeekableByteChannel channel() {
    return new PackageFileChannel(this);
  }

  /**
   * A file whose bytes are in memory: those of {@code bytes} from its position to its limit, which
   * are not copied and must not change.
   */
  static PackageFile of(String path, ByteBuffer bytes) {
    return new BufferPackageFile(path, bytes);
  }
}
