package io.packhouse.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SlotPoolTest {
  private final SlotPool pool = new SlotPool(3, 5000);

  @AfterEach
  void close() {
    pool.close();
    pool.close();
  }

  @Test
  void slotsAreDistinctMemoryOfWholePages() throws Exception {
    assertThat(pool.slotLength()).isEqualTo(8192);
    Set<Integer> slots = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      int slot = pool.take();
      slots.add(slot);
      pool.segment(slot).fill((byte) (slot + 1));
    }
    assertThat(slots).containsExactlyInAnyOrder(0, 1, 2);
    for (int slot : slots) {
      assertThat(pool.segment(slot).toArray(ValueLayout.JAVA_BYTE)).containsOnly(slot + 1);
      assertThat(pool.buffer(slot).get(8191)).isEqualTo((byte) (slot + 1));
    }
    slots.forEach(pool::release);
  }

  @Test
  void slotGivenBackLastIsTakenNext() throws Exception {
    pool.take();
    int second = pool.take();
    int third = pool.take();
    pool.release(third);
    pool.release(second);

    assertThat(pool.take()).isEqualTo(second);
    assertThat(pool.takenCount()).isEqualTo(2);
  }

  @Test
  void takeWaitsUntilASlotIsReleased() throws Exception {
    takeAll();
    CompletableFuture<Integer> waiting = takeElsewhere();

    pool.release(1);

    assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void releasingAFreeSlotIsRefused() throws Exception {
    int slot = pool.take();
    pool.release(slot);

    assertThatThrownBy(() -> pool.release(slot))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("slot=" + slot);
    assertThat(pool.takenCount()).isZero();
  }

  private static SlotPool spared(int count, int spare, MemoryGrants grants) {
    return new SlotPool(
        count, spare, 5000, new WarmPool(0), (length, arena) -> arena.allocate(length), grants);
  }

  @Test
  void aSpareSlotIsUsedOnceItsMemoryIsGranted() throws Exception {
    Deque<Runnable> asked = new ArrayDeque<>();
    try (SlotPool spared = spared(2, 2, (bytes, granted) -> asked.add(granted))) {
      int first = spared.take();
      spared.hold(first);
      spared.release(first);
      int second = spared.take();
      CompletableFuture<Integer> third = takeElsewhere(spared);
      assertThat(asked).hasSize(1);
      assertThat(third).isNotDone();
      asked.remove().run();
      assertThat(third.get(20, TimeUnit.SECONDS)).isNotIn(first, second);

      // What waits for memory in vain is used itself when it is let go.
      spared.hold(second);
      spared.release(second);
      assertThat(asked).hasSize(1);
      spared.letGo(second);
      assertThat(spared.take()).isEqualTo(second);
      // It is not asked for twice, and a grant that comes later is kept for the next.
      spared.hold(second);
      spared.letGo(second);
      assertThat(asked).hasSize(1);
      asked.remove().run();
      spared.hold(second);
      spared.release(second);
      int fourth = spared.take();
      assertThat(fourth).isNotIn(first, second, third.get());
      assertThat(asked).isEmpty();

      spared.letGo(first);
      spared.letGo(second);
      spared.release(third.get());
      spared.release(fourth);
      assertThat(spared.takenCount()).isZero();
      int again = spared.take();
      spared.hold(again);
      spared.release(again);
      assertThat(asked).isEmpty();
      spared.letGo(again);
    }
  }

  @Test
  void aHeldSlotIsNotUsedAgainAndASpareOneTakesItsPlace() throws Exception {
    try (SlotPool spared = spared(2, 1, MemoryGrants.UNLIMITED)) {
      int held = spared.take();
      spared.hold(held);
      spared.release(held);
      int first = spared.take();
      int second = spared.take();
      assertThat(Set.of(held, first, second)).hasSize(3);
      assertThat(spared.takenCount()).isEqualTo(3);

      spared.letGo(held);
      spared.hold(first);
      spared.release(second);
      int third = spared.take();
      int fourth = spared.take();
      assertThat(Set.of(third, fourth)).isEqualTo(Set.of(held, second));

      spared.letGo(first);
      assertThat(spared.takenCount()).isEqualTo(3);
      spared.release(first);
      spared.release(held);
      spared.release(second);
      assertThat(spared.takenCount()).isZero();
    }
  }

  @Test
  void holdingMoreThanThereAreSparesIsRefused() throws Exception {
    takeAll();
    assertThatThrownBy(() -> pool.hold(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.letGo(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void cancelWakesWaitersAndRefusesLaterOnesButTakesSlotsBack() throws Exception {
    takeAll();
    CompletableFuture<Integer> waiting = takeElsewhere();

    pool.cancel();

    assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(InterruptedException.class);
    pool.release(0);
    assertThatThrownBy(pool::take).isInstanceOf(InterruptedException.class);
    assertThat(pool.takenCount()).isEqualTo(2);
  }

  @Test
  void interruptEndsTheWait() throws Exception {
    takeAll();
    Thread.currentThread().interrupt();

    assertThatThrownBy(pool::take).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void manyThreadsNeverShareASlot() throws Exception {
    CompletableFuture<?>[] threads = new CompletableFuture<?>[8];
    for (int i = 0; i < threads.length; i++) {
      byte mine = (byte) (i + 1);
      threads[i] =
          CompletableFuture.runAsync(
              () -> {
                for (int round = 0; round < 500; round++) {
                  int slot = take();
                  pool.segment(slot).asSlice(0, 256).fill(mine);
                  byte[] seen = pool.segment(slot).asSlice(0, 256).toArray(ValueLayout.JAVA_BYTE);
                  pool.release(slot);
                  assertThat(seen).containsOnly(mine);
                }
              },
              task -> new Thread(task).start());
    }
    CompletableFuture.allOf(threads).get(25, TimeUnit.SECONDS);
    assertThat(pool.takenCount()).isZero();
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> new SlotPool(0, 1)).hasMessageContaining("slotCount=0");
    assertThatThrownBy(() -> new SlotPool(1, 0)).hasMessageContaining("slotLength=0");
    assertThatThrownBy(() -> new SlotPool(1, Integer.MAX_VALUE)).hasMessageContaining("slotLength");
  }

  private void takeAll() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      pool.take();
    }
  }

  private int take() {
    try {
      return pool.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns once the other thread waits. */
  private CompletableFuture<Integer> takeElsewhere() {
    return takeElsewhere(pool);
  }

  private static CompletableFuture<Integer> takeElsewhere(SlotPool pool) {
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                taken.complete(pool.take());
              } catch (InterruptedException e) {
                taken.completeExceptionally(e);
              }
            });
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return taken;
  }
}
