package io.packhouse.remote;

import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.v1.EntryType;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamFinish;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.Progress;
import io.packhouse.v1.StreamEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of PackStream. The thread that calls sends, as fast as the daemon takes it; another one
 * takes what comes back, so that neither side waits for the other.
 */
final class TreeSending {
  private static final int CHUNK_BYTES = 256 << 10;

  private final BlockingClientCall<PackStreamRequest, PackStreamResponse> call;
  private final @Nullable WritableByteChannel out;
  private final Consumer<Progress> progress;
  private long entries;

  // Of the thread that takes, until it has ended.
  private @Nullable PackArchiveResponse report;
  private @Nullable IOException failure;

  TreeSending(
      BlockingClientCall<PackStreamRequest, PackStreamResponse> call,
      @Nullable WritableByteChannel out,
      Consumer<Progress> progress) {
    this.call = call;
    this.out = out;
    this.progress = progress;
  }

  /** The daemon has ended the call; why, the thread that takes knows. */
  private static final class EndedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  PackArchiveResponse run(List<LocalTree> trees, PackStreamStart start, TreeOptions options)
      throws IOException, InterruptedException {
    Thread taking = Thread.ofVirtual().name("packhouse-pack-stream").start(this::take);
    IOException ended = null;
    try {
      send(PackStreamRequest.newBuilder().setStart(start));
      new TreeWalk(trees, options, this::entry).walk();
      send(
          PackStreamRequest.newBuilder()
              .setFinish(PackStreamFinish.newBuilder().setEntries(entries)));
      halfClose();
    } catch (EndedException e) {
      ended = e;
    } catch (IOException | InterruptedException | RuntimeException e) {
      call.cancel("the tree cannot be sent", e);
      taking.join();
      throw e;
    }
    taking.join();
    if (failure != null) {
      throw failure;
    }
    if (report == null) {
      throw new RemoteException(
          Status.newBuilder()
              .setCode(Code.INTERNAL_VALUE)
              .setMessage("the daemon ended the pack without a report")
              .build(),
          ended);
    }
    return report;
  }

  private void send(PackStreamRequest.Builder message) throws IOException, InterruptedException {
    try {
      if (!call.write(message.build())) {
        throw new EndedException();
      }
    } catch (StatusException | IllegalStateException e) {
      throw ended(e);
    }
  }

  private void halfClose() throws IOException {
    try {
      call.halfClose();
    } catch (IllegalStateException e) {
      throw ended(e);
    }
  }

  /** Also where the thread that takes has cancelled the call: gRPC then calls it a wrong state. */
  private static EndedException ended(Exception cause) {
    EndedException ended = new EndedException();
    ended.initCause(cause);
    return ended;
  }

  private void entry(StreamEntry entry, Path file) throws IOException, InterruptedException {
    if (entry.getType() != EntryType.ENTRY_TYPE_FILE) {
      entries++;
      send(PackStreamRequest.newBuilder().setEntry(entry));
      return;
    }
    // Opened first: what cannot be opened can still be left out.
    try (FileChannel in =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      entries++;
      send(PackStreamRequest.newBuilder().setEntry(entry));
      long left = entry.getSize();
      while (left > 0) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left));
        while (chunk.hasRemaining()) {
          if (in.read(chunk) < 0) {
            throw changed(file);
          }
        }
        left -= chunk.flip().remaining();
        send(PackStreamRequest.newBuilder().setData(UnsafeByteOperations.unsafeWrap(chunk)));
      }
      if (in.size() != entry.getSize()) {
        throw changed(file);
      }
    }
  }

  /** Half of it is with the daemon already, so this is no problem that can be left out. */
  private static IOException changed(Path file) {
    return new IOException(file + ": changed while it was sent");
  }

  private void take() {
    try {
      for (PackStreamResponse next = call.read(); next != null; next = call.read()) {
        switch (next.getMessageCase()) {
          case DATA -> write(next);
          case PROGRESS -> progress.accept(next.getProgress());
          case REPORT -> report = next.getReport();
          case MESSAGE_NOT_SET -> {}
        }
      }
    } catch (StatusException e) {
      failure = RemoteException.of(e);
    } catch (IOException e) {
      failure = e;
      call.cancel("the archive cannot be written", e);
    } catch (InterruptedException | RuntimeException e) {
      failure = new IOException(e);
      call.cancel("cannot go on", e);
    }
  }

  private void write(PackStreamResponse message) throws IOException {
    WritableByteChannel to = out;
    if (to == null) {
      throw new IOException("the daemon sends an archive that was to stay there");
    }
    for (ByteBuffer bytes : message.getData().asReadOnlyByteBufferList()) {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }
  }
}
