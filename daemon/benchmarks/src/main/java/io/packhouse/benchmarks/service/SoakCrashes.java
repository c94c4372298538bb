package io.packhouse.benchmarks.service;

import com.google.protobuf.ByteString;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.remote.Address;
import io.packhouse.remote.ClientOptions;
import io.packhouse.remote.LocalTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.TreeOptions;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.TransferServiceGrpc;
import io.packhouse.v1.UploadArchiveRequest;
import io.packhouse.v1.UploadArchiveResponse;
import io.packhouse.v1.UploadArchiveStart;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Clients that hang, die or talk nonsense. Belongs to one thread. */
final class SoakCrashes {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int ID_BYTES = 32;

  private final SoakTrees trees;
  private final Path sockets;
  private final Path daemon;
  private final String packhouse;
  private final SplittableRandom random;
  private final ExecutorService threads;

  /**
   * @param sockets a folder for sockets of its own
   * @param daemon the daemon's socket
   * @param packhouse the command
   * @param threads for those who will die
   */
  SoakCrashes(
      SoakTrees trees,
      Path sockets,
      Path daemon,
      String packhouse,
      SplittableRandom random,
      ExecutorService threads) {
    this.trees = trees;
    this.sockets = sockets;
    this.daemon = daemon;
    this.packhouse = packhouse;
    this.random = random;
    this.threads = threads;
  }

  private interface Doing {
    void run(PackhouseClient client) throws Exception;
  }

  /**
   * Does something through a connection that breaks at some moment; what the client makes of that
   * is its own affair.
   */
  private void through(long answerBytes, Doing doing) throws Exception {
    Path socket = sockets.resolve(UUID.randomUUID().toString().substring(0, 8));
    Future<?> done;
    try (Relay relay = new Relay(socket, daemon);
        PackhouseClient client =
            PackhouseClient.connect(
                ClientOptions.of(Address.parse("unix:" + socket)).withAttempts(1))) {
      relay.hangAfter(answerBytes);
      done =
          threads.submit(
              () -> {
                doing.run(client);
                return null;
              });
      TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(300));
      relay.cut();
    }
    if (!Patience.await(SoakDeeds.PATIENCE_SECONDS, done::isDone)) {
      throw new AssertionError("a client did not hear that its connection broke");
    }
    if (done.state() == Future.State.FAILED && done.exceptionNow() instanceof Error error) {
      throw error;
    }
    // Any other end is as it was meant to be.
  }

  /** Reads a big entry; what is random of it is chosen before. */
  private Doing readBig() {
    ReadEntriesRequest request =
        ReadEntriesRequest.newBuilder()
            .setArchive(SoakTrees.archive(trees.bigArchive(random)))
            .addRanges(EntryRange.newBuilder().setPath(SoakTrees.bigFile(random)))
            .build();
    return client ->
        EntryServiceGrpc.newBlockingStub(client.channel())
            .readEntries(request)
            .forEachRemaining(answer -> {});
  }

  /** Dies while it reads. */
  void readAndDie() throws Exception {
    through(Long.MAX_VALUE, readBig());
  }

  /** Takes no more of what it reads, and dies later. */
  void readAndHang() throws Exception {
    through(random.nextInt(4 << 20), readBig());
  }

  /** Dies while it sends a tree. */
  void sendAndDie() throws Exception {
    int number = random.nextInt(trees.archiveCount());
    String archive = random.nextBoolean() ? SoakTrees.archive(number) : "";
    PackStreamStart start = PackStreamStart.newBuilder().setArchive(archive).setForce(true).build();
    through(
        Long.MAX_VALUE,
        client -> {
          if (archive.isEmpty()) {
            var nowhere =
                java.nio.channels.Channels.newChannel(java.io.OutputStream.nullOutputStream());
            client
                .transfers()
                .packTrees(
                    List.of(LocalTree.of(trees.tree(number))),
                    start,
                    TreeOptions.ALL,
                    nowhere,
                    progress -> {});
          } else {
            client.transfers().packTree(trees.tree(number), start, TreeOptions.ALL, progress -> {});
          }
        });
  }

  /** Sends the first bytes of what it says is an archive, and nobody ever goes on with it. */
  void uploadAndDie() throws Exception {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    UploadArchiveStart start =
        UploadArchiveStart.newBuilder()
            .setArchive(SoakTrees.archive(random.nextInt(trees.archiveCount())))
            .setId(HexFormat.of().formatHex(id))
            .setLength(1 << 30)
            .setForce(true)
            .build();
    through(
        Long.MAX_VALUE,
        client -> {
          BlockingClientCall<UploadArchiveRequest, UploadArchiveResponse> call =
              TransferServiceGrpc.newBlockingV2Stub(client.channel()).uploadArchive();
          call.write(UploadArchiveRequest.newBuilder().setStart(start).build());
          UploadArchiveRequest data =
              UploadArchiveRequest.newBuilder()
                  .setData(ByteString.copyFrom(new byte[CHUNK_BYTES]))
                  .build();
          for (int i = 0; i < 50 && call.write(data); i++) {
            TimeUnit.MILLISECONDS.sleep(5);
          }
          call.cancel("never mind", null);
        });
  }

  /** Connects and says nothing, nonsense, or the beginning of the protocol. */
  void babble() throws IOException, InterruptedException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(daemon))) {
      byte[] noise = new byte[random.nextInt(2_000)];
      random.nextBytes(noise);
      List<byte[]> words =
          switch (random.nextInt(3)) {
            case 0 -> List.of();
            case 1 -> List.of(noise);
            default -> List.of(PREFACE, noise);
          };
      for (byte[] word : words) {
        channel.write(ByteBuffer.wrap(word));
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
    }
  }

  /** Is a process of the command that is killed while it packs by stream. */
  void killProcess() throws IOException, InterruptedException {
    int number = random.nextInt(trees.archiveCount());
    Process process =
        new ProcessBuilder(
                packhouse,
                "--daemon",
                "unix:" + daemon,
                "pack",
                "--force",
                "--quiet",
                trees.tree(number).toString(),
                SoakTrees.archive(number))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(1_200));
    process.destroyForcibly().waitFor();
  }
}
