package io.packhouse.plugins.deb;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes Debian packages by their control archive, and their licenses by the copyright file
 * where it lies near the front of the data archive.
 */
public final class DebExtractor implements PackageExtractor {

  /** An ar whose first member is {@code debian-binary}, as {@code deb(5)} has it. */
  private static final Interest INTEREST =
      new Interest(
          List.of(".deb", ".udeb", ".ddeb"),
          List.of(),
          List.of(new Interest.Magic(0, "213c617263683e0a64656269616e2d62696e617279")));

  /** For the service loader. */
  public DebExtractor() {}

  @Override
  public String packageType() {
    return "deb";
  }

  @Override
  public String name() {
    return "deb";
  }

  @Override
  public List<ColumnSpec> columns() {
    return DebColumns.ALL;
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
    if (!INTEREST.matchesHead(file.slice(0, INTEREST.headLength()))) {
      return null;
    }
    DebReader reader = new DebReader(context.archives());
    try {
      reader.read(file);
    } catch (ExtractionException e) {
      throw reader.hasControl() ? e.withPartial(metadata(reader, file)) : e;
    }
    return metadata(reader, file);
  }

  private static PackageMetadata metadata(DebReader reader, PackageFile file)
      throws ExtractionException {
    return new DebMetadata(reader, file.fileName().endsWith(".udeb")).build();
  }
}
