package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What one extraction has used up of its limits. For one thread. */
final class Budget {

  /** Time is looked at once in so many bytes. */
  private static final int BYTES_PER_CHECK = 64 << 10;

  /** Time is looked at once in so many entries. */
  private static final int ENTRIES_PER_CHECK = 256;

  private final ExtractionLimits limits;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final long timeoutNanos;
  private final DecoderMemory decoderMemory = new DecoderMemory();
  private long inflatedBytes;
  private long entries;
  private long uncheckedBytes;
  private long uncheckedEntries;

  /** Starts now. */
  Budget(ExtractionLimits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    // More than 292 years do not fit.
    this.timeoutNanos =
        limits.timeout().toSeconds() > Long.MAX_VALUE / 1_000_000_000 - 1
            ? Long.MAX_VALUE
            : limits.timeout().toNanos();
  }

  /** Counts bytes that came out of a decoder. */
  void inflated(long bytes) throws ExtractionException {
    inflatedBytes += bytes;
    if (inflatedBytes > limits.maxInflatedBytes()) {
      throw new ExtractionException(
          "archive inflates to more than the limit of " + limits.maxInflatedBytes() + " bytes");
    }
    moved(bytes);
  }

  /** Counts bytes that are only gone over. */
  void moved(long bytes) throws ExtractionException {
    uncheckedBytes += bytes;
    if (uncheckedBytes >= BYTES_PER_CHECK) {
      uncheckedBytes = 0;
      checkTime();
    }
  }

  /** Where decoders take their dictionaries from. */
  DecoderMemory decoderMemory() {
    return decoderMemory;
  }

  /** How much may be inflated yet. */
  long inflatable() {
    return Math.max(0, limits.maxInflatedBytes() - inflatedBytes);
  }

  /** Counts a member looked at. */
  void entry() throws ExtractionException {
    if (entries >= limits.maxEntries()) {
      throw new ExtractionException(
          "archive has more entries than the limit of " + limits.maxEntries());
    }
    entries++;
    passedEntry();
  }

  /** Looks at the time now and then in loops over entries that were counted before. */
  void passedEntry() throws ExtractionException {
    if (++uncheckedEntries >= ENTRIES_PER_CHECK) {
      uncheckedEntries = 0;
      checkTime();
    }
  }

  /** Refuses to open what lies too deep. */
  void checkDepth(int depth) throws ExtractionException {
    if (depth > limits.maxNesting()) {
      throw new ExtractionException(
          "archives nest deeper than the limit of " + limits.maxNesting());
    }
  }

  /** Fails where the time is used up. */
  void checkTime() throws ExtractionException {
    if (nanoTime.getAsLong() - startNanos > timeoutNanos) {
      throw new ExtractionException(
          "extraction takes longer than the limit of "
              + limits.timeout().toString().substring(2).toLowerCase(Locale.ROOT));
    }
  }
}
