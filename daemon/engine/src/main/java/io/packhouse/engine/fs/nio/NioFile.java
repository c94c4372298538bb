package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file channel. As with all of them, interrupting a thread in a call closes it for everybody: the
 * call then throws {@link java.nio.channels.ClosedByInterruptException}.
 */
final class NioFile extends NioHandle implements OpenFile {

  private static final int TRANSFER_LIMIT = 1 << 30;

  private final @Nullable FileChannel channel;

  /**
   * Takes ownership of the channel.
   *
   * @param channel null for what is no regular file: opening it could hang
   */
  NioFile(Path path, FileStatus opened, Location location, @Nullable FileChannel channel) {
    super(path, opened, location);
    this.channel = channel;
  }

  @Override
  public FileStatus status() throws IOException {
    checkOpen();
    try {
      FileStatus now = NioStatus.read(path);
      if (now.isSameFile(opened)) {
        return now;
      }
    } catch (IOException e) {
      if (channel == null) {
        throw NioErrors.of("read the status of", location, e);
      }
    }
    // Its name is gone: what is still known is the size.
    return new FileStatus(
        opened.kind(),
        opened.mode(),
        channel == null ? opened.size() : channel.size(),
        opened.mtimeSeconds(),
        opened.mtimeNanos(),
        opened.inode(),
        opened.device(),
        opened.links(),
        opened.uid(),
        opened.gid(),
        opened.deviceMajor(),
        opened.deviceMinor());
  }

  @Override
  public int read(MemorySegment target, long targetOffset, int length, long position)
      throws IOException {
    Objects.checkFromIndexSize(targetOffset, length, target.byteSize());
    FileChannel from = channel("read", position);
    ByteBuffer buffer = target.asSlice(targetOffset, length).asByteBuffer();
    try {
      while (buffer.hasRemaining()) {
        if (from.read(buffer, position + buffer.position()) < 0) {
          break;
        }
      }
    } catch (IOException e) {
      throw NioErrors.of("read", location, e);
    }
    return buffer.position();
  }

  @Override
  public void readAhead(long offset, long length) {
    checkOpen();
  }

  @Override
  public void write(MemorySegment source, long sourceOffset, long length, long position)
      throws IOException {
    Objects.checkFromIndexSize(sourceOffset, length, source.byteSize());
    FileChannel to = channel("write", position);
    try {
      for (long done = 0; done < length; ) {
        long part = Math.min(length - done, TRANSFER_LIMIT);
        ByteBuffer buffer = source.asSlice(sourceOffset + done, part).asByteBuffer();
        while (buffer.hasRemaining()) {
          to.write(buffer, position + done + buffer.position());
        }
        done += part;
      }
    } catch (IOException e) {
      throw NioErrors.of("write", location, e);
    }
  }

  @Override
  public void allocate(long length) {
    checkOpen();
  }

  /** The virtual machine locks for the whole process, and sees to overlaps within it. */
  @Override
  public boolean tryLock(boolean shared) throws IOException {
    FileChannel file = channel("lock", 0);
    try {
      return file.tryLock(0, Long.MAX_VALUE, shared) != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw NioErrors.of("lock", location, e);
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    FileChannel file = channel("set the size of", size);
    try {
      long now = file.size();
      if (size < now) {
        file.truncate(size);
      } else if (size > now) {
        file.write(ByteBuffer.allocate(1), size - 1);
      }
    } catch (IOException e) {
      throw NioErrors.of("set the size of", location, e);
    }
  }

  @Override
  public long nextData(long position) throws IOException {
    channel("look for data in", position);
    return position;
  }

  @Override
  public void force() throws IOException {
    try {
      channel("write to the device", 0).force(true);
    } catch (IOException e) {
      throw NioErrors.of("write to the device", location, e);
    }
  }

  @Override
  void release() throws IOException {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw NioErrors.of("close", location, e);
      }
    }
  }

  private FileChannel channel(String operation, long position) throws IOException {
    checkOpen();
    if (position < 0) {
      throw new IllegalArgumentException("position must not be negative, position=" + position);
    }
    if (channel == null) {
      throw NioErrors.unsupported(operation, location);
    }
    return channel;
  }
}
