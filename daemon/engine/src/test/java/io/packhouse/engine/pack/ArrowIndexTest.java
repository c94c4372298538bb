package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.index.IndexSinkContract;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArrowIndexTest extends IndexSinkContract {
  private final List<List<EntryRow>> batches = new ArrayList<>();
  private final ArrowIndex index = new ArrowIndex(batches::add);

  @Override
  protected IndexSink newSink() {
    return index;
  }

  @Test
  void batchIsFullAt16384Rows() {
    for (int i = 0; i < 40_000; i++) {
      index.row(row(i, 10, null, null));
    }
    assertThat(batches).extracting(List::size).containsExactly(16_384, 16_384);

    index.flush();
    index.flush();

    assertThat(batches).extracting(List::size).containsExactly(16_384, 16_384, 7_232);
  }

  @Test
  void longPathsFillABatchEarlier() {
    for (int i = 0; i < 300; i++) {
      index.row(row(i, 60_000, null, null));
    }
    assertThat(batches).extracting(List::size).containsExactly(140, 140);
  }

  @Test
  void longMetadataFillsABatchEarlier() {
    for (int i = 0; i < 20; i++) {
      index.row(row(i, 10, "text", "d".repeat(1 << 20)));
    }
    assertThat(batches).extracting(List::size).containsExactly(8, 8);
  }

  @Test
  void manyGroupsTogetherAreBoundedToo() {
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      index.row(row(i, 10, "type" + random.nextInt(50), "d".repeat(10_000)));
      long open = i + 1L - batches.stream().mapToLong(List::size).sum();
      assertThat(open * 10_000).isLessThan(17L << 20);
    }
  }

  @Test
  void batchesAreOfOneGroupInOrderAndLoseNothing() {
    Random random = new Random(2);
    for (int i = 0; i < 50_000; i++) {
      index.row(row(i, 10, random.nextInt(10) == 0 ? "type" + random.nextInt(3) : null, "x"));
    }
    index.flush();

    List<EntryRow> all = new ArrayList<>();
    for (List<EntryRow> batch : batches) {
      assertThat(batch).extracting(EntryRow::group).containsOnly(batch.getFirst().group());
      assertThat(batch)
          .isSortedAccordingTo((left, right) -> Arrays.compareUnsigned(left.path(), right.path()));
      all.addAll(batch);
    }
    assertThat(all).hasSize(50_000).doesNotHaveDuplicates();
  }

  private static EntryRow row(int number, int pathLength, String type, String description) {
    byte[] path = Arrays.copyOf(String.format("%08d", number).getBytes(UTF_8), pathLength);
    PackageMetadata metadata =
        type == null
            ? null
            : PackageMetadata.builder(List.of()).name("n").description(description).build();
    return new EntryRow(
        path,
        EntryType.FILE,
        EntryStatus.OK,
        null,
        0,
        null,
        null,
        null,
        new byte[32],
        null,
        new long[0],
        null,
        type,
        metadata,
        null,
        null,
        null,
        null,
        null);
  }
}
