package io.packhouse.plugins.golang;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The digest {@code h1:} as {@code Hash1} of golang.org/x/mod/sumdb/dirhash defines it: the base64
 * of the SHA-256 over a line {@code <hex of SHA-256> <name>} for each file, sorted by name.
 */
final class ModuleHash {

  /** What Go refuses to unpack, and so has no digest of: MaxZipFile of golang.org/x/mod/zip. */
  private static final long MAX_INFLATED = 500L << 20;

  private ModuleHash() {}

  /** Of a module's zip; null where it is larger than Go accepts, or has a name twice. */
  static @Nullable String ofZip(List<ArchiveMember> members)
      throws ExtractionException, IOException {
    long inflated = 0;
    for (ArchiveMember member : members) {
      inflated += Math.clamp(member.size(), 0, MAX_INFLATED + 1);
      if (inflated > MAX_INFLATED || member.name().indexOf('\n') >= 0) {
        return null;
      }
    }
    // By UTF-8 bytes, as Go compares.
    TreeMap<String, byte[]> digests = new TreeMap<>(ModuleHash::compare);
    byte[] buffer = new byte[64 << 10];
    for (ArchiveMember member : members) {
      if (member.kind() == ArchiveMember.Kind.DIRECTORY) {
        return null;
      }
      MessageDigest sha256 = sha256();
      try (InputStream in = member.stream()) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          sha256.update(buffer, 0, read);
        }
      } catch (ExtractionIOException e) {
        throw e.damage();
      }
      if (digests.put(member.name(), sha256.digest()) != null) {
        return null;
      }
    }
    return of(digests);
  }

  /** Of a go.mod by itself, as go.sum has it. */
  static String ofGoMod(byte[] bytes) {
    TreeMap<String, byte[]> one = new TreeMap<>();
    one.put("go.mod", sha256().digest(bytes));
    return of(one);
  }

  private static String of(Map<String, byte[]> digests) {
    MessageDigest all = sha256();
    digests.forEach(
        (name, digest) ->
            all.update(
                (HexFormat.of().formatHex(digest) + "  " + name + "\n")
                    .getBytes(StandardCharsets.UTF_8)));
    return "h1:" + Base64.getEncoder().encodeToString(all.digest());
  }

  private static int compare(String a, String b) {
    return java.util.Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
