package io.packhouse.client.command;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.StatusRuntimeException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ContentDigest;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ListEntriesRequest;
import io.packhouse.v1.ListEntriesResponse;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.StatResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** An archive of a daemon's catalog. Calls that fail end as {@link Failure}. Used by one thread. */
final class RemoteArchive implements ArchiveView {
  private final PackhouseClient client;
  private final String address;
  private final String archive;
  private final boolean allColumns;

  /**
   * @param allColumns whether entries have all columns of packages
   */
  private RemoteArchive(
      PackhouseClient client, String address, String archive, boolean allColumns) {
    this.client = client;
    this.address = address;
    this.archive = archive;
    this.allColumns = allColumns;
  }

  static ArchiveView open(
      RemoteOptions options, Session session, String archive, boolean allColumns)
      throws IOException {
    return new RemoteArchive(
        Remote.connect(options, session), Remote.address(options, session), archive, allColumns);
  }

  @Override
  public String displayName() {
    return archive;
  }

  private EntryServiceGrpc.EntryServiceBlockingStub entries() {
    return client.entries();
  }

  @Override
  public EntryView.Cursor entries(Listing listing) throws IOException {
    ListEntriesRequest.Builder request =
        ListEntriesRequest.newBuilder()
            .setArchive(archive)
            .setNoNested(!listing.nested())
            .setAllColumns(allColumns);
    if (PathText.isUtf8(listing.prefix())) {
      request.setPrefix(PathText.text(listing.prefix()));
    }
    String type = listing.packageType();
    if (type != null) {
      request.setPackageType(type);
    }
    ContentDigest digest = listing.digest();
    if (digest != null) {
      request.setDigest(ByteString.copyFrom(digest.value()));
    }
    Iterator<ListEntriesResponse> messages = entries().listEntries(request.build());
    return new Listed(messages, listing);
  }

  private final class Listed implements EntryView.Cursor {
    private final Iterator<ListEntriesResponse> messages;
    private final Listing listing;
    private Iterator<io.packhouse.v1.Entry> batch = Collections.emptyIterator();

    Listed(Iterator<ListEntriesResponse> messages, Listing listing) {
      this.messages = messages;
      this.listing = listing;
    }

    @Override
    public @Nullable EntryView next() throws IOException {
      try {
        while (true) {
          while (!batch.hasNext()) {
            if (!messages.hasNext()) {
              return null;
            }
            batch = messages.next().getEntriesList().iterator();
          }
          EntryView entry = new RemoteEntry(batch.next());
          if (admits(entry)) {
            return entry;
          }
        }
      } catch (StatusRuntimeException e) {
        throw Remote.failure(e, address);
      }
    }

    /** What the request could not say. */
    private boolean admits(EntryView entry) {
      byte[] path = entry.pathBytes();
      byte[] prefix = listing.prefix();
      String repository = listing.repository();
      return path.length >= prefix.length
          && Arrays.equals(path, 0, prefix.length, prefix, 0, prefix.length)
          && (repository == null || repository.equals(entry.repository()));
    }
  }

  @Override
  public @Nullable EntryView find(byte[] path) throws IOException {
    StatEntriesRequest request =
        StatEntriesRequest.newBuilder()
            .setArchive(archive)
            .addPaths(text(path))
            .setAllColumns(allColumns)
            .build();
    try {
      StatResult result = client.retrying(() -> entries().statEntries(request)).getResults(0);
      EntryView entry = result.hasEntry() ? new RemoteEntry(result.getEntry()) : null;
      // A path with backslashes may be found as another one's display form.
      return entry != null && Arrays.equals(entry.pathBytes(), path) ? entry : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (io.packhouse.remote.RemoteException e) {
      throw Remote.failure(e, address);
    }
  }

  /** As requests name paths. */
  static String text(byte[] path) throws IOException {
    return PathText.isUtf8(path) ? PathText.text(path) : PathText.display(path);
  }

  @Override
  public EntryView resolve(EntryView entry) throws IOException {
    byte[] target = entry.is(EntryType.HARDLINK) ? entry.linkTarget() : null;
    EntryView file = target == null ? entry : find(target);
    if (file == null) {
      throw new Failure(
          ExitCode.DAMAGED,
          archive + ": " + Archives.display(entry.pathBytes()) + " is a hard link to nothing");
    }
    return file;
  }

  @Override
  public void read(EntryView file, long offset, long length, Sink out) throws IOException {
    EntryRange.Builder range =
        EntryRange.newBuilder().setPath(text(file.pathBytes())).setOffset(offset);
    if (offset != 0 || length != file.size()) {
      range.setLength(length);
    }
    ReadEntriesRequest request =
        ReadEntriesRequest.newBuilder().setArchive(archive).addRanges(range).build();
    long got = 0;
    try {
      Iterator<ReadEntriesResponse> messages = entries().readEntries(request);
      while (messages.hasNext()) {
        ReadEntriesResponse message = messages.next();
        if (message.hasError()) {
          int code = message.getError().getCode();
          throw new Failure(
              code == Code.DATA_LOSS_VALUE ? ExitCode.DAMAGED : ExitCode.INPUT,
              archive + ": " + message.getError().getMessage());
        }
        for (ByteBuffer bytes : message.getData().asReadOnlyByteBufferList()) {
          got += bytes.remaining();
          out.write(bytes);
        }
      }
    } catch (StatusRuntimeException e) {
      throw Remote.failure(e, address);
    }
    if (got != length) {
      throw new Failure(
          ExitCode.DAEMON, archive + ": the daemon sent " + got + " of " + length + " bytes");
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
