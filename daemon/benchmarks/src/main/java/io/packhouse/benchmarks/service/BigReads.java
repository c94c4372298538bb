package io.packhouse.benchmarks.service;

import io.packhouse.benchmarks.SyntheticTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.DownloadArchiveRequest;
import io.packhouse.v1.DownloadArchiveResponse;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.TransferServiceGrpc;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One entry of 1 GB, of bytes that do not compress and of text, and the archive itself, read
 * through the daemon; beside {@code cat} of the same file through a Unix socket by another process,
 * in turn.
 */
final class BigReads implements Part {
  private static final long BYTES = 1L << 30;
  private static final int PIECE_BYTES = 8 << 20;

  /** Of zeros nothing is read or decoded: what is left is gRPC's own limit. */
  private static final List<String> ENTRIES = List.of("zeros", "random", "text");

  private static final int RECEIVE_BYTES = 256 << 10;

  /** Sends a file to the first one who connects to a socket. */
  private static final String CAT =
      """
      #include <fcntl.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/socket.h>
      #include <sys/un.h>
      #include <unistd.h>

      static char buffer[1 << 17];

      int main(int count, char **words) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        strncpy(address.sun_path, words[1], sizeof address.sun_path - 1);
        int server = socket(AF_UNIX, SOCK_STREAM, 0), file = open(words[2], O_RDONLY);
        if (count != 3 || file < 0 || bind(server, (struct sockaddr *) &address, sizeof address)
            || listen(server, 1) || puts("ready") < 0 || fflush(stdout)) return 1;
        int client = accept(server, NULL, NULL);
        for (ssize_t got; (got = read(file, buffer, sizeof buffer)) > 0;)
          for (ssize_t sent = 0, now; sent < got; sent += now)
            if ((now = write(client, buffer + sent, got - sent)) < 0) return 1;
        return 0;
      }
      """;

  @Override
  public String name() {
    return "stream";
  }

  @Override
  public String summary() {
    return "an entry of 1 GB, beside cat through a Unix socket; needs cc";
  }

  @Override
  public void run(Setting setting, Results results) throws IOException, InterruptedException {
    Path work = Files.createDirectories(setting.work().resolve(name()));
    Path tree = work.resolve("tree");
    if (!Files.exists(tree)) {
      generate(work.resolve("tree.making"), setting.seed());
      Files.move(work.resolve("tree.making"), tree);
    }
    Path cat = compile(work);
    try (RunningDaemon daemon =
            RunningDaemon.start(setting.packhouse(), work, List.of(tree), List.of(), Map.of());
        CallLoop loop = new CallLoop(daemon.address(), 1)) {
      prepare(daemon, tree);
      for (int round = 0; round <= setting.rounds(); round++) {
        boolean counts = round > 0;
        double limit = cat(cat, work.resolve("cat.sock"), tree.resolve("random"));
        if (counts) {
          results.add(name(), "limit: cat through a Unix socket", "rate", "MB/s", limit);
        }
        for (String entry : ENTRIES) {
          ReadEntriesRequest request =
              ReadEntriesRequest.newBuilder()
                  .setArchive(archive(entry))
                  .addRanges(EntryRange.newBuilder().setPath(entry))
                  .build();
          CallLoop.Run run =
              loop.<ReadEntriesResponse>run(
                  0,
                  (channel, client, answer) ->
                      EntryServiceGrpc.newStub(channel).readEntries(request, answer),
                  answer -> answer.getData().size());
          tell(results, "entry of 1 GB, " + entry, run, limit, counts);
        }
        DownloadArchiveRequest request =
            DownloadArchiveRequest.newBuilder().setArchive(archive("random")).build();
        CallLoop.Run run =
            loop.<DownloadArchiveResponse>run(
                0,
                (channel, client, answer) ->
                    TransferServiceGrpc.newStub(channel).downloadArchive(request, answer),
                answer -> answer.getData().size());
        tell(results, "archive of 1 GB", run, limit, counts);
      }
    }
  }

  private void tell(Results results, String what, CallLoop.Run run, double limit, boolean counts)
      throws IOException {
    if (run.units() < BYTES) {
      throw new IOException(what + ": " + run.units() + " bytes came");
    }
    if (counts) {
      double rate = run.units() / 1e6 / run.seconds();
      results.add(name(), what, "rate", "MB/s", rate, "of cat", "times", rate / limit);
    }
  }

  private static void generate(Path tree, long seed) throws IOException {
    Files.createDirectories(tree);
    try (RandomAccessFile zeros = new RandomAccessFile(tree.resolve("zeros").toFile(), "rw")) {
      zeros.setLength(BYTES);
    }
    SplittableRandom random = new SplittableRandom(seed);
    byte[] noise = new byte[PIECE_BYTES];
    byte[] text = new SyntheticTree().contents(random, PIECE_BYTES);
    try (OutputStream randomFile = Files.newOutputStream(tree.resolve("random"));
        OutputStream textFile = Files.newOutputStream(tree.resolve("text"))) {
      for (long at = 0; at < BYTES; at += PIECE_BYTES) {
        random.nextBytes(noise);
        randomFile.write(noise);
        // Lines in another order, so that no piece is like an earlier one.
        textFile.write(text, (int) (at / PIECE_BYTES), PIECE_BYTES - (int) (at / PIECE_BYTES));
        textFile.write(text, 0, (int) (at / PIECE_BYTES));
      }
    }
  }

  private static Path compile(Path work) throws IOException, InterruptedException {
    Path source = Files.writeString(work.resolve("cat.c"), CAT);
    Path program = work.resolve("cat");
    Process compiler =
        new ProcessBuilder("cc", "-O2", "-o", program.toString(), source.toString())
            .inheritIO()
            .start();
    if (compiler.waitFor() != 0) {
      throw new IOException("cc cannot compile " + source);
    }
    return program;
  }

  private static String archive(String entry) {
    return RunningDaemon.CATALOG + "/" + entry + ".pkh";
  }

  private static void prepare(RunningDaemon daemon, Path tree)
      throws IOException, InterruptedException {
    try (PackhouseClient client = daemon.connect()) {
      for (String entry : ENTRIES) {
        if (!Files.exists(daemon.archives().resolve(entry + ".pkh"))) {
          PackArchiveRequest.Builder request =
              PackArchiveRequest.newBuilder()
                  .setArchive(archive(entry))
                  .addInputs(PackInput.newBuilder().setPath(tree.toString()));
          request.getOptionsBuilder().addIncludes(entry);
          client.pack(request.build()).await();
        }
      }
    }
  }

  /** Megabytes a second. */
  private static double cat(Path program, Path socket, Path file)
      throws IOException, InterruptedException {
    Files.deleteIfExists(socket);
    Process sender =
        new ProcessBuilder(program.toString(), socket.toString(), file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (sender.inputReader().readLine() == null) {
      throw new IOException("cat does not listen at " + socket);
    }
    long bytes = 0;
    long start = System.nanoTime();
    try (SocketChannel receiver = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
      for (int got = receiver.read(buffer); got >= 0; got = receiver.read(buffer.clear())) {
        bytes += got;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (sender.waitFor() != 0 || bytes != Files.size(file)) {
      throw new IOException("cat sent " + bytes + " bytes");
    }
    return bytes / 1e6 / seconds;
  }
}
