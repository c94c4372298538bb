package io.packhouse.plugins.nuget;

import io.packhouse.plugins.common.XmlElement;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code .nupkg} and {@code .snupkg}: the nuspec at the root of the zip, and the names of its
 * other members.
 */
public final class NugetExtractor implements PackageExtractor {

  private static final Interest INTEREST = Interest.inSuffixes(".nupkg", ".snupkg");
  private static final int MAX_NUSPEC_BYTES = 4 << 20;

  /** For the service loader. */
  public NugetExtractor() {}

  @Override
  public String packageType() {
    return "nuget";
  }

  @Override
  public String name() {
    return "nuget";
  }

  @Override
  public List<ColumnSpec> columns() {
    return NugetColumns.ALL;
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
    if (file.size() == 0) {
      throw new ExtractionException("file is empty");
    }
    Frameworks frameworks = new Frameworks();
    Contents contents = Contents.of(context.archives().zip(file).members(), frameworks);
    PackageMetadata.Builder metadata = PackageMetadata.builder(NugetColumns.ALL);
    metadata
        .column(NugetColumns.PACKAGING, file.path().endsWith(".snupkg") ? "snupkg" : "nupkg")
        .column(NugetColumns.SIGNED, contents.isSigned())
        .column(NugetColumns.HAS_NATIVE, contents.hasNative())
        .column(NugetColumns.HAS_TOOLS, contents.hasTools())
        .column(NugetColumns.HAS_ANALYZERS, contents.hasAnalyzers())
        .column(NugetColumns.HAS_BUILD_FILES, contents.hasBuildFiles());
    ArchiveMember nuspec = contents.nuspec();
    if (nuspec == null) {
      throw new ExtractionException("no nuspec at the root").withPartial(metadata.build());
    }
    byte[] document = nuspec.bytes(MAX_NUSPEC_BYTES);
    XmlElement root = XmlElement.parse("nuspec", new ByteArrayInputStream(document));
    String wrong = Nuspec.of(root, frameworks).describe(metadata);
    Set<String> names = frameworks.names();
    metadata.column(NugetColumns.FRAMEWORKS, names.isEmpty() ? null : List.copyOf(names));
    if (wrong != null) {
      throw new ExtractionException(wrong).withPartial(metadata.build());
    }
    return metadata.build();
  }
}
