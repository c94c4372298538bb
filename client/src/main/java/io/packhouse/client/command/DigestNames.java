package io.packhouse.client.command;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The digests that options name, parted by commas. */
final class DigestNames {
  /** Every digest that an archive may record besides BLAKE3. */
  static final String ALL =
      DigestAlgorithm.COLUMNS.stream().map(DigestAlgorithm::label).collect(Collectors.joining(","));

  private DigestNames() {}

  static Set<DigestAlgorithm> parse(String names) throws Failure {
    Set<DigestAlgorithm> digests = EnumSet.noneOf(DigestAlgorithm.class);
    for (String name : names.split(",", -1)) {
      DigestAlgorithm algorithm = DigestAlgorithm.ofColumn(name);
      if (algorithm == null) {
        throw Failure.usage("--digests takes some of " + ALL + ", not \"" + name + "\"");
      }
      digests.add(algorithm);
    }
    return digests;
  }
}
