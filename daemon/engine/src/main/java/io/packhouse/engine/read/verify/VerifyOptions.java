package io.packhouse.engine.read.verify;

import java.util.List;

/**
 * What to verify, and how.
 *
 * @param workers threads that hash and decode
 * @param sampleFraction of files whose contents are read, in (0, 1]; structure and index are
 *     checked whole all the same
 * @param seed picks the sample
 * @param only path bytes of the entries to check, and nothing else; empty for all. Not to be
 *     changed
 * @param digests whether the digests besides BLAKE3 that the index has are computed again: BLAKE3
 *     proves that contents are those that were packed, this that the packer hashed them right
 * @param withoutBases whether a delta is checked without its bases, which are not looked for then
 * @param maxDamages that the report lists; all are counted
 * @param progress told about work that is done
 */
public record VerifyOptions(
    int workers,
    double sampleFraction,
    long seed,
    List<byte[]> only,
    boolean digests,
    boolean withoutBases,
    int maxDamages,
    VerifyProgress progress) {

  /** Damage that a report lists unless told otherwise. */
  public static final int DEFAULT_MAX_DAMAGES = 10_000;

  public VerifyOptions {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be positive, workers=" + workers);
    }
    if (!(sampleFraction > 0 && sampleFraction <= 1)) {
      throw new IllegalArgumentException(
          "sampleFraction must be in (0, 1], sampleFraction=" + sampleFraction);
    }
    if (maxDamages < 1) {
      throw new IllegalArgumentException("maxDamages must be positive, maxDamages=" + maxDamages);
    }
    only = List.copyOf(only);
  }

  /** Everything, with this many workers. */
  public static VerifyOptions all(int workers) {
    return new VerifyOptions(
        workers, 1, 0, List.of(), false, false, DEFAULT_MAX_DAMAGES, VerifyProgress.NONE);
  }

  /** The same on a sample of the files. */
  public VerifyOptions withSample(double fraction, long withSeed) {
    return new VerifyOptions(
        workers, fraction, withSeed, only, digests, withoutBases, maxDamages, progress);
  }

  /** Only these entries. */
  public VerifyOptions withOnly(List<byte[]> paths) {
    return new VerifyOptions(
        workers, sampleFraction, seed, paths, digests, withoutBases, maxDamages, progress);
  }

  /** The same, with the digests besides BLAKE3 or without. */
  public VerifyOptions withDigests(boolean wanted) {
    return new VerifyOptions(
        workers, sampleFraction, seed, only, wanted, withoutBases, maxDamages, progress);
  }

  /** The same, with the bases of a delta or without. */
  public VerifyOptions withoutBases(boolean without) {
    return new VerifyOptions(
        workers, sampleFraction, seed, only, digests, without, maxDamages, progress);
  }

  /** The same, telling a listener. */
  public VerifyOptions withProgress(VerifyProgress listener) {
    return new VerifyOptions(
        workers, sampleFraction, seed, only, digests, withoutBases, maxDamages, listener);
  }
}
