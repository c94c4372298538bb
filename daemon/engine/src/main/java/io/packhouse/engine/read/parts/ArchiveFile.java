package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.CorruptArchiveException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an archive, read by position. Not mapped into memory, since a mapped file that is
 * cut short kills the process. Safe for concurrent use.
 */
public final class ArchiveFile implements Closeable {
  private final Path path;
  private final ArchiveSource source;
  private final long length;

  private ArchiveFile(Path path, ArchiveSource source, long length) {
    this.path = path;
    this.source = source;
    this.length = length;
  }

  /** Opens a file. */
  public static ArchiveFile open(Path path) throws IOException {
    return of(ArchiveSource.of(FileChannel.open(path, StandardOpenOption.READ)), path);
  }

  /** The bytes of a source, which is closed with the result, or if this throws. */
  @SuppressWarnings("resource") // the source passes to the result
  public static ArchiveFile of(ArchiveSource source, Path path) throws IOException {
    try {
      return new ArchiveFile(path, source, source.size());
    } catch (Throwable t) {
      source.close();
      throw t;
    }
  }

  /** The file, as it was given to open. */
  public Path path() {
    return path;
  }

  /** Length in bytes when it was opened. */
  public long length() {
    return length;
  }

  /**
   * The digest in its seal, by which archives are known: 64 hexadecimal digits. Nothing says yet
   * that it is that of the archive.
   *
   * @throws CorruptArchiveException if this is no archive
   * @throws io.packhouse.engine.format.UnsupportedFormatException if it is a newer one
   */
  public String claimedId() throws IOException {
    return HexFormat.of().formatHex(ArchiveFooter.readSeal(this).digest());
  }

  /** Fails where the file is closed. */
  public void ensureOpen() throws IOException {
    if (!source.isOpen()) {
      throw closed(null);
    }
  }

  /**
   * Fills {@code target}.
   *
   * @throws CorruptArchiveException if the file ends before that
   * @throws IOException if the read fails, or the reader is closed
   */
  public void read(long offset, MemorySegment target) throws IOException {
    read(offset, target.asByteBuffer());
  }

  /** Fills {@code target} from its position to its limit. */
  public void read(long offset, ByteBuffer target) throws IOException {
    long position = offset;
    try {
      while (target.hasRemaining()) {
        int count = source.read(target, position);
        if (count < 0) {
          throw new CorruptArchiveException(
              path, position, "ends early: the file became shorter while it was read");
        }
        position += count;
      }
    } catch (ClosedChannelException e) {
      throw closed(e);
    }
  }

  /** Reads {@code count} bytes, which must be few and inside the file. */
  public byte[] readBytes(long offset, int count) throws IOException {
    byte[] bytes = new byte[count];
    read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private IOException closed(@Nullable Throwable cause) {
    return new IOException(path + ": the archive reader is closed", cause);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
