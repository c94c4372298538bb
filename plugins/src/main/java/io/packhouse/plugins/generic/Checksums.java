package io.packhouse.plugins.generic;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checksums of one file ({@code a.jar.sha1}) and lists of them ({@code SHA256SUMS}). */
final class Checksums {

  private static final int MAX_CHECKSUM_BYTES = 1 << 16;
  private static final long MAX_LIST_BYTES = 16L << 20;
  private static final int MAX_LISTED_TEXT = 2 << 20;

  private final Subject subject;
  private final PackageMetadata.Builder target;

  Checksums(Subject subject, PackageMetadata.Builder target) {
    this.subject = subject;
    this.target = target;
  }

  /**
   * A checksum, or a list that is named as one.
   *
   * @param suffix of its name: {@code .} and the algorithm
   */
  PackageMetadata one(String suffix) throws ExtractionException, IOException {
    String algorithm = suffix.substring(1);
    String name = subject.nameWithout(suffix);
    target
        .column(GenericColumns.KIND, "checksum")
        .column(GenericColumns.DIGEST_ALGORITHM, algorithm)
        .column(GenericColumns.BELONGS_TO, name == null ? null : subject.path(name));
    if (subject.file().size() > MAX_LIST_BYTES) {
      throw tooLarge(MAX_LIST_BYTES);
    }
    ChecksumLine found = ChecksumLine.plain(subject.file(), algorithm);
    if (found == null) {
      found = parsed(algorithm);
    }
    if (found == null) {
      return list();
    }
    target
        .column(GenericColumns.FORMAT, found.format())
        .column(GenericColumns.DIGEST, found.digest());
    check(name, found);
    return target.build();
  }

  /** The line with the digest; null where several lines have digests and names. */
  private @Nullable ChecksumLine parsed(String algorithm) throws ExtractionException, IOException {
    Lines lines = new Lines(subject.file());
    StringBuilder all = new StringBuilder();
    ChecksumLine found = null;
    for (String line = lines.next(); line != null; line = lines.next()) {
      ChecksumLine parsed = ChecksumLine.parse(line);
      if (parsed != null && found != null && parsed.name() != null) {
        return null;
      }
      found = found == null ? parsed : found;
      if (all.length() < MAX_CHECKSUM_BYTES) {
        all.append(line).append('\n');
      }
    }
    if (found == null) {
      found = ChecksumLine.parseGpg(all.toString());
    }
    if (found == null || !found.algorithm().equals(algorithm)) {
      String what =
          found == null ? "no digest" : "a digest as long as those of " + found.algorithm();
      throw new ExtractionException("checksum has " + what + ", expected " + algorithm)
          .withPartial(target.build());
    }
    return found;
  }

  /** The file's name tells what it belongs to, unless only what the text names is there. */
  private void check(@Nullable String name, ChecksumLine found) {
    DigestCheck check = new DigestCheck(subject.context());
    DigestCheck.Outcome outcome = DigestCheck.Outcome.MISSING;
    if (name != null) {
      outcome = check.check(name, found.algorithm(), found.digest());
    }
    String named = found.name();
    if (outcome == DigestCheck.Outcome.MISSING && named != null && !named.equals(name)) {
      DigestCheck.Outcome other = check.check(named, found.algorithm(), found.digest());
      if (other != DigestCheck.Outcome.MISSING || name == null) {
        outcome = other;
        target.column(GenericColumns.BELONGS_TO, Limits.text(subject.path(named)));
      }
    }
    target
        .column(GenericColumns.DIGEST_OK, outcome.ok())
        .column(GenericColumns.NOT_CHECKED, outcome.reason());
  }

  /**
   * A list.
   *
   * @throws ExtractionException where no line has a digest and a name
   */
  PackageMetadata list() throws ExtractionException, IOException {
    target
        .column(GenericColumns.KIND, "checksum-list")
        .column(GenericColumns.BELONGS_TO, null)
        .column(GenericColumns.DIGEST_ALGORITHM, null);
    if (subject.file().size() > MAX_LIST_BYTES) {
      throw tooLarge(MAX_LIST_BYTES);
    }
    DigestCheck check = new DigestCheck(subject.context());
    List<Map<String, Object>> listed = new ArrayList<>();
    int listedText = 0;
    ChecksumLine first = null;
    long count = 0;
    long wrong = 0;
    boolean anyOk = false;
    String reason = null;
    Lines lines = new Lines(subject.file());
    for (String line = lines.next(); line != null; line = lines.next()) {
      ChecksumLine parsed = ChecksumLine.parse(line);
      String name = parsed == null ? null : parsed.name();
      if (parsed == null || name == null) {
        continue;
      }
      first = first == null ? parsed : first;
      if (++count > Limits.ITEMS || listedText > MAX_LISTED_TEXT) {
        reason = reason == null ? DigestCheck.Outcome.TOO_LARGE.reason() : reason;
        continue;
      }
      DigestCheck.Outcome outcome = check.check(name, parsed.algorithm(), parsed.digest());
      wrong += outcome == DigestCheck.Outcome.WRONG ? 1 : 0;
      anyOk |= outcome == DigestCheck.Outcome.OK;
      reason = reason == null ? outcome.reason() : reason;
      listed.add(row(name, parsed.digest(), outcome.ok()));
      listedText += name.length() + parsed.digest().length();
    }
    if (first == null) {
      throw new ExtractionException("checksum list has no line with a digest and a name")
          .withPartial(target.build());
    }
    return target
        .column(GenericColumns.FORMAT, first.format())
        .column(GenericColumns.DIGEST_ALGORITHM, first.algorithm())
        .column(GenericColumns.COUNT, count)
        .column(GenericColumns.WRONG_COUNT, wrong)
        .column(GenericColumns.CHECKSUMS, listed)
        .column(GenericColumns.DIGEST_OK, wrong > 0 ? Boolean.FALSE : anyOk ? true : null)
        .column(GenericColumns.NOT_CHECKED, reason)
        .build();
  }

  private static Map<String, Object> row(String name, String digest, @Nullable Boolean ok) {
    Map<String, Object> row = new HashMap<>();
    row.put(GenericColumns.CHECKSUM_NAME, name);
    row.put(GenericColumns.CHECKSUM_DIGEST, digest);
    if (ok != null) {
      row.put(GenericColumns.CHECKSUM_OK, ok);
    }
    return row;
  }

  private ExtractionException tooLarge(long limit) {
    return new ExtractionException(
            "checksums are larger than the limit of " + limit + " bytes: " + subject.file().size())
        .withPartial(target.build());
  }
}
