package io.packhouse.spi;

import java.time.Duration;

/**
 * What one extraction may use up. A host enforces what it can see; an extractor that inflates or
 * enumerates by itself keeps to them and ends with an {@link ExtractionException} that names the
 * limit.
 *
 * @param maxInflatedBytes bytes decompressed in all, nested packages included
 * @param maxEntries members of archives looked at in all, nested packages included
 * @param maxNesting how deep packages nest; the file itself is at 0
 * @param timeout wall time
 */
public record ExtractionLimits(
    long maxInflatedBytes, long maxEntries, int maxNesting, Duration timeout) {

  /** 1 GiB inflated, 1,000,000 entries, 16 levels, 30 seconds. */
  public static final ExtractionLimits DEFAULT =
      new ExtractionLimits(1L << 30, 1_000_000, 16, Duration.ofSeconds(30));

  /** Checks. */
  public ExtractionLimits {
    if (maxInflatedBytes < 0 || maxEntries < 0 || maxNesting < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative, maxInflatedBytes="
              + maxInflatedBytes
              + ", maxEntries="
              + maxEntries
              + ", maxNesting="
              + maxNesting);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive, timeout=" + timeout);
    }
  }
}
