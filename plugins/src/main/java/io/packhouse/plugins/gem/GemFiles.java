package io.packhouse.plugins.gem;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Yaml;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a gem, where they lie in the file. One thread. */
final class GemFiles {

  /** Signatures and all; more is no gem. */
  private static final int MAX_MEMBERS = 64;

  /** As checksums.yaml names them, and Java. */
  private static final Map<String, String> ALGORITHMS =
      Map.of("SHA1", "SHA-1", "SHA256", "SHA-256", "SHA512", "SHA-512");

  private final Map<String, PackageFile> members = new HashMap<>();
  private final ExtractionContext context;
  private @Nullable ExtractionException damage;

  private GemFiles(ExtractionContext context) {
    this.context = context;
  }

  /** Finds the members; what went wrong is {@link #damage}. */
  static GemFiles of(PackageFile file, ExtractionContext context) throws IOException {
    GemFiles files = new GemFiles(context);
    try {
      if (context.archives().detect(file) != ArchiveFormat.TAR) {
        throw new ExtractionException("is no tar, as gems are");
      }
      try (MemberStream stream = context.archives().members(file)) {
        for (ArchiveMember member = stream.next();
            member != null && files.members.size() < MAX_MEMBERS;
            member = stream.next()) {
          if (member.kind() == ArchiveMember.Kind.FILE) {
            files.members.putIfAbsent(member.name(), member.file(member.name()));
          }
        }
      }
      // A cut within a header looks like the end to readers of tars.
      if (file.size() % 512 != 0) {
        throw new ExtractionException("gem ends within a block of its tar, at " + file.size());
      }
    } catch (ExtractionException e) {
      files.damage = e;
    } catch (ExtractionIOException e) {
      files.damage = e.damage();
    }
    return files;
  }

  @Nullable ExtractionException damage() {
    return damage;
  }

  /** Whether there is a signature of some member. */
  boolean signed() {
    return members.keySet().stream().anyMatch(name -> name.endsWith(".sig"));
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  /** The inflated bytes of {@code name.gz}, else those of {@code name}; null where neither is. */
  byte @Nullable [] text(String name) throws ExtractionException, IOException {
    PackageFile packed = members.get(name + ".gz");
    PackageFile plain = members.get(name);
    byte[] bytes;
    if (packed != null) {
      try (InputStream in = context.archives().decompress(packed)) {
        bytes = in.readNBytes(Limits.METADATA_BYTES + 1);
      } catch (ExtractionIOException e) {
        throw e.damage();
      }
    } else if (plain != null) {
      bytes = new byte[(int) Math.min(plain.size(), Limits.METADATA_BYTES + 1L)];
      plain.slice(0, bytes.length).get(bytes);
    } else {
      return null;
    }
    if (bytes.length > Limits.METADATA_BYTES) {
      throw new ExtractionException(
          name + " is larger than the limit of " + Limits.METADATA_BYTES + " bytes");
    }
    return bytes;
  }

  /**
   * Compares the members with the digests that the gem states.
   *
   * @return whether all are right; null where it states none that is known
   */
  @Nullable Boolean checksumsMatch() throws ExtractionException, IOException {
    byte[] bytes = text("checksums.yaml");
    Object stated = bytes == null ? null : RubyYaml.read(bytes, "checksums.yaml");
    Boolean match = null;
    for (Map.Entry<String, String> algorithm : ALGORITHMS.entrySet()) {
      if (Yaml.get(stated, algorithm.getKey()) instanceof Map<?, ?> digests) {
        // The members are few; what else is stated is of no member.
        for (String name : new String[] {"metadata.gz", "data.tar.gz"}) {
          PackageFile member = members.get(name);
          String expected = Yaml.text(digests, name);
          if (member != null && expected != null) {
            boolean right = expected.toLowerCase(Locale.ROOT).equals(digest(algorithm, member));
            match = right && !Boolean.FALSE.equals(match);
          }
        }
      }
    }
    return match;
  }

  private String digest(Map.Entry<String, String> algorithm, PackageFile file)
      throws ExtractionException, IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(algorithm.getValue());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm.getValue(), e);
    }
    ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    for (long at = 0; at < file.size(); ) {
      int read = file.read(at, buffer.clear());
      if (read < 0) {
        break;
      }
      digest.update(buffer.flip());
      at += read;
      context.archives().checkTime();
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
