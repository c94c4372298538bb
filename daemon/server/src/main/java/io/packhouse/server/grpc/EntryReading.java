package io.packhouse.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.Code;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.ReadError;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads many ranges of an archive in the order in which they lie there, one message a step.
 *
 * <p>Data goes from the decoded blob through one array into the transport's buffer: protobuf makes
 * an array of memory off the heap in any case, a new one each time. The array may be used again for
 * the next message only because the Netty transport writes a message out before {@code onNext}
 * returns; the in-process transport does not, so this service is never served by it.
 */
final class EntryReading extends Pump<ReadEntriesResponse> {
  /** Bytes of a message at most. */
  static final int CHUNK_BYTES = 256 << 10;

  /**
   * A range to read.
   *
   * @param shown the entry that was asked for
   * @param file that has its contents: of a hard link the file that it is another name of
   */
  private record Planned(int ordinal, Entry shown, Entry file, long offset, long length) {
    long blob() {
      return file.extentCount() == 0 ? ArchiveFormat.ZEROS : file.extentBlob(0);
    }

    long start() {
      return file.extentCount() == 0 ? 0 : file.extentOffset(0) + offset;
    }
  }

  private final ArchiveLease lease;
  private final ReadEntriesRequest request;
  private final List<Planned> plan = new ArrayList<>();
  private int looked;
  private int next;
  private boolean sorted;

  // The range that is being read; null between two.
  private @Nullable ContentReader contents;
  private @Nullable Planned current;
  private @Nullable MemorySegment chunk;
  private long position;
  private long left;

  /** What the message that is being sent has of the data. */
  private byte[] buffer = new byte[0];

  /** Takes the lease over. */
  EntryReading(
      ArchiveLease lease,
      ReadEntriesRequest request,
      StreamObserver<ReadEntriesResponse> observer) {
    super(observer);
    this.lease = lease;
    this.request = request;
  }

  @Override
  protected boolean step() throws IOException {
    if (looked < request.getRangesCount()) {
      look();
      return true;
    }
    if (!sorted) {
      sorted = true;
      plan.sort(Comparator.comparingLong(Planned::blob).thenComparingLong(Planned::start));
    }
    if (current == null) {
      if (next == plan.size()) {
        return false;
      }
      Planned planned = plan.get(next++);
      begin(planned);
      return true;
    }
    proceed(current, ReadEntriesResponse.newBuilder());
    return true;
  }

  /** Finds the next entry that is asked for. */
  private void look() {
    int ordinal = looked++;
    EntryRange range = request.getRanges(ordinal);
    ArchiveReader reader = lease.reader();
    try {
      Entry shown = EntryMessages.find(reader, range.getPath());
      if (shown == null) {
        refuse(ordinal, Code.NOT_FOUND, "there is no entry " + range.getPath());
        return;
      }
      Entry file = reader.resolve(shown);
      String problem = problem(file);
      if (problem != null) {
        refuse(ordinal, Code.FAILED_PRECONDITION, range.getPath() + ": " + problem);
        return;
      }
      long size = file.size();
      long offset = range.getOffset();
      long length = range.hasLength() ? range.getLength() : size - offset;
      if (offset < 0 || length < 0 || offset > size || length > size - offset) {
        refuse(
            ordinal,
            Code.OUT_OF_RANGE,
            range.getPath() + ": has " + size + " bytes, not [" + offset + ", +" + length + ")");
        return;
      }
      plan.add(new Planned(ordinal, shown, file, offset, length));
    } catch (IOException e) {
      refuse(ordinal, e);
    }
  }

  private static @Nullable String problem(Entry file) throws IOException {
    if (file.type() != EntryType.FILE) {
      return "is no file but a " + file.typeLabel();
    }
    if (!file.isOk()) {
      String error = file.error();
      return "its contents are not in the archive: "
          + file.statusLabel()
          + (error == null ? "" : " (" + error + ")");
    }
    return null;
  }

  private void begin(Planned planned) {
    ReadEntriesResponse.Builder message;
    try {
      message = ReadEntriesResponse.newBuilder().setEntry(EntryMessages.of(planned.shown(), false));
      contents = lease.reader().newContents(planned.file(), planned.offset(), planned.length());
      left = planned.length();
      current = planned;
    } catch (IOException e) {
      refuse(planned.ordinal(), e);
      return;
    }
    proceed(planned, message);
  }

  /** Sends the next bytes of the range. */
  private void proceed(Planned planned, ReadEntriesResponse.Builder message) {
    ByteString data;
    try {
      data = take();
    } catch (IOException e) {
      release();
      refuse(planned.ordinal(), e);
      return;
    }
    left -= data.size();
    send(message.setOrdinal(planned.ordinal()).setData(data).setLast(left == 0).build());
    if (left == 0) {
      release();
    }
  }

  /** The next bytes: valid until the next call. */
  private ByteString take() throws IOException {
    ContentReader source = contents;
    if (left == 0 || source == null) {
      return ByteString.EMPTY;
    }
    MemorySegment from = chunk;
    if (from == null || position == from.byteSize()) {
      from = source.next();
      chunk = from;
      position = 0;
    }
    if (from == null) {
      throw new IOException("contents end early");
    }
    long length = Math.min(CHUNK_BYTES, from.byteSize() - position);
    if (buffer.length < length) {
      buffer = new byte[(int) Math.min(CHUNK_BYTES, Math.max(length, left))];
    }
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, position, buffer, 0, (int) length);
    position += length;
    return UnsafeByteOperations.unsafeWrap(buffer, 0, (int) length);
  }

  private void refuse(int ordinal, IOException e) {
    Code code =
        switch (e) {
          case CorruptArchiveException c -> Code.DATA_LOSS;
          case UnsupportedFormatException u -> Code.FAILED_PRECONDITION;
          default -> Code.INTERNAL;
        };
    String message =
        code == Code.INTERNAL
            ? Failures.toRpcStatus(e).getMessage()
            : String.valueOf(e.getMessage());
    refuse(ordinal, code, message);
  }

  private void refuse(int ordinal, Code code, String message) {
    send(
        ReadEntriesResponse.newBuilder()
            .setOrdinal(ordinal)
            .setLast(true)
            .setError(ReadError.newBuilder().setCode(code.getNumber()).setMessage(message))
            .build());
  }

  private void release() {
    current = null;
    chunk = null;
    ContentReader held = contents;
    contents = null;
    if (held != null) {
      held.close();
    }
  }

  @Override
  protected void close() {
    release();
    lease.close();
  }
}
