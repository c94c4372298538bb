package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.memory.SlotPool;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PackPipelineTest extends PackFixture {
  private static final PackPipeline.Placing NOTHING =
      new PackPipeline.Placing() {
        @Override
        public void place(PackItem item) {}

        @Override
        public void finish() {}
      };

  private final SlotPool slots = new SlotPool(8, 100);
  private final PackPipeline pipeline = new PackPipeline(slots, 3, new Stage.Clock());

  @AfterEach
  void close() {
    assertThat(slots.takenCount()).isZero();
    slots.close();
  }

  private PackItem item(long ordinal, int directories) throws Exception {
    PackItem item = new PackItem(ordinal, slots.take(), slots.take());
    for (int i = 0; i < directories; i++) {
      item.directories.add(SystemFileAccess.instance().openDirectory(tree));
    }
    return item;
  }

  private Thread submit(PackItem item) {
    Thread thread =
        new Thread(
            () -> {
              try {
                pipeline.submit(item);
              } catch (InterruptedException e) {
                pipeline.fail(e);
              }
            });
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(thread.isAlive()).as("went on instead of waiting").isTrue();
      Thread.onSpinWait();
    }
  }

  private void encodeAndTake(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      pipeline.made((PackPipeline.Unit) Objects.requireNonNull(pipeline.takeWork()));
      assertThat(pipeline.takeMade(() -> {})).isNotNull();
    }
  }

  @Test
  void walkWaitsWhileManyBatchesAreToBeWritten() throws Exception {
    for (int i = 0; i < 9; i++) {
      pipeline.enqueueBatch(List.of());
    }
    Thread walk = submit(item(0, 0));
    awaitWaiting(walk);

    encodeAndTake(4);
    assertThat(walk.isAlive()).isTrue();
    encodeAndTake(1);
    walk.join();

    encodeAndTake(4);
    pipeline.readDone((PackItem) Objects.requireNonNull(pipeline.takeWork()), NOTHING);
  }

  @Test
  void walkWaitsWhileManyDirectoriesAreOpen() throws Exception {
    submit(item(0, 3)).join();
    Thread walk = submit(item(1, 1));
    awaitWaiting(walk);

    PackItem first = (PackItem) Objects.requireNonNull(pipeline.takeWork());
    ItemReader.closeDirectories(first);
    pipeline.readDone(first, NOTHING);
    walk.join();

    PackItem second = (PackItem) Objects.requireNonNull(pipeline.takeWork());
    ItemReader.closeDirectories(second);
    pipeline.readDone(second, NOTHING);
  }

  @Test
  void failureEndsTheWaitAndEverythingIsGivenBack() throws Exception {
    Thread walk = submit(item(0, 4));
    awaitWaiting(walk);

    pipeline.fail(new IOException("stop"));
    walk.join();

    assertThat(pipeline.takeWork()).isNull();
    pipeline.discardAll();
  }

  @Test
  void firstFailureWinsAndLaterOnesAreSuppressed() {
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    pipeline.fail(first);
    pipeline.fail(first);
    pipeline.fail(second);
    pipeline.fail(new InterruptedException());

    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> pipeline.takeMade(() -> {})))
        .isSameAs(first);
    assertThat(first.getSuppressed()).containsExactly(second);
  }

  @Test
  void itemWhosePlacingFailsIsGivenBack() throws Exception {
    OpenDirectory directory = SystemFileAccess.instance().openDirectory(tree);
    PackItem item = item(0, 0);
    item.directories.add(directory);
    IOException thrown = new IOException("no");
    PackPipeline.Placing failing =
        new PackPipeline.Placing() {
          @Override
          public void place(PackItem placed) throws IOException {
            throw thrown;
          }

          @Override
          public void finish() {}
        };

    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() -> pipeline.readDone(item, failing)))
        .isSameAs(thrown);

    assertThat(openFilesBelow(tree)).isEmpty();
  }

  @Test
  void itemsReadInAnyOrderArePlacedInTheirs() throws Exception {
    StringBuilder placed = new StringBuilder();
    PackPipeline.Placing recording =
        new PackPipeline.Placing() {
          @Override
          public void place(PackItem item) {
            placed.append(item.ordinal);
          }

          @Override
          public void finish() {
            placed.append('.');
          }
        };
    PackItem[] items = {item(0, 0), item(1, 0), item(2, 0)};
    for (PackItem item : items) {
      pipeline.submit(item);
      pipeline.takeWork();
    }
    pipeline.readDone(items[2], recording);
    pipeline.walkDone(3, recording);
    pipeline.readDone(items[1], recording);
    assertThat(placed).isEmpty();

    pipeline.readDone(items[0], recording);

    assertThat(placed).hasToString("012.");
    assertThat(pipeline.takeWork()).isNull();
    assertThat(pipeline.takeMade(() -> {})).isNull();
  }
}
