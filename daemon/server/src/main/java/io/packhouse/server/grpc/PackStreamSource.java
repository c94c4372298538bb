package io.packhouse.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.packhouse.engine.extract.SiblingSource;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.EntrySource;
import io.packhouse.engine.pack.PackException;
import io.packhouse.engine.pack.SourceEntry;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.StreamEntry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries that a client sends. What has arrived waits in a queue, which the pack's walk takes
 * from.
 *
 * <p>The client is asked for a message as one is taken, so that no more than {@value #WINDOW} wait.
 * From one that answers questions each message is taken at once: an answer may be behind it, and
 * the walk may wait for what waits for the answer. Such a client is told how many bytes may wait.
 */
final class PackStreamSource implements EntrySource {
  /** Messages that are on their way or wait. */
  static final int WINDOW = 16;

  /** Bytes that may wait, of a client that answers questions; but for the last message. */
  static final int WINDOW_BYTES = 4 << 20;

  /** What each message counts beside its length: about what an empty one takes while it waits. */
  static final int MESSAGE_BYTES = 512;

  private static final int MAX_XATTRS = 1_000;
  private static final long MAX_ID = 0xffff_fffeL;

  /** What arrived, or what ends it: a message, or a failure. */
  private record Arrival(@Nullable PackStreamRequest message, @Nullable IOException failure) {}

  /** How far the client may go, in bytes since the start. */
  private static final class Window {
    private final LongConsumer teller;

    @GuardedBy("this")
    private long arrived;

    @GuardedBy("this")
    private long taken;

    @GuardedBy("this")
    private long told;

    Window(LongConsumer teller) {
      this.teller = teller;
    }

    /** Whether the client was free to send this. */
    synchronized boolean arrived(PackStreamRequest message) {
      boolean allowed = arrived < told;
      arrived += cost(message);
      return allowed;
    }

    static long cost(PackStreamRequest message) {
      return (long) MESSAGE_BYTES + message.getSerializedSize();
    }

    /** Opens it by what the walk has taken, in large steps. */
    void taken(long bytes) {
      long now;
      synchronized (this) {
        taken += bytes;
        now = taken + WINDOW_BYTES;
        if (now - told < WINDOW_BYTES / 4) {
          return;
        }
        told = now;
      }
      teller.accept(now);
    }
  }

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final ServerCallStreamObserver<?> call;

  /** Set before anything arrives, where the client answers questions. */
  private volatile @Nullable Window window;

  private volatile @Nullable SiblingQuestions questions;
  private volatile boolean ended;

  // Of the walk's thread.
  private long entries;
  private long left;
  private @Nullable ByteBuffer rest;
  private String current = "";

  PackStreamSource(ServerCallStreamObserver<?> call) {
    this.call = call;
  }

  /**
   * Makes the pack ask for siblings.
   *
   * @param asking asks the client
   * @param teller tells it how far it may go
   */
  void answering(SiblingQuestions asking, LongConsumer teller) {
    Window opened = new Window(teller);
    questions = asking;
    window = opened;
    opened.taken(0);
  }

  /** A message has arrived. */
  void arrived(PackStreamRequest message) {
    SiblingQuestions asking = questions;
    Window opened = window;
    if (asking == null || opened == null) {
      arrivals.add(new Arrival(message, null));
      return;
    }
    if (ended) {
      return; // nor is more asked for
    }
    if (message.hasAnswer()) {
      String wrong = asking.answered(message.getAnswer());
      if (wrong != null) {
        failed(problem(wrong));
      }
    } else if (opened.arrived(message)) {
      arrivals.add(new Arrival(message, null));
    } else {
      failed(
          problem(
              "the client sent more than its window allows, in which "
                  + WINDOW_BYTES
                  + " bytes wait"));
    }
    if (!ended) {
      call.request(1);
    }
  }

  /** Nothing more will arrive. */
  void failed(IOException failure) {
    ended = true;
    arrivals.add(new Arrival(null, failure));
    SiblingQuestions asking = questions;
    if (asking != null) {
      asking.failed(failure);
    }
  }

  @Override
  public @Nullable SiblingSource siblings() {
    return questions;
  }

  @Override
  public void cancel() {
    failed(new IOException(new CancellationException("cancelled")));
  }

  private PackStreamRequest take() throws IOException, InterruptedException {
    Arrival arrival = arrivals.take();
    PackStreamRequest message = arrival.message;
    IOException failure = arrival.failure;
    if (failure != null) {
      arrivals.add(arrival); // for whoever asks again
      throw failure;
    }
    Window opened = window;
    if (opened == null) {
      call.request(1);
    } else {
      opened.taken(Window.cost(Objects.requireNonNull(message)));
    }
    return Objects.requireNonNull(message);
  }

  @Override
  public @Nullable SourceEntry next() throws IOException, InterruptedException {
    if (left > 0) {
      throw new IllegalStateException(left + " bytes of " + current + " were not read");
    }
    PackStreamRequest message = take();
    return switch (message.getMessageCase()) {
      case ENTRY -> {
        entries++;
        yield entry(message.getEntry());
      }
      case FINISH -> {
        long sent = message.getFinish().getEntries();
        if (sent != entries) {
          throw problem("the client sent " + sent + " entries, and " + entries + " arrived");
        }
        yield null;
      }
      case DATA -> throw problem(current + " is longer than its size");
      case START, ANSWER, MESSAGE_NOT_SET ->
          throw problem("an entry, or the end, must come next, is " + message.getMessageCase());
    };
  }

  private SourceEntry entry(StreamEntry entry) throws IOException {
    byte[] path = entry.getPath().toByteArray();
    current = PathText.display(path);
    EntryType type = type(entry);
    boolean file = type == EntryType.FILE;
    if (entry.getSize() < 0 || (!file && entry.getSize() != 0)) {
      throw problem(current + " has a size of " + entry.getSize() + " bytes");
    }
    if (entry.getMode() < 0 || entry.getMode() > 07777) {
      throw problem(current + " has mode " + Integer.toOctalString(entry.getMode()));
    }
    if (entry.getXattrsCount() > MAX_XATTRS) {
      throw problem(
          current + " has " + entry.getXattrsCount() + " extended attributes, limit " + MAX_XATTRS);
    }
    boolean device = type == EntryType.CHAR_DEVICE || type == EntryType.BLOCK_DEVICE;
    if (device
        ? entry.getDeviceMajor() < 0 || entry.getDeviceMinor() < 0
        : entry.getDeviceMajor() != 0 || entry.getDeviceMinor() != 0) {
      throw problem(
          current + " has device " + entry.getDeviceMajor() + ":" + entry.getDeviceMinor());
    }
    int nanos = entry.getMtime().getNanos();
    if (nanos < 0 || nanos > 999_999_999) {
      throw problem(current + " has a time with " + nanos + " nanoseconds");
    }
    left = entry.getSize();
    rest = null;
    FileStatus status =
        new FileStatus(
            kind(type),
            entry.getMode(),
            entry.getSize(),
            entry.getMtime().getSeconds(),
            nanos,
            0,
            0,
            1,
            id(entry.hasUid(), entry.getUid()),
            id(entry.hasGid(), entry.getGid()),
            entry.getDeviceMajor(),
            entry.getDeviceMinor());
    byte[] target = entry.getLinkTarget().isEmpty() ? null : entry.getLinkTarget().toByteArray();
    return new SourceEntry(
        path, type, status, name(entry.getUser()), name(entry.getGroup()), target, xattrs(entry));
  }

  private long id(boolean known, long id) throws IOException {
    if (known && (id < 0 || id > MAX_ID)) {
      throw problem(current + " belongs to number " + id + ", which nobody has");
    }
    return known ? id : -1;
  }

  private static @Nullable String name(String text) {
    return text.isEmpty() ? null : text;
  }

  private static Map<String, byte[]> xattrs(StreamEntry entry) {
    Map<String, byte[]> xattrs = new HashMap<>();
    entry.getXattrsMap().forEach((name, value) -> xattrs.put(name, value.toByteArray()));
    return xattrs;
  }

  private EntryType type(StreamEntry entry) throws IOException {
    return switch (entry.getType()) {
      case ENTRY_TYPE_FILE -> EntryType.FILE;
      case ENTRY_TYPE_DIRECTORY -> EntryType.DIRECTORY;
      case ENTRY_TYPE_SYMLINK -> EntryType.SYMLINK;
      case ENTRY_TYPE_HARDLINK -> EntryType.HARDLINK;
      case ENTRY_TYPE_FIFO -> EntryType.FIFO;
      case ENTRY_TYPE_CHAR_DEVICE -> EntryType.CHAR_DEVICE;
      case ENTRY_TYPE_BLOCK_DEVICE -> EntryType.BLOCK_DEVICE;
      case ENTRY_TYPE_NESTED, ENTRY_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw problem(current + " is of type " + entry.getType() + ", which no tree has");
    };
  }

  private static FileKind kind(EntryType type) {
    return switch (type) {
      case DIRECTORY -> FileKind.DIRECTORY;
      case SYMLINK -> FileKind.SYMLINK;
      case FIFO -> FileKind.FIFO;
      case CHAR_DEVICE -> FileKind.CHAR_DEVICE;
      case BLOCK_DEVICE -> FileKind.BLOCK_DEVICE;
      default -> FileKind.FILE;
    };
  }

  @Override
  public void read(MemorySegment target) throws IOException, InterruptedException {
    if (target.byteSize() > left) {
      throw new IllegalStateException(current + " has " + left + " bytes left");
    }
    ByteBuffer into = target.asByteBuffer();
    while (into.hasRemaining()) {
      ByteBuffer from = rest;
      if (from == null || !from.hasRemaining()) {
        from = data();
        rest = from;
      }
      int length = Math.min(from.remaining(), into.remaining());
      into.put(from.slice(from.position(), length));
      from.position(from.position() + length);
      left -= length;
    }
    ByteBuffer after = rest;
    if (left == 0 && after != null && after.hasRemaining()) {
      throw problem(current + " is longer than its size");
    }
  }

  private ByteBuffer data() throws IOException, InterruptedException {
    PackStreamRequest message = take();
    ByteString data = message.getData();
    if (message.getMessageCase() != PackStreamRequest.MessageCase.DATA || data.isEmpty()) {
      throw problem(current + " ends " + left + " bytes before its size");
    }
    return data.asReadOnlyByteBuffer();
  }

  private static PackException problem(String text) {
    return new PackException(PackException.Reason.INPUT, text, null);
  }
}
