package io.packhouse.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PagePoolTest {
  private final AtomicInteger allocations = new AtomicInteger();
  private final PagePool pool =
      new PagePool(
          (length, arena) -> {
            allocations.incrementAndGet();
            return arena.allocate(length);
          },
          8192);

  @Test
  void memoryOfAClosedArenaIsLentAgain() {
    long address;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = pool.allocate(4096, arena);
      address = segment.address();
      assertThat(pool.lentBytes()).isEqualTo(4096);
    }
    assertThat(pool.lentBytes()).isZero();
    assertThat(pool.keptBytes()).isEqualTo(4096);
    try (Arena arena = Arena.ofShared()) {
      assertThat(pool.allocate(4096, arena).address()).isEqualTo(address);
      assertThat(pool.allocate(4096, arena).address()).isNotEqualTo(address);
    }
    assertThat(allocations).hasValue(2);
  }

  @Test
  void aSegmentOfAClosedArenaIsOfNoUseToWhoHadIt() {
    MemorySegment segment;
    try (Arena arena = Arena.ofShared()) {
      segment = pool.allocate(4096, arena);
    }
    assertThatThrownBy(() -> segment.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void noMoreIsKeptThanAllowed() {
    try (Arena arena = Arena.ofShared()) {
      for (int i = 0; i < 3; i++) {
        pool.allocate(4096, arena);
      }
    }
    assertThat(pool.keptBytes()).isEqualTo(8192);
    pool.close();
    assertThat(pool.keptBytes()).isZero();
  }

  @Test
  void whatIsGivenBackToAClosedPoolIsFreed() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = pool.allocate(4096, arena);
      pool.close();
      segment.fill((byte) 1);
    }
    assertThat(pool.keptBytes()).isZero();
    assertThat(pool.lentBytes()).isZero();
  }
}
