package io.packhouse.remote;

import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.DownloadArchiveRequest;
import io.packhouse.v1.DownloadArchiveResponse;
import io.packhouse.v1.GetUploadRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.Progress;
import io.packhouse.v1.UploadArchiveRequest;
import io.packhouse.v1.UploadArchiveResponse;
import io.packhouse.v1.UploadArchiveStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Archives to and from a daemon. A transfer that breaks goes on where it broke, as often as the
 * client's options say and also in a later run. Thread-safe.
 */
public final class Transfers {
  private static final int CHUNK_BYTES = 256 << 10;

  private final PackhouseClient client;

  Transfers(PackhouseClient client) {
    this.client = client;
  }

  /**
   * Fetches an archive into a file, which appears under its name only when all of it is there.
   * Until then it is {@code .NAME.ID.part} beside it, from which a later call goes on.
   *
   * @param archive its name in the catalog
   * @param progress is told how many bytes there are; called by this thread
   * @throws FileAlreadyExistsException if the file exists
   */
  public Archive download(String archive, Path file, LongConsumer progress)
      throws IOException, InterruptedException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString(), null, "exists; choose another name");
    }
    DescribeArchiveRequest question = DescribeArchiveRequest.newBuilder().setName(archive).build();
    Archive described =
        client.retrying(() -> client.catalog().describeArchive(question)).getArchive();
    Path part = file.resolveSibling("." + file.getFileName() + "." + described.getId() + ".part");
    try (FileChannel out =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int attempt = 1; out.size() < described.getSizeBytes(); attempt++) {
        long before = out.size();
        try {
          fetch(described, out, progress);
        } catch (StatusException e) {
          RemoteException failure = RemoteException.of(e);
          attempt = out.size() > before ? 1 : attempt;
          if (!failure.isTransient() || attempt >= client.retries().attempts()) {
            throw failure;
          }
          Thread.sleep(client.retries().pause(attempt, failure));
        }
      }
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    return described;
  }

  private void fetch(Archive archive, FileChannel out, LongConsumer progress)
      throws IOException, InterruptedException, StatusException {
    out.position(out.size());
    BlockingClientCall<?, DownloadArchiveResponse> call =
        client
            .transferCalls()
            .downloadArchive(
                DownloadArchiveRequest.newBuilder()
                    .setArchive(archive.getName())
                    .setId(archive.getId())
                    .setOffset(out.position())
                    .build());
    try {
      for (DownloadArchiveResponse next = call.read(); next != null; next = call.read()) {
        for (ByteBuffer bytes : next.getData().asReadOnlyByteBufferList()) {
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
        }
        progress.accept(out.position());
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      call.cancel("cannot go on", e);
      throw e;
    }
    if (out.position() != archive.getSizeBytes()) {
      throw io.grpc.Status.UNAVAILABLE
          .withDescription(
              archive.getName()
                  + " ended after "
                  + out.position()
                  + " of "
                  + archive.getSizeBytes()
                  + " bytes")
          .asException();
    }
  }

  /**
   * Reads a part of an archive.
   *
   * @param archive as the catalog described it: of another one by that name nothing is read
   * @param offset in the archive
   * @param target is filled from its position to its limit, which lies inside the archive
   * @throws RemoteException ABORTED if there is another archive by that name now
   */
  public void read(Archive archive, long offset, ByteBuffer target)
      throws IOException, InterruptedException {
    DownloadArchiveRequest request =
        DownloadArchiveRequest.newBuilder()
            .setArchive(archive.getName())
            .setId(archive.getId())
            .setOffset(offset)
            .setLength(target.remaining())
            .build();
    int start = target.position();
    client.retrying(
        () -> {
          target.position(start);
          BlockingClientCall<?, DownloadArchiveResponse> call =
              client.transferCalls().downloadArchive(request);
          for (var next = call.read(); next != null; next = call.read()) {
            for (ByteBuffer bytes : next.getData().asReadOnlyByteBufferList()) {
              if (bytes.remaining() > target.remaining()) {
                call.cancel("more than was asked", null);
                throw new IOException(archive.getName() + ": the daemon sent more than was asked");
              }
              target.put(bytes);
            }
          }
          if (target.hasRemaining()) {
            throw io.grpc.Status.UNAVAILABLE
                .withDescription(archive.getName() + " ended early at offset " + offset)
                .asRuntimeException();
          }
          return target;
        });
  }

  /**
   * Sends an archive.
   *
   * @param file the archive
   * @param id its digest, as {@code packhouse info} shows it
   * @param name in the catalog
   * @param force replaces an archive of that name
   * @param progress is told how many bytes the daemon was sent; called by this thread
   * @return the archive in the catalog
   */
  public Archive upload(Path file, String id, String name, boolean force, LongConsumer progress)
      throws IOException, InterruptedException {
    GetUploadRequest question = GetUploadRequest.newBuilder().setArchive(name).setId(id).build();
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int attempt = 1; ; attempt++) {
        long offset = client.retrying(() -> client.transferStub().getUpload(question)).getOffset();
        UploadArchiveStart start =
            UploadArchiveStart.newBuilder()
                .setArchive(name)
                .setId(id)
                .setLength(in.size())
                .setOffset(offset)
                .setForce(force)
                .build();
        try {
          return send(in, start, progress);
        } catch (StatusException e) {
          RemoteException failure = RemoteException.of(e);
          // Another call may have sent the rest meanwhile, or thrown away what had arrived.
          boolean moved = failure.code() == Code.OUT_OF_RANGE && offset > 0;
          if (!(failure.isTransient() || moved) || attempt >= client.retries().attempts()) {
            throw failure;
          }
          Thread.sleep(client.retries().pause(attempt, failure));
        }
      }
    }
  }

  private Archive send(FileChannel in, UploadArchiveStart start, LongConsumer progress)
      throws IOException, InterruptedException, StatusException {
    BlockingClientCall<UploadArchiveRequest, UploadArchiveResponse> call =
        client.transferCalls().uploadArchive();
    try {
      call.write(UploadArchiveRequest.newBuilder().setStart(start).build());
      long position = start.getOffset();
      while (position < start.getLength()) {
        ByteBuffer chunk =
            ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, start.getLength() - position));
        while (chunk.hasRemaining()) {
          if (in.read(chunk, position + chunk.position()) < 0) {
            throw new IOException("the archive became shorter while it was sent");
          }
        }
        position += chunk.flip().remaining();
        if (!call.write(
            UploadArchiveRequest.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(chunk))
                .build())) {
          break; // the daemon has ended the call, and says why
        }
        progress.accept(position);
      }
      call.halfClose();
      UploadArchiveResponse response = call.read();
      if (response == null) {
        throw new RemoteException(
            Status.newBuilder()
                .setCode(Code.INTERNAL_VALUE)
                .setMessage("the daemon took the archive without an answer")
                .build(),
            null);
      }
      return response.getArchive();
    } catch (IOException | InterruptedException | RuntimeException e) {
      call.cancel("cannot go on", e);
      throw e;
    }
  }

  /**
   * Packs a tree of this machine into an archive of the catalog. The daemon may ask for files of it
   * on which the metadata of others depends, and is told of what the options let it be sent.
   *
   * @param start names the archive and says how to pack
   * @param options says what of the tree
   * @param progress is told now and then how far the daemon is; called by another thread
   * @return what the pack did
   * @throws RemoteException if the daemon refuses or fails
   * @throws IOException if the tree cannot be read
   */
  public PackArchiveResponse packTree(
      Path directory, PackStreamStart start, TreeOptions options, Consumer<Progress> progress)
      throws IOException, InterruptedException {
    return packTrees(List.of(LocalTree.of(directory)), start, options, progress);
  }

  /**
   * As {@link #packTree}, of several trees or one with a name.
   *
   * @param trees with distinct mounts; a single one may have none
   * @param start whose trees these are, and whose repository counts for one without a mount
   */
  public PackArchiveResponse packTrees(
      List<LocalTree> trees,
      PackStreamStart start,
      TreeOptions options,
      Consumer<Progress> progress)
      throws IOException, InterruptedException {
    if (start.getArchive().isEmpty()) {
      throw new IllegalArgumentException("start names no archive");
    }
    return send(trees, start, options, null, progress);
  }

  /**
   * As {@link #packTrees(List, PackStreamStart, TreeOptions, Consumer)}, but the archive comes
   * back.
   *
   * @param out takes the archive; not closed. Called by another thread
   */
  public PackArchiveResponse packTrees(
      List<LocalTree> trees,
      PackStreamStart start,
      TreeOptions options,
      WritableByteChannel out,
      Consumer<Progress> progress)
      throws IOException, InterruptedException {
    return send(trees, start.toBuilder().clearArchive().build(), options, out, progress);
  }

  private PackArchiveResponse send(
      List<LocalTree> trees,
      PackStreamStart start,
      TreeOptions options,
      @Nullable WritableByteChannel out,
      Consumer<Progress> progress)
      throws IOException, InterruptedException {
    PackStreamStart.Builder all = start.toBuilder().clearTrees();
    for (LocalTree tree : trees) {
      String mount = tree.mount();
      String repository = Objects.requireNonNullElse(tree.repository(), "");
      if (mount != null) {
        all.addTreesBuilder().setMount(mount).setRepository(repository);
      } else if (trees.size() > 1) {
        throw new IllegalArgumentException(tree.directory() + " needs a mount beside others");
      } else if (!repository.isEmpty()) {
        all.setRepository(repository);
      }
    }
    SiblingAnswers answers = SiblingAnswers.of(trees, options);
    return new TreeSending(client.transferCalls().packStream(), out, progress)
        .run(trees, all.build(), options, answers);
  }
}
