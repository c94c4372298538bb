package io.packhouse.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DownloadArchiveResponse;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Sends the bytes of an archive as they are. Messages wrap the buffer that is read into, which is
 * right for the same reason, and within the same bounds, as in {@link EntryReading}.
 */
final class ArchiveSending extends Pump<DownloadArchiveResponse> {
  private final ArchiveLease lease;
  private final ArchiveParts parts;
  private final byte[] buffer;
  private final Archive archive;
  private final long end;
  private long position;
  private boolean begun;

  /** Takes the lease over. */
  ArchiveSending(
      ArchiveLease lease,
      Archive archive,
      long offset,
      long length,
      StreamObserver<DownloadArchiveResponse> observer) {
    super(observer);
    this.lease = lease;
    this.parts = lease.reader().parts();
    this.buffer = new byte[(int) Math.min(EntryReading.CHUNK_BYTES, length)];
    this.archive = archive;
    this.position = offset;
    this.end = offset + length;
  }

  @Override
  protected boolean step() throws IOException {
    DownloadArchiveResponse.Builder message = DownloadArchiveResponse.newBuilder();
    if (!begun) {
      begun = true;
      message.setArchive(archive);
    } else if (position == end) {
      return false;
    }
    int length = (int) Math.min(buffer.length, end - position);
    parts.file().read(position, MemorySegment.ofArray(buffer).asSlice(0, length));
    position += length;
    send(message.setData(UnsafeByteOperations.unsafeWrap(buffer, 0, length)).build());
    return position < end;
  }

  @Override
  protected void close() {
    lease.close();
  }
}
