package io.packhouse.extraction.plugins;

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

/** An extractor of a plugin, as hosts see it; it works in a runner. */
record RemoteExtractor(Descriptor descriptor, int ordinal, RunnerPool runners)
    implements PackageExtractor {

  @Override
  public String packageType() {
    return descriptor.packageType();
  }

  @Override
  public String name() {
    return descriptor.name();
  }

  @Override
  public List<ColumnSpec> columns() {
    return descriptor.columns();
  }

  @Override
  public Interest interest() {
    return descriptor.interest();
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    return runners.extract(ordinal, file, context);
  }
}
