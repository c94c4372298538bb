package io.packhouse.plugins.apk;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes Alpine packages of version 2 by their control segment; nothing of the data segment is
 * inflated. Android's packages of the same suffix are zips and not looked at. Those of version 3
 * are told by their magic and said not to be read.
 */
public final class ApkExtractor implements PackageExtractor {

  private static final Interest.Magic GZIP = new Interest.Magic(0, "1f8b08");
  private static final Interest.Magic VERSION_3 = new Interest.Magic(0, "414442");
  private static final Interest INTEREST =
      new Interest(List.of(".apk"), List.of(), List.of(GZIP, VERSION_3));

  /** For the service loader. */
  public ApkExtractor() {}

  @Override
  public String packageType() {
    return "apk";
  }

  @Override
  public String name() {
    return "apk";
  }

  @Override
  public List<ColumnSpec> columns() {
    return ApkMetadata.COLUMNS;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (!INTEREST.matchesPath(file.path())) {
      return null;
    }
    ByteBuffer head = file.slice(0, (int) Math.min(INTEREST.headLength(), file.size()));
    if (VERSION_3.matches(head)) {
      throw new ExtractionException("package of apk version 3 (ADB): only version 2 is read");
    }
    if (!GZIP.matches(head)) {
      return null;
    }
    ApkReader reader = new ApkReader(context.archives());
    try {
      if (!reader.read(file)) {
        return null;
      }
    } catch (ExtractionException e) {
      throw reader.hasInfo() ? e.withPartial(new ApkMetadata(reader, null).build()) : e;
    }
    return checked(file, context, reader);
  }

  private static PackageMetadata checked(
      PackageFile file, ExtractionContext context, ApkReader reader)
      throws ExtractionException, IOException {
    String expected = reader.info().get("datahash");
    if (expected == null || file.size() > DataSegment.MAX_PACKAGE) {
      return new ApkMetadata(reader, null).build();
    }
    DataSegment data = new DataSegment(file, context.archives());
    long offset = data.offset();
    if (offset < 0) {
      return new ApkMetadata(reader, null).build();
    }
    boolean right = data.sha256(offset).equalsIgnoreCase(expected);
    PackageMetadata metadata = new ApkMetadata(reader, right).build();
    if (!right) {
      throw new ExtractionException("data segment at " + offset + " does not match its datahash")
          .withPartial(metadata);
    }
    return metadata;
  }
}
