package io.packhouse.server.grpc;

import com.google.rpc.Code;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.OtherArchiveException;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.v1.DownloadArchiveRequest;
import io.packhouse.v1.DownloadArchiveResponse;
import io.packhouse.v1.GetUploadRequest;
import io.packhouse.v1.GetUploadResponse;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.TransferServiceGrpc;
import io.packhouse.v1.UploadArchiveRequest;
import io.packhouse.v1.UploadArchiveResponse;
import java.io.IOException;

/** The service of archives that travel. Thread-safe. */
public final class TransferGrpc extends TransferServiceGrpc.TransferServiceImplBase {
  private final DirectoryCatalog catalog;
  private final Uploads uploads;
  private final PackStreams packStreams;

  /** The service of a catalog, of the archives that arrive for it, and of trees to pack. */
  public TransferGrpc(DirectoryCatalog catalog, Uploads uploads, PackStreams packStreams) {
    this.catalog = catalog;
    this.uploads = uploads;
    this.packStreams = packStreams;
  }

  @Override
  public StreamObserver<PackStreamRequest> packStream(StreamObserver<PackStreamResponse> observer) {
    return packStreams.packStream(observer);
  }

  @Override
  public void downloadArchive(
      DownloadArchiveRequest request, StreamObserver<DownloadArchiveResponse> observer) {
    Calls.run(
        observer,
        () -> {
          ArchiveName name = Access.name("archive", request.getArchive());
          ArchiveLease lease = catalog.open(name);
          try {
            send(request, lease, observer).start();
          } catch (Throwable t) {
            lease.close();
            throw t;
          }
        });
  }

  private ArchiveSending send(
      DownloadArchiveRequest request,
      ArchiveLease lease,
      StreamObserver<DownloadArchiveResponse> observer)
      throws IOException {
    String id = lease.reader().id();
    if (!request.getId().isEmpty() && !request.getId().equals(id)) {
      throw new OtherArchiveException(lease.name(), request.getId(), id);
    }
    long size = lease.reader().length();
    long offset = request.getOffset();
    long length = request.hasLength() ? request.getLength() : size - offset;
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
      throw Failures.of(
          Code.OUT_OF_RANGE,
          "OUT_OF_RANGE",
          lease.name() + ": has " + size + " bytes, not [" + offset + ", +" + length + ")");
    }
    CatalogEntry entry = catalog.look(lease.name());
    if (!entry.id().equals(id)) {
      throw new OtherArchiveException(lease.name(), id, entry.id());
    }
    return new ArchiveSending(lease, ArchiveMessages.of(entry), offset, length, observer);
  }

  @Override
  public StreamObserver<UploadArchiveRequest> uploadArchive(
      StreamObserver<UploadArchiveResponse> observer) {
    return new ArchiveTaking(uploads, observer);
  }

  @Override
  public void getUpload(GetUploadRequest request, StreamObserver<GetUploadResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ArchiveName name = Access.name("archive", request.getArchive());
          Violations violations = new Violations();
          ArchiveTaking.checkId(violations, request.getId());
          violations.check();
          return GetUploadResponse.newBuilder()
              .setOffset(uploads.offset(Caller.current().id(), name, request.getId()))
              .build();
        });
  }
}
