package io.packhouse.plugins.npm;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.Interest.Magic;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes npm tarballs by the {@code package.json} in their top directory, whatever that is
 * called, and the packages bundled in its {@code node_modules}.
 *
 * <p>Name and version come from the manifest; where that has none, from a path in the layout of a
 * registry. What neither lies in such a layout nor has {@code package} for its top directory is
 * taken for an npm package where its manifest has both, and nothing beside it says that it is a
 * Python source distribution or a Helm chart.
 */
public final class NpmExtractor implements PackageExtractor {

  private static final Interest INTEREST =
      new Interest(List.of(".tgz", ".tar.gz"), List.of(), List.of(new Magic(0, "1f8b08")));

  /** For the service loader. */
  public NpmExtractor() {}

  @Override
  public String packageType() {
    return "npm";
  }

  @Override
  public String name() {
    return "npm";
  }

  @Override
  public List<ColumnSpec> columns() {
    return NpmColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    NpmLayout layout = NpmLayout.parse(file.path());
    NpmArchive archive = new NpmArchive(layout != null);
    if (!archive.read(file, context)) {
      return null;
    }
    String name = layout == null ? null : layout.name();
    String version = layout == null ? null : layout.version();
    ExtractionException damage = archive.damage();
    PackageMetadata metadata;
    try {
      metadata = metadata(archive, name, version);
    } catch (ExtractionException e) {
      if (!archive.isSure()) {
        return null;
      }
      ExtractionException first = damage == null ? e : damage;
      throw layout == null ? first : first.withPartial(NpmManifest.named(name, version).build());
    }
    if (!archive.isSure() && (metadata.purl() == null || metadata.version() == null)) {
      return null;
    }
    if (damage != null) {
      throw damage.withPartial(metadata);
    }
    return metadata;
  }

  private static PackageMetadata metadata(
      NpmArchive archive, @Nullable String name, @Nullable String version)
      throws ExtractionException {
    PackageMetadata.Builder builder = NpmManifest.read(archive.top(), name, version);
    if (archive.isComplete()) {
      builder.column("file_count", archive.files()).column("unpacked_size", archive.bytes());
    } else if (archive.damage() == null && !archive.top().shrinkwrap) {
      builder.column("shrinkwrap", null);
    }
    for (Map.Entry<String, NpmArchive.Contents> bundled : archive.bundled().entrySet()) {
      if (bundled.getValue().manifest != null) {
        String path = bundled.getKey() + "/package.json";
        builder.addNested(new NestedPackage(path, bundled(bundled.getKey(), bundled.getValue())));
      }
    }
    return builder.build();
  }

  /** A bundled package; its directory names it where its manifest does not. */
  private static PackageMetadata bundled(String directory, NpmArchive.Contents contents) {
    int slash = directory.lastIndexOf('/');
    int before = directory.lastIndexOf('/', slash - 1);
    boolean scoped = directory.startsWith("@", before + 1);
    String name = directory.substring((scoped ? before : slash) + 1);
    try {
      return NpmManifest.read(contents, name, null).build();
    } catch (ExtractionException e) {
      // Not worth failing the package around it: npm itself would go on without it.
      return NpmManifest.named(name, null).build();
    }
  }
}
