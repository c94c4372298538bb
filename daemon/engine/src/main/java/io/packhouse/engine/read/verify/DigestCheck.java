package io.packhouse.engine.read.verify;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.Digester;
import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Computes the digests of one file besides BLAKE3, and compares them with the index. One thread.
 */
final class DigestCheck implements AutoCloseable {
  private final Entry entry;
  private final DigesterPool pool;
  private final List<Digester> digesters = new ArrayList<>();

  DigestCheck(Entry entry, Set<DigestAlgorithm> algorithms, DigesterPool pool) {
    this.entry = entry;
    this.pool = pool;
    for (DigestAlgorithm algorithm : algorithms) {
      digesters.add(pool.take(algorithm));
    }
  }

  /** Takes the next bytes of the file. */
  void update(MemorySegment chunk) {
    for (Digester digester : digesters) {
      digester.update(chunk, 0, chunk.byteSize());
    }
  }

  /**
   * Fails with the first digest that is not the index's; one that is absent breaks another rule.
   */
  void finish() throws IOException {
    for (Digester digester : digesters) {
      byte[] computed = new byte[digester.algorithm().length()];
      digester.finish(computed, 0);
      byte[] recorded = entry.digest(digester.algorithm());
      if (recorded != null && !Arrays.equals(recorded, computed)) {
        HexFormat hex = HexFormat.of();
        throw entry
            .place()
            .corrupt(
                digester.algorithm().standardName(),
                hex.formatHex(recorded),
                hex.formatHex(computed));
      }
    }
  }

  @Override
  public void close() {
    digesters.forEach(pool::give);
  }
}
