package io.packhouse.plugins.gem;

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

/** Reads gems: all from their specification, and whether their checksums are right. */
public final class GemExtractor implements PackageExtractor {

  private static final String TYPE = "gem";
  private static final Interest INTEREST = Interest.inSuffixes(".gem");

  /** For the service loader. */
  public GemExtractor() {}

  @Override
  public String packageType() {
    return TYPE;
  }

  @Override
  public String name() {
    return TYPE;
  }

  @Override
  public List<ColumnSpec> columns() {
    return GemSpecification.COLUMNS;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (!file.path().endsWith(".gem")) {
      return null;
    }
    GemFiles files = GemFiles.of(file, context);
    ExtractionException damage = files.damage();
    byte[] specification;
    try {
      specification = files.text("metadata");
    } catch (ExtractionException e) {
      // Damage of the tar is why its member is damaged.
      throw damage == null ? e : damage;
    }
    if (specification == null) {
      if (damage == null && !files.isEmpty() && !files.has("data.tar.gz")) {
        return null;
      }
      throw damage == null ? new ExtractionException("gem has no metadata.gz") : damage;
    }
    PackageMetadata.Builder builder =
        GemSpecification.metadata(RubyYaml.read(specification, "metadata"))
            .column("signed", files.signed());
    if (damage == null && !files.has("data.tar.gz")) {
      damage = new ExtractionException("gem has no data.tar.gz");
    }
    if (damage != null) {
      throw damage.withPartial(builder.build());
    }
    try {
      builder.column("checksums_match", files.checksumsMatch());
    } catch (ExtractionException e) {
      throw e.withPartial(builder.build());
    }
    return builder.build();
  }
}
