package io.packhouse.engine.pack;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.memory.WarmPool;
import io.packhouse.spi.ColumnSpec;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** What a pack has of its own, beside slots and workers; one pack after another uses it. */
final class PackKit implements WarmPool.Item {
  /**
   * What kits must have in common.
   *
   * @param packageColumns own columns by package type
   * @param digests of files besides BLAKE3
   * @param minorVersion of the format
   * @param dedupBytes most that the dedup table may take
   */
  record Key(
      SortedMap<String, List<ColumnSpec>> packageColumns,
      Set<DigestAlgorithm> digests,
      int minorVersion,
      long dedupBytes) {}

  final DigesterPool digesters = new DigesterPool();
  final IndexEncoding encoding;
  final DedupTable dedup;

  /** Of the placing, then of the writer's end. */
  final Hasher hasher = Blake3.system().newHasher();

  PackKit(Key key, SlotPool.Source pages) {
    encoding = new IndexEncoding(key.packageColumns, key.digests, key.minorVersion);
    dedup = new DedupTable(key.dedupBytes, pages);
  }

  /** Forgets the pack that it was used for. */
  void clear() {
    dedup.clear();
    encoding.trim();
  }

  @Override
  public long bytes() {
    return dedup.bytes() + encoding.bytes();
  }

  @Override
  public void close() {
    digesters.close();
    encoding.close();
    dedup.close();
    hasher.close();
  }
}
