package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.threads.Pulse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What packs share gives each of them just what it would have had alone. */
final class PackResourcesTest extends PackFixture {
  private static final long HELD = 64L << 20;

  private final PackResources resources = new PackResources(HELD);
  private final Map<String, Path> trees = new TreeMap<>();

  @BeforeEach
  void makeTrees() throws Exception {
    for (String name : List.of("empty", "small", "large")) {
      trees.put(name, Files.createDirectory(temporary.resolve(name)));
    }
    for (int i = 0; i < 50; i++) {
      Files.write(trees.get("small").resolve("f" + i), Bytes.text(i, 20_000));
      Files.write(trees.get("large").resolve("g" + i), Bytes.text(i, 5_000));
    }
    for (int i = 0; i < 4; i++) {
      Files.write(trees.get("large").resolve("big" + i), Bytes.random(i, 5 * BLOB + i));
    }
  }

  @AfterEach
  void nothingIsLent() {
    assertThat(resources.lentCount()).isZero();
    assertThat(resources.lentBytes()).isZero();
    assertThat(resources.keptBytes()).isLessThanOrEqualTo(HELD);
    resources.close();
    resources.join();
    assertThat(resources.keptBytes()).isZero();
  }

  private Packer packerOf(String name, Options options) {
    return packer(List.of(PackInput.of(trees.get(name))), options, PackListener.NONE);
  }

  private byte[] bytes(Packer packer, String name) throws Exception {
    Path file = output.resolveSibling(name + ".pkh");
    packer.pack(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private static List<Options> allOptions() {
    return List.of(
        options(),
        options().workers(1),
        options().workers(5).level(3),
        options().digests(DigestAlgorithm.SHA1),
        options().blobBytes(2 * BLOB));
  }

  @Test
  void packsAtOnceWriteWhatEachWritesAlone() throws Exception {
    List<Callable<Void>> packs = new ArrayList<>();
    for (String name : trees.keySet()) {
      for (int i = 0; i < allOptions().size(); i++) {
        Options options = allOptions().get(i);
        byte[] alone = bytes(packerOf(name, options), name);
        String label = name + i;
        for (int round = 0; round < 3; round++) {
          String file = label + "-" + round;
          packs.add(
              () -> {
                Packer packer = packerOf(name, options).withResources(resources);
                assertThat(bytes(packer, file)).as(label).isEqualTo(alone);
                return null;
              });
        }
      }
    }
    try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
      for (Future<Void> each : callers.invokeAll(packs)) {
        each.get();
      }
    }
    assertThat(resources.keptBytes()).isPositive();
  }

  /** Calls something at a row. */
  private static final class AtRow implements IndexSink {
    private final int row;
    private final Runnable act;
    private int rows;

    AtRow(int row, Runnable act) {
      this.row = row;
      this.act = act;
    }

    @Override
    public void row(EntryRow entry) {
      if (++rows == row) {
        act.run();
      }
    }

    @Override
    public void finish(String archiveId) {}

    @Override
    public void close() {}
  }

  @Test
  void aPackThatEndsEarlyGivesAllBackAndSpoilsNothing() throws Exception {
    byte[] alone = bytes(packerOf("large", options()), "alone");
    for (int row = 1; row < 50; row += 4) {
      Packer[] packer = new Packer[1];
      Runnable end =
          row % 8 == 1
              ? () -> packer[0].cancel()
              : () -> {
                throw new IllegalStateException("a sink's");
              };
      packer[0] = packerOf("large", options().sinks(new AtRow(row, end))).withResources(resources);
      failure(packer[0]);
      assertThat(resources.lentCount()).as("after the end at row " + row).isZero();
      Packer next = packerOf("large", options()).withResources(resources);
      assertThat(bytes(next, "next")).isEqualTo(alone);
    }
  }

  @Test
  void aPackUnderWayGoesOnWhenTheyAreClosed() throws Exception {
    byte[] alone = bytes(packerOf("large", options()), "alone");
    Options options = options().workers(4).sinks(new AtRow(1, resources::close));
    Packer packer = packerOf("large", options).withResources(resources);
    assertThat(bytes(packer, "closed")).isEqualTo(alone);
    assertThat(resources.keptBytes()).isZero();
  }

  @Test
  void slotsThatWereTouchedAreTheNextPacks() throws Exception {
    Options options = options();
    resources.touch(options.build(), 1 << 20);
    long touched = resources.keptBytes();
    assertThat(touched).isBetween((1L << 20) - BLOB * 2, 1L << 20);
    bytes(packerOf("empty", options).withResources(resources), "first");
    assertThat(resources.keptBytes()).isGreaterThanOrEqualTo(touched);
  }

  @Test
  void workersThatGetNoFurtherAreSeen() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    Semaphore goOn = new Semaphore(0);
    FakeExtractor stuck =
        FakeExtractor.of(
            "only",
            _ -> {
              entered.countDown();
              goOn.acquireUninterruptibly();
              return null;
            });
    trees.put("one", Files.createDirectory(temporary.resolve("one")));
    Files.write(trees.get("one").resolve("only"), Bytes.text(1, 1_000));
    Packer packer =
        packerOf("one", options().workers(1).extractors(stuck)).withResources(resources);
    Pulse.Beat idle = resources.pulse().look();
    try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Future<byte[]> pack = caller.submit(() -> bytes(packer, "stuck"));
      entered.await();
      Pulse.Beat first = resources.pulse().look();
      assertThat(first.isStuck(idle)).as("work that has just begun").isFalse();
      // A thread of its own is made for this: it says nothing of the others.
      resources.tryWorker().get();
      assertThat(resources.pulse().look().isStuck(first)).isTrue();
      goOn.release();
      pack.get();
      assertThat(resources.pulse().look().isStuck(first)).isFalse();
      assertThat(resources.pulse().look().working()).isZero();
    }
  }
}
