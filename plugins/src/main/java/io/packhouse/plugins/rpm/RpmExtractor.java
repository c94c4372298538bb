package io.packhouse.plugins.rpm;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes RPM packages by their headers; the payload is not read. A main header that does not
 * match the SHA-256 digest beside its signatures, or a file shorter than it states, is an error
 * with what the header says.
 */
public final class RpmExtractor implements PackageExtractor {

  private static final Interest INTEREST =
      new Interest(List.of(".rpm"), List.of(), List.of(new Interest.Magic(0, "edabeedb")));

  private static final int LEAD = 96;
  private static final int LEAD_MAJOR = 4;
  private static final int ALIGNMENT = 8;
  private static final int DIGEST_PIECE = 1 << 20;

  /** For the service loader. */
  public RpmExtractor() {}

  @Override
  public String packageType() {
    return "rpm";
  }

  @Override
  public String name() {
    return "rpm";
  }

  @Override
  public List<ColumnSpec> columns() {
    return RpmColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (!INTEREST.matchesPath(file.path()) || file.size() < INTEREST.headLength()) {
      return null;
    }
    ByteBuffer lead = file.slice(0, (int) Math.min(LEAD, file.size()));
    if (!INTEREST.matchesHead(lead)) {
      return null;
    }
    if (lead.limit() < LEAD) {
      throw new ExtractionException("lead ends outside the file");
    }
    RpmHeader signature = RpmHeader.read(file, LEAD, "signature header");
    long start = (signature.end() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    RpmHeader main = RpmHeader.read(file, start, "main header");
    PackageMetadata metadata =
        new RpmMetadata(signature, main, lead.get(LEAD_MAJOR) & 0xFF).build();
    try {
      checkSize(file, signature, start);
      checkDigest(file, signature, start, main.end());
    } catch (ExtractionException e) {
      throw e.withPartial(metadata);
    }
    return metadata;
  }

  private static void checkSize(PackageFile file, RpmHeader signature, long start)
      throws ExtractionException {
    Long size = signature.number(RpmTags.SIGNED_LONG_SIZE);
    if (size == null) {
      size = signature.number(RpmTags.SIGNED_SIZE);
    }
    long found = file.size() - start;
    if (size != null && found < size) {
      throw new ExtractionException(
          "file ends early: headers and payload are " + size + " bytes, found " + found);
    }
  }

  private static void checkDigest(PackageFile file, RpmHeader signature, long start, long end)
      throws ExtractionException, IOException {
    String expected = signature.text(RpmTags.SIGNED_SHA256);
    if (expected == null) {
      return;
    }
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    for (long at = start; at < end; ) {
      int length = (int) Math.min(DIGEST_PIECE, end - at);
      sha256.update(file.slice(at, length));
      at += length;
    }
    if (!HexFormat.of().formatHex(sha256.digest()).equalsIgnoreCase(expected)) {
      throw new ExtractionException("main header does not match its SHA-256 digest");
    }
  }
}
