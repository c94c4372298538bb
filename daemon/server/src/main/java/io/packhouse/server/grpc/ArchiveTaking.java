package io.packhouse.server.grpc;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.v1.UploadArchiveRequest;
import io.packhouse.v1.UploadArchiveResponse;
import io.packhouse.v1.UploadArchiveStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes an archive, a message at a time: the next one is asked for when the last one is written.
 * What has arrived is kept when the call ends early. Runs in the call's executor.
 */
final class ArchiveTaking implements StreamObserver<UploadArchiveRequest> {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
  private static final System.Logger LOG = System.getLogger(ArchiveTaking.class.getName());

  private final Uploads uploads;
  private final ServerCallStreamObserver<UploadArchiveResponse> out;
  private Uploads.@Nullable Upload upload;
  private boolean ended;

  ArchiveTaking(Uploads uploads, StreamObserver<UploadArchiveResponse> observer) {
    this.uploads = uploads;
    this.out = (ServerCallStreamObserver<UploadArchiveResponse>) observer;
    out.disableAutoRequest();
    out.setOnCancelHandler(this::release);
    out.request(1);
  }

  static void checkId(Violations violations, String id) {
    violations.require(ID.matcher(id).matches(), "id", "is not 64 hexadecimal digits");
  }

  @Override
  public void onNext(UploadArchiveRequest message) {
    if (ended) {
      return;
    }
    try {
      take(message);
      out.request(1);
    } catch (Throwable t) {
      fail(t);
    }
  }

  private void take(UploadArchiveRequest message) throws IOException {
    Uploads.Upload current = upload;
    switch (message.getMessageCase()) {
      case START -> {
        if (current != null) {
          throw Failures.badField("start", "comes a second time");
        }
        upload = begin(message.getStart());
      }
      case DATA -> {
        if (current == null) {
          throw Failures.badField("start", "must come first");
        }
        write(current, message.getData());
      }
      case MESSAGE_NOT_SET -> throw Failures.badField("message", "has neither start nor data");
    }
  }

  private Uploads.Upload begin(UploadArchiveStart start) throws IOException {
    ArchiveName name = Access.name("archive", start.getArchive());
    Violations violations = new Violations();
    checkId(violations, start.getId());
    violations.require(start.getLength() > 0, "length", "is not positive");
    violations.require(
        start.getOffset() >= 0 && start.getOffset() <= start.getLength(),
        "offset",
        "is not from 0 to the length");
    violations.check();
    return uploads.begin(
        Caller.current().id(),
        name,
        start.getId(),
        start.getLength(),
        start.getOffset(),
        start.getForce());
  }

  private static void write(Uploads.Upload upload, ByteString data) throws IOException {
    for (ByteBuffer bytes : data.asReadOnlyByteBufferList()) {
      upload.write(bytes);
    }
  }

  @Override
  public void onError(Throwable t) {
    release();
  }

  @Override
  public void onCompleted() {
    if (ended) {
      return;
    }
    try {
      Uploads.Upload current = upload;
      if (current == null) {
        throw Failures.of(
            Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "the stream ended without a start");
      }
      UploadArchiveResponse response =
          UploadArchiveResponse.newBuilder()
              .setArchive(ArchiveMessages.of(current.finish()))
              .build();
      release();
      out.onNext(response);
      out.onCompleted();
    } catch (Throwable t) {
      fail(t);
    }
  }

  private void fail(Throwable t) {
    release();
    if (!out.isCancelled()) {
      out.onError(Failures.status(t));
    }
  }

  private void release() {
    ended = true;
    Uploads.Upload held = upload;
    upload = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot close an upload", e);
      }
    }
  }
}
