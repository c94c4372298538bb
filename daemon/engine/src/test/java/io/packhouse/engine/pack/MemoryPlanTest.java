package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryPlanTest {

  @Test
  void plansStayWithinTheMemoryAndKeepEveryoneBusy() {
    for (int level = 1; level <= 22; level += 3) {
      for (int workers : new int[] {1, 2, 3, 16, 255, 1024}) {
        for (int blob = PackOptions.MIN_BLOB_BYTES; blob <= PackOptions.MAX_BLOB_BYTES; blob *= 4) {
          long least = PackOptions.minMemoryBytes(level, workers, blob);
          for (long memory : new long[] {least, least + 1, least * 2, 8L << 40}) {
            MemoryPlan plan = MemoryPlan.of(memory, level, workers, blob);
            String options = level + ", " + workers + ", " + blob + ", " + memory + ": " + plan;
            assertThat(plan.items()).as(options).isGreaterThanOrEqualTo(workers + 2);
            assertThat(plan.slotLength()).as(options).isGreaterThan(blob);
            assertThat(plan.dedupBytes()).as(options).isGreaterThanOrEqualTo(4L << 20);
            long taken = 2L * plan.items() * plan.slotLength() + plan.dedupBytes();
            assertThat(taken).as(options).isPositive().isLessThanOrEqualTo(memory);
          }
        }
      }
    }
  }

  /** What is remembered decides what is stored twice, and so the archive's bytes. */
  @Test
  void workersDoNotChangeWhatIsRemembered() {
    for (long memory : new long[] {PackOptions.AUTOMATIC_MEMORY, 64L << 30}) {
      long one = MemoryPlan.of(memory, 3, 1, PackOptions.DEFAULT_BLOB_BYTES).dedupBytes();
      assertThat(one).isGreaterThanOrEqualTo(48L << 20);
      for (int workers : new int[] {2, 16, 64, 1024}) {
        MemoryPlan plan = MemoryPlan.of(memory, 3, workers, PackOptions.DEFAULT_BLOB_BYTES);
        assertThat(plan.dedupBytes()).as("%d workers", workers).isEqualTo(one);
        assertThat(plan.items()).isGreaterThanOrEqualTo(workers + 2);
      }
    }
  }

  @Test
  void slotsTakeWhatAnIncompressibleBlobGrowsTo() {
    for (int blob = PackOptions.MIN_BLOB_BYTES; blob <= PackOptions.MAX_BLOB_BYTES; blob *= 2) {
      MemoryPlan plan = MemoryPlan.of(8L << 40, 3, 2, blob);

      // An item has at most four frames of text, since any two in a row are over the half of it,
      // and one of packages; their bounds must fit next to each other.
      for (int part : new int[] {1, 1000, blob / 7, blob / 5}) {
        long bounds =
            4 * com.github.luben.zstd.Zstd.compressBound(part)
                + com.github.luben.zstd.Zstd.compressBound(blob - 4 * part);
        assertThat(bounds).isLessThanOrEqualTo(plan.slotLength());
      }
    }
  }
}
