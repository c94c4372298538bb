package io.packhouse.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmPoolTest {
  private static final class Thing implements WarmPool.Item {
    private final long bytes;
    private boolean home = true;
    private int closed;

    Thing(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public boolean isAtHome() {
      return home;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private final List<Thing> made = new ArrayList<>();
  private final WarmPool pool = new WarmPool(100);

  private Thing take(String key, long bytes) {
    return pool.take(
        key,
        () -> {
          made.add(new Thing(bytes));
          return made.getLast();
        });
  }

  @Test
  void whatWasGivenBackIsLentAgainUnderItsKey() {
    Thing first = take("a", 30);
    assertThat(pool.lentBytes()).isEqualTo(30);
    pool.give("a", first);
    assertThat(pool.lentBytes()).isZero();
    assertThat(pool.keptBytes()).isEqualTo(30);
    assertThat(take("b", 30)).isNotSameAs(first);
    assertThat(take("a", 30)).isSameAs(first);
    assertThat(take("a", 30)).isNotSameAs(first);
    assertThat(pool.keptBytes()).isZero();
    assertThat(pool.lentCount()).isEqualTo(3);
  }

  @Test
  void whatIsAtHomeGoesFirst() {
    Thing home = take("a", 10);
    Thing away = take("a", 10);
    pool.give("a", home);
    pool.give("a", away);
    away.home = false;
    assertThat(take("a", 10)).isSameAs(home);
    assertThat(take("a", 10)).isSameAs(away);
  }

  @Test
  void whatHasBeenIdleLongestMakesRoom() {
    Thing old = take("old", 60);
    Thing young = take("young", 60);
    pool.give("old", old);
    pool.give("young", young);
    assertThat(old.closed).isEqualTo(1);
    assertThat(young.closed).isZero();
    assertThat(pool.keptBytes()).isEqualTo(60);
  }

  @Test
  void whatIsIdleMakesRoomForWhatIsLent() {
    Thing small = take("small", 60);
    pool.give("small", small);
    Thing large = take("large", 101);
    assertThat(small.closed).isEqualTo(1);
    assertThat(pool.lentBytes() + pool.keptBytes()).isEqualTo(101);
    pool.give("large", large);
    assertThat(large.closed).isEqualTo(1);
  }

  @Test
  void whatIsDiscardedIsClosedAndNotLentAgain() {
    Thing failed = take("a", 10);
    pool.discard(failed);
    assertThat(failed.closed).isEqualTo(1);
    assertThat(take("a", 10)).isNotSameAs(failed);
  }

  @Test
  void nothingIsGivenBackTwice() {
    Thing thing = take("a", 10);
    pool.give("a", thing);
    assertThatThrownBy(() -> pool.give("a", thing)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.discard(thing)).isInstanceOf(IllegalStateException.class);
    assertThat(pool.keptBytes()).isEqualTo(10);
  }

  @Test
  void aClosedPoolClosesWhatIsIdleAndTheRestAsItComesBack() {
    Thing idle = take("a", 10);
    Thing lent = take("b", 10);
    pool.give("a", idle);
    pool.close();
    assertThat(idle.closed).isEqualTo(1);
    assertThat(lent.closed).isZero();
    pool.give("b", lent);
    assertThat(lent.closed).isEqualTo(1);
    assertThat(pool.keptBytes()).isZero();
    pool.close();
  }

  @Test
  void slotsThatSomebodyStillOwnsAreNotLentAgain() throws Exception {
    WarmPool warm = new WarmPool(1 << 20);
    SlotPool slots = new SlotPool(2, 4096, warm, (length, arena) -> arena.allocate(length));
    int free = slots.take();
    int owned = slots.take();
    long freeAddress = slots.segment(free).address();
    var ownedMemory = slots.segment(owned);
    slots.release(free);
    slots.close();
    slots.close();
    assertThat(ownedMemory.scope().isAlive()).isFalse();
    assertThat(warm.keptBytes()).isEqualTo(4096);
    try (SlotPool next = new SlotPool(1, 4096, warm, (length, arena) -> arena.allocate(length))) {
      assertThat(next.segment(next.take()).address()).isEqualTo(freeAddress);
    }
    assertThat(warm.lentCount()).isZero();
  }
}
