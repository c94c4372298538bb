package io.packhouse.benchmarks.service;

import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.ByteString;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.remote.LocalTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.remote.RemoteOperation;
import io.packhouse.remote.TreeOptions;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.DiffArchivesResponse;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ExtractArchiveRequest;
import io.packhouse.v1.ExtractArchiveResponse;
import io.packhouse.v1.FindEntriesRequest;
import io.packhouse.v1.ListEntriesRequest;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.VerifyArchiveResponse;
import io.packhouse.v1.WatchOperationRequest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a well-behaved client of a soak does, and what one does that changes its mind. Belongs to
 * one thread.
 */
final class SoakDeeds {
  /** What takes longer than this hangs. */
  static final int PATIENCE_SECONDS = 100;

  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final int MOST_RANGES = 100;

  private final SoakTrees trees;
  private final Ledger ledger;
  private final Path work;
  private final SplittableRandom random;
  private final PackhouseClient client;

  /**
   * @param work a writable root of the daemon; every deed removes what it made there
   */
  SoakDeeds(
      SoakTrees trees, Ledger ledger, Path work, SplittableRandom random, PackhouseClient client) {
    this.trees = trees;
    this.ledger = ledger;
    this.work = work;
    this.random = random;
    this.client = client;
  }

  private int anyArchive() {
    return random.nextInt(trees.archiveCount());
  }

  // What is read.

  /** Reads entries, wholly or a range of each, and compares. */
  void read() throws IOException {
    int number = anyArchive();
    ReadEntriesRequest.Builder request =
        ReadEntriesRequest.newBuilder().setArchive(SoakTrees.archive(number));
    int count = random.nextInt(4) > 0 ? 1 : random.nextInt(1, MOST_RANGES);
    for (int i = 0; i < count; i++) {
      String path = trees.file(number, random);
      EntryRange.Builder range = EntryRange.newBuilder().setPath(path);
      long size = Files.size(trees.tree(number).resolve(path));
      if (random.nextInt(3) == 0 || size > 1 << 20) {
        long length = random.nextLong(Math.min(size, 256 << 10) + 1);
        range.setOffset(random.nextLong(size - length + 1)).setLength(length);
      }
      request.addRanges(range);
    }
    check(number, request.build());
  }

  /** Reads a big entry to its end. */
  void readBig() throws IOException {
    int number = trees.bigArchive(random);
    check(number, bigRequest(number));
  }

  private ReadEntriesRequest bigRequest(int number) {
    return ReadEntriesRequest.newBuilder()
        .setArchive(SoakTrees.archive(number))
        .addRanges(EntryRange.newBuilder().setPath(SoakTrees.bigFile(random)))
        .build();
  }

  private void check(int number, ReadEntriesRequest request) throws IOException {
    long[] positions = new long[request.getRangesCount()];
    int whole = 0;
    var answers = client.entries().readEntries(request);
    while (answers.hasNext()) {
      ReadEntriesResponse answer = answers.next();
      int ordinal = answer.getOrdinal();
      EntryRange range = request.getRanges(ordinal);
      if (answer.hasError()) {
        throw new AssertionError(range + " of " + request.getArchive() + ": " + answer.getError());
      }
      ByteString data = answer.getData();
      long offset = range.getOffset() + positions[ordinal];
      trees.check(number, range.getPath(), offset, data.asReadOnlyByteBufferList());
      positions[ordinal] += data.size();
      whole += answer.getLast() ? 1 : 0;
    }
    if (whole != request.getRangesCount()) {
      throw new AssertionError(whole + " of " + request.getRangesCount() + " ranges came");
    }
  }

  /** Reads a part of a big entry, and cancels the call. */
  void readAndCancel() throws Exception {
    BlockingClientCall<?, ReadEntriesResponse> call =
        EntryServiceGrpc.newBlockingV2Stub(client.channel())
            .readEntries(bigRequest(trees.bigArchive(random)));
    for (int i = random.nextInt(8); i > 0 && call.read() != null; i--) {
      // Not all of it.
    }
    call.cancel("enough", null);
  }

