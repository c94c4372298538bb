package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.BlockingClientCall;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.FindEntriesRequest;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that their caller gives up before their end. */
class AbandonedCallTest {
  private static final int CALLS = 20;

  @TempDir Path temp;

  @Test
  void cancelledCallsLeaveNoBufferBehind() throws Exception {
    List<String> leaks = new CopyOnWriteArrayList<>();
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((kind, records) -> leaks.add(kind + ": " + records));
    try {
      RunningDaemon daemon = RunningDaemon.start(temp);
      try (PackhouseClient client = PackhouseClient.connect(daemon.address())) {
        Path tree = Files.createDirectory(temp.resolve("tree"));
        byte[] noise = new byte[4 << 20];
        new Random(1).nextBytes(noise);
        Files.write(tree.resolve("noise"), noise);
        Cli.pack(tree, daemon.archives().resolve("a.pkh"));
        for (int i = 0; i < CALLS; i++) {
          readAndCancel(client);
        }
      } finally {
        daemon.close();
      }
      collect();
      // The detector tells of what was collected when the next buffer is made.
      io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    } finally {
      ByteBufUtil.setLeakListener(null);
      ResourceLeakDetector.setLevel(before);
    }
    assertThat(leaks).isEmpty();
  }

  @Test
  void callsEndWithTheirClientWheneverItIsClosed() throws Exception {
    RunningDaemon daemon = RunningDaemon.start(temp);
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        PackhouseClient client = PackhouseClient.connect(daemon.address());
        Future<?> call = threads.submit(() -> watchAll(client));
        TimeUnit.MICROSECONDS.sleep(random.nextInt(4_000));
        client.close();
        assertThat(call).as("call %d, seed %d", i, seed).failsWithin(Duration.ofSeconds(30));
      }
    } finally {
      daemon.close();
    }
  }

  /** Calls until that fails, each time in a way of its own. */
  private static void watchAll(PackhouseClient client) {
    while (true) {
      client
          .entries()
          .findEntries(FindEntriesRequest.newBuilder().setGlob("*").build())
          .forEachRemaining(page -> {});
    }
  }

  private static void readAndCancel(PackhouseClient client) throws Exception {
    BlockingClientCall<?, ReadEntriesResponse> call =
        EntryServiceGrpc.newBlockingV2Stub(client.channel())
            .readEntries(
                ReadEntriesRequest.newBuilder()
                    .setArchive("archives/a.pkh")
                    .addRanges(EntryRange.newBuilder().setPath("noise"))
                    .build());
    assertThat(call.read()).isNotNull();
    // Whatever has come by now nobody reads; later calls find it come in any case.
    client.admin().getStats(io.packhouse.v1.GetStatsRequest.getDefaultInstance());
    call.cancel("enough", null);
  }

  /** Waits until things that nobody holds are known to be garbage. */
  private static void collect() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      WeakReference<Object> canary = new WeakReference<>(new Object());
      while (canary.get() != null) {
        System.gc();
        Thread.onSpinWait();
      }
    }
  }
}
