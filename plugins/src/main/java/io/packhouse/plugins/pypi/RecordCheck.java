package io.packhouse.plugins.pypi;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a wheel's members are those that its {@code RECORD} lists.
 *
 * @param digests whether contents were compared, and not names and sizes alone
 * @param error what is wrong; null for nothing
 */
record RecordCheck(boolean digests, @Nullable String error) {

  /**
   * Wheels that inflate to more are checked by names and sizes: contents cost some 4 ms a MiB,
   * packing the wheel about 1.
   */
  static final long MAX_INFLATED = 32L << 20;

  /** Wheels of more members are not checked at all, nor longer RECORDs to their end. */
  static final int MAX_MEMBERS = 250_000;

  private static final int MAX_SHOWN = 160;

  /** Those that the specification allows, by the names of Python's hashlib. */
  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "sha256", "SHA-256",
          "sha384", "SHA-384",
          "sha512", "SHA-512",
          "sha3_256", "SHA3-256",
          "sha3_384", "SHA3-384",
          "sha3_512", "SHA3-512");

  /**
   * Compares.
   *
   * @param path of {@code RECORD}
   */
  static RecordCheck of(ZipDirectory zip, String path, byte[] record)
      throws ExtractionException, IOException {
    RecordFile file = RecordFile.parse(record);
    Problems problems = new Problems();
    if (file.problem() != null) {
      problems.add(file.problem());
    }
    Map<String, ArchiveMember> members = new LinkedHashMap<>();
    long inflated = 0;
    for (ArchiveMember member : zip.members()) {
      if (member.kind() == ArchiveMember.Kind.DIRECTORY) {
        continue;
      }
      inflated += Math.max(0, Math.min(member.size(), MAX_INFLATED + 1));
      if (members.put(member.name(), member) != null) {
        problems.add(shown(member.name()) + " is in the wheel twice");
      }
    }
    boolean digests = inflated <= MAX_INFLATED;
    Map<String, MessageDigest> algorithms = new HashMap<>();
    byte[] buffer = digests ? new byte[32 << 10] : new byte[0];
    for (Map.Entry<String, ArchiveMember> member : members.entrySet()) {
      String name = member.getKey();
      RecordFile.Line line = file.lines().get(name);
      // A signature is made of the finished RECORD, and RECORD cannot have its own digest.
      boolean unlisted = name.equals(path + ".jws") || name.equals(path + ".p7s");
      if (unlisted || name.equals(path)) {
        continue;
      }
      if (line == null) {
        problems.add(shown(name) + " is not in RECORD");
        continue;
      }
      String wrong = compare(member.getValue(), line, digests, algorithms, buffer);
      if (wrong != null) {
        problems.add(shown(name) + " " + wrong);
      }
    }
    for (String listed : file.lines().keySet()) {
      if (!members.containsKey(listed)) {
        problems.add(shown(listed) + " is in RECORD but not in the wheel");
      }
    }
    return new RecordCheck(digests, problems.summary());
  }

  private static @Nullable String compare(
      ArchiveMember member,
      RecordFile.Line line,
      boolean digests,
      Map<String, MessageDigest> algorithms,
      byte[] buffer)
      throws ExtractionException, IOException {
    if (!line.size().isEmpty() && !line.size().equals(Long.toString(member.size()))) {
      return "has " + member.size() + " bytes, RECORD says " + shown(line.size());
    }
    if (line.digest().isEmpty()) {
      return "has no digest in RECORD";
    }
    int equals = line.digest().indexOf('=');
    String algorithm = equals < 0 ? line.digest() : line.digest().substring(0, equals);
    String known = ALGORITHMS.get(algorithm);
    if (known == null) {
      return "has a digest of an algorithm that is not allowed: " + shown(algorithm);
    }
    if (!digests) {
      return null;
    }
    MessageDigest digest = algorithms.computeIfAbsent(known, RecordCheck::digest);
    try (InputStream stream = member.stream()) {
      for (int read; (read = stream.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, read);
      }
    } catch (ExtractionIOException e) {
      throw e.damage();
    }
    byte[] found = digest.digest();
    try {
      byte[] expected = Base64.getUrlDecoder().decode(line.digest().substring(equals + 1));
      return Arrays.equals(found, expected) ? null : "has another " + algorithm + " than in RECORD";
    } catch (IllegalArgumentException e) {
      return "has a digest in RECORD that is no Base64";
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static String shown(String text) {
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /** Keeps the first of many. */
  private static final class Problems {

    private @Nullable String first;
    private int more;

    void add(String problem) {
      if (first == null) {
        first = problem;
      } else {
        more++;
      }
    }

    @Nullable String summary() {
      return more == 0 ? first : first + ", and " + more + " more";
    }
  }
}