  /** Looks at entries without their contents. */
  void look() throws IOException {
    int number = anyArchive();
    String archive = SoakTrees.archive(number);
    switch (random.nextInt(3)) {
      case 0 -> {
        StatEntriesRequest request =
            StatEntriesRequest.newBuilder()
                .setArchive(archive)
                .addPaths(trees.file(number, random))
                .build();
        trees.check(number, client.entries().statEntries(request).getResults(0).getEntry());
      }
      case 1 -> {
        ListEntriesRequest request =
            ListEntriesRequest.newBuilder().setArchive(archive).setNoNested(true).build();
        var pages = client.entries().listEntries(request);
        while (pages.hasNext()) {
          for (var entry : pages.next().getEntriesList()) {
            trees.check(number, entry);
          }
        }
      }
      default -> {
        FindEntriesRequest request =
            FindEntriesRequest.newBuilder().setGlob("**/*9*").setLimit(100).build();
        client.entries().findEntries(request).forEachRemaining(page -> {});
      }
    }
  }

  /** Fetches an archive, and puts it there again. */
  void downloadAndUpload() throws IOException, InterruptedException {
    String archive = SoakTrees.archive(anyArchive());
    Path file = work.resolve(UUID.randomUUID() + ".pkh");
    try {
      Archive fetched = client.transfers().download(archive, file, bytes -> {});
      if (random.nextBoolean()) {
        client.transfers().upload(file, fetched.getId(), archive, true, bytes -> {});
      }
    } catch (RemoteException e) {
      // Another client began to send the same archive.
      if (!e.reason().equals("UPLOAD_SUPERSEDED")) {
        throw e;
      }
    } finally {
      removeParts(file);
    }
  }

