package io.packhouse.server.job;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations on disk, so that they survive the daemon. Thread-safe.
 *
 * <p>They are a log: of records as operations were accepted, as they ended, and as they were
 * forgotten, of which the last one of an operation holds. A record is written by one call, before
 * anybody is told of what it says. So whatever moment the daemon dies at, the operation is there,
 * and one without an end was cut off. Files are not forced: they outlive the daemon, not a loss of
 * power.
 *
 * <p>The log is in files of some megabytes, {@code NUMBER.log} in order of number. Each daemon
 * begins a new one, so a record at the end of a file that is not whole is in nobody's way. Where
 * most of the log is of no use any more, the operations that the oldest file still holds are
 * written again, and it is removed. What was forgotten never comes back by that: the record that
 * says so is in a later file, and the oldest always goes first.
 *
 * <p>A record is its length, an {@code int}, and messages that are each after their length: the
 * operation's id, and unless it was forgotten, the operation, the request and the path of the file
 * that it writes.
 */
final class OperationStore implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(OperationStore.class.getName());

  private static final String SUFFIX = ".log";
  private static final int NUMBER_DIGITS = 16;
  private static final int MAX_RECORD_BYTES = 128 << 20;
  private static final int DEFAULT_FILE_BYTES = 4 << 20;

  /** This many files there are at least, before the oldest is looked at. */
  private static final int LEAST_FILES = 3;

  /**
   * An operation as it is kept.
   *
   * @param output the archive that it writes, empty for none
   */
  record Stored(Operation operation, Any request, String output) {}

  /** A file of the log. */
  private static final class Segment {
    final Path path;

    /** Where the last record of an operation is, of those that are in this file. */
    final Map<String, Extent> live = new LinkedHashMap<>();

    long length;

    Segment(Path path) {
      this.path = path;
    }
  }

  private record Extent(long offset, int length) {}

  private final Path folder;
  private final long fileBytes;

  /** The last one is written to. */
  @GuardedBy("this")
  private final Deque<Segment> segments = new ArrayDeque<>();

  @GuardedBy("this")
  private final Map<String, Segment> byId = new HashMap<>();

  @GuardedBy("this")
  private @Nullable FileChannel current;

  @GuardedBy("this")
  private long next;

  @GuardedBy("this")
  private long totalBytes;

  @GuardedBy("this")
  private long liveBytes;

  /**
   * @throws IOException if there is no such folder, and it cannot be made
   */
  OperationStore(Path stateFolder) throws IOException {
    this(stateFolder, DEFAULT_FILE_BYTES);
  }

  /**
   * @param fileBytes after which another file is begun
   */
  OperationStore(Path stateFolder, long fileBytes) throws IOException {
    this.folder = Files.createDirectories(stateFolder.resolve("operations"));
    this.fileBytes = fileBytes;
  }

  /**
   * Keeps an operation as it was accepted, or as it ended.
   *
   * @param id names it, of lower-case letters and digits
   */
  void save(String id, Stored stored) throws IOException {
    ByteArrayOutputStream record = begin(id);
    stored.operation.writeDelimitedTo(record);
    stored.request.writeDelimitedTo(record);
    StringValue.of(stored.output).writeDelimitedTo(record);
    append(id, end(record), true);
  }

  /** Forgets an operation. */
  void delete(String id) throws IOException {
    byte[] record = end(begin(id));
    synchronized (this) {
      if (byId.containsKey(id)) {
        append(id, record, false);
      }
    }
  }

  private static ByteArrayOutputStream begin(String id) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream(1 << 10);
    record.writeBytes(new byte[Integer.BYTES]);
    StringValue.of(id).writeDelimitedTo(record);
    return record;
  }

  private static byte[] end(ByteArrayOutputStream record) {
    byte[] bytes = record.toByteArray();
    ByteBuffer.wrap(bytes).putInt(0, bytes.length - Integer.BYTES);
    return bytes;
  }

  private synchronized void append(String id, byte[] record, boolean holds) throws IOException {
    write(id, record, holds);
    while (segments.size() >= LEAST_FILES && totalBytes > 2 * liveBytes + fileBytes) {
      dropOldest();
    }
  }

  @GuardedBy("this")
  private void write(String id, byte[] record, boolean holds) throws IOException {
    Segment last = segments.peekLast();
    FileChannel channel = current;
    if (last == null || channel == null || last.length >= fileBytes) {
      close();
      last = new Segment(folder.resolve(String.format("%016x", next++) + SUFFIX));
      channel = FileChannel.open(last.path, CREATE_NEW, WRITE);
      current = channel;
      segments.addLast(last);
    }
    long offset = last.length;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(record);
      while (bytes.hasRemaining()) {
        channel.write(bytes, offset + bytes.position());
      }
    } catch (Throwable e) {
      close(); // what comes goes to another file: here part of a record is in the way
      throw e;
    }
    last.length += record.length;
    totalBytes += record.length;
    forget(id);
    if (holds) {
      byId.put(id, last);
      last.live.put(id, new Extent(offset, record.length));
      liveBytes += record.length;
    }
  }

  @GuardedBy("this")
  private void forget(String id) {
    Segment segment = byId.remove(id);
    Extent extent = segment == null ? null : segment.live.remove(id);
    liveBytes -= extent == null ? 0 : extent.length;
  }

  @GuardedBy("this")
  private void dropOldest() throws IOException {
    Segment oldest = segments.getFirst();
    if (!oldest.live.isEmpty()) {
      try (FileChannel channel = FileChannel.open(oldest.path, READ)) {
        for (Map.Entry<String, Extent> each : List.copyOf(oldest.live.entrySet())) {
          write(each.getKey(), read(channel, each.getValue()), true);
        }
      }
    }
    Files.deleteIfExists(oldest.path);
    segments.removeFirst();
    totalBytes -= oldest.length;
  }

  private static byte[] read(FileChannel channel, Extent extent) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(extent.length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, extent.offset + bytes.position()) < 0) {
        throw new IOException("a file of operations became shorter");
      }
    }
    return bytes.array();
  }

  /**
   * All operations by id; to be called before anything is kept. What cannot be read is logged and
   * left out.
   */
  synchronized Map<String, Stored> load() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, OperationStore::isOurs)) {
      files.forEach(found::add);
    }
    found.sort(null);
    Map<String, Stored> all = new HashMap<>();
    for (Path file : found) {
      Segment segment = new Segment(file);
      segments.addLast(segment);
      read(segment, all);
      next = Long.parseUnsignedLong(name(file).substring(0, NUMBER_DIGITS), 16) + 1;
    }
    return all;
  }

  private static boolean isOurs(Path file) {
    return name(file).matches("[0-7][0-9a-f]{" + (NUMBER_DIGITS - 1) + "}\\" + SUFFIX);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  @GuardedBy("this")
  private void read(Segment segment, Map<String, Stored> all) throws IOException {
    try (FileChannel channel = FileChannel.open(segment.path, READ)) {
      long size = channel.size();
      totalBytes += size;
      segment.length = size;
      for (long offset = 0; offset < size; ) {
        int length = size - offset < Integer.BYTES ? 0 : length(channel, offset);
        if (length < 1 || length > Math.min(MAX_RECORD_BYTES, size - offset - Integer.BYTES)) {
          LOGGER.log(
              System.Logger.Level.WARNING,
              segment.path + ": left out from byte " + offset + " of " + size + " on: cut off");
          return;
        }
        Extent extent = new Extent(offset, Integer.BYTES + length);
        take(segment, extent, read(channel, extent), all);
        offset += extent.length;
      }
    }
  }

  private static int length(FileChannel channel, long offset) throws IOException {
    return ByteBuffer.wrap(read(channel, new Extent(offset, Integer.BYTES))).getInt();
  }

  @GuardedBy("this")
  private void take(Segment segment, Extent extent, byte[] record, Map<String, Stored> all) {
    try {
      CodedInputStream in =
          CodedInputStream.newInstance(record, Integer.BYTES, record.length - Integer.BYTES);
      String id = next(in, StringValue.parser()).getValue();
      Stored stored = null;
      if (!in.isAtEnd()) {
        stored =
            new Stored(
                next(in, Operation.parser()),
                next(in, Any.parser()),
                next(in, StringValue.parser()).getValue());
      }
      forget(id);
      all.remove(id);
      if (stored != null) {
        all.put(id, stored);
        byId.put(id, segment);
        segment.live.put(id, extent);
        liveBytes += extent.length;
      }
    } catch (IOException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          segment.path + ": left out a record at byte " + extent.offset + ": " + e.getMessage());
    }
  }

  private static <M extends Message> M next(CodedInputStream in, Parser<M> parser)
      throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    M message = parser.parseFrom(in);
    in.checkLastTagWas(0);
    in.popLimit(outer);
    return message;
  }

  /** Ends the file that is written to; what is kept after it goes to another one. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    FileChannel channel = current;
    current = null;
    if (channel != null) {
      channel.close();
    }
  }
}