  private void removeParts(Path file) throws IOException {
    try (var parts = Files.newDirectoryStream(work, "*" + file.getFileName() + "*")) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  // What works.

  private <R extends com.google.protobuf.Message> RemoteOperation<R> taken(
      RemoteOperation<R> operation) {
    ledger.accepted(operation.name());
    return operation;
  }

  private PackArchiveRequest packRequest() {
    int number = anyArchive();
    return PackArchiveRequest.newBuilder()
        .setRequestId(UUID.randomUUID().toString())
        .setArchive(SoakTrees.archive(number))
        .addInputs(PackInput.newBuilder().setPath(trees.tree(number).toString()))
        .setForce(true)
        .build();
  }

  /** Packs a tree of the server, and waits. */
  void pack() throws IOException, InterruptedException {
    PackArchiveRequest request = packRequest();
    PackArchiveResponse report = taken(client.pack(request)).await(INTERVAL, progress -> {});
    if (report.getFailed() > 0) {
      throw new AssertionError("a pack failed in parts: " + report);
    }
  }

  /** Asks twice for the same, which must be one operation. */
  void packTwice() throws IOException, InterruptedException {
    PackArchiveRequest request = packRequest();
    RemoteOperation<PackArchiveResponse> first = taken(client.pack(request));
    RemoteOperation<PackArchiveResponse> second = taken(client.pack(request));
    if (!first.name().equals(second.name())) {
      throw new AssertionError("one request id made two operations");
    }
    second.await(INTERVAL, progress -> {});
  }

  /** Begins a pack and does not come back. */
  void packAndLeave() throws IOException, InterruptedException {
    RemoteOperation<PackArchiveResponse> operation = taken(client.pack(packRequest()));
    WatchOperationRequest request =
        WatchOperationRequest.newBuilder().setName(operation.name()).build();
    if (random.nextBoolean()) {
      var moments =
          client.watcher().withDeadlineAfter(20, TimeUnit.MILLISECONDS).watchOperation(request);
      leave(moments);
    }
  }

  /** Watches until the deadline passes, which is what is meant to happen. */
  private static void leave(java.util.Iterator<Operation> moments) {
    try {
      moments.forEachRemaining(moment -> {});
    } catch (io.grpc.StatusRuntimeException e) {
      if (e.getStatus().getCode() != io.grpc.Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
  }

  /** Sends a tree. */
  void sendTree() throws IOException, InterruptedException {
    int number = anyArchive();
    PackStreamStart start =
        PackStreamStart.newBuilder().setArchive(SoakTrees.archive(number)).setForce(true).build();
    if (random.nextInt(3) > 0) {
      client.transfers().packTree(trees.tree(number), start, TreeOptions.ALL, progress -> {});
      return;
    }
    Path file = work.resolve(UUID.randomUUID() + ".pkh");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      client
          .transfers()
          .packTrees(
              List.of(LocalTree.of(trees.tree(number))),
              start,
              TreeOptions.ALL,
              out,
              progress -> {});
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private RemoteOperation<VerifyArchiveResponse> beginVerify()
      throws IOException, InterruptedException {
    VerifyArchiveRequest request =
        VerifyArchiveRequest.newBuilder().setArchive(SoakTrees.archive(anyArchive())).build();
    return taken(client.verify(request));
  }

  /** Verifies an archive. */
  void verify() throws IOException, InterruptedException {
    VerifyArchiveResponse report = beginVerify().await(INTERVAL, progress -> {});
    if (!report.getIntact()) {
      throw new AssertionError("an archive is damaged: " + report);
    }
  }

  /** Extracts an archive, and looks at what came of it. */
  void extract() throws IOException, InterruptedException {
    int number = anyArchive();
    Path to = work.resolve(UUID.randomUUID().toString());
    try {
      ExtractArchiveResponse report = beginExtract(number, to).await(INTERVAL, progress -> {});
      if (report.getFiles() != trees.fileCount(number) || report.getProblemCount() > 0) {
        throw new AssertionError("not all was extracted: " + report);
      }
      String path = trees.file(number, random);
      if (Files.mismatch(trees.tree(number).resolve(path), to.resolve(path)) >= 0) {
        throw new AssertionError(path + " was not extracted as it was");
      }
    } finally {
      SoakTraces.remove(to);
    }
  }

  private RemoteOperation<ExtractArchiveResponse> beginExtract(int number, Path to)
      throws IOException, InterruptedException {
    ExtractArchiveRequest request =
        ExtractArchiveRequest.newBuilder()
            .setArchive(SoakTrees.archive(number))
            .setDestination(to.toString())
            .build();
    return taken(client.extract(request));
  }

  /** Compares an archive with its tree. */
  void diff() throws IOException, InterruptedException {
    int number = anyArchive();
    DiffArchivesRequest request =
        DiffArchivesRequest.newBuilder()
            .setLeft(SoakTrees.archive(number))
            .setRightDirectory(trees.tree(number).toString())
            .build();
    DiffArchivesResponse report = taken(client.diff(request)).await(INTERVAL, progress -> {});
    if (!report.getSame()) {
      throw new AssertionError("an archive is not as its tree: " + report);
    }
  }

  /** Begins something, and asks it to end at some moment. */
  void cancel() throws IOException, InterruptedException {
    Path to = work.resolve(UUID.randomUUID().toString());
    RemoteOperation<?> operation =
        switch (random.nextInt(3)) {
          case 0 -> taken(client.pack(packRequest()));
          case 1 -> beginVerify();
          default -> beginExtract(anyArchive(), to);
        };
    try {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
      operation.cancel();
      operation.awaitEnd(INTERVAL, metadata -> {});
    } finally {
      SoakTraces.remove(to);
    }
  }

  /** Has an operation forgotten that has ended. */
  void forget() throws IOException, InterruptedException {
    RemoteOperation<VerifyArchiveResponse> operation = beginVerify();
    operation.awaitEnd(INTERVAL, metadata -> {});
    ledger.forgetting(operation.name());
    DeleteOperationRequest request =
        DeleteOperationRequest.newBuilder().setName(operation.name()).build();
    client.retrying(() -> client.operations().deleteOperation(request));
  }

  /** Removes an archive; others find that it is gone. */
  void removeArchive() throws IOException, InterruptedException {
    String name = SoakTrees.archive(anyArchive());
    DescribeArchiveRequest question = DescribeArchiveRequest.newBuilder().setName(name).build();
    String id =
        client.retrying(() -> client.catalog().describeArchive(question)).getArchive().getId();
    RemoveArchiveRequest request =
        RemoveArchiveRequest.newBuilder().setName(name).setId(id).build();
    client.retrying(() -> client.catalog().removeArchive(request));
  }
}
