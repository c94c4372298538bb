package io.packhouse.plugins.cargo;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Toml;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads crates. All is taken from the manifest as Cargo packed it; where that cannot be read the
 * crate directory tells name and version.
 */
public final class CargoExtractor implements PackageExtractor {

  private static final String TYPE = "cargo";
  private static final Interest INTEREST = Interest.inSuffixes(".crate");

  /** For the service loader. */
  public CargoExtractor() {}

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
    return CargoColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (!file.path().endsWith(".crate")) {
      return null;
    }
    CrateFiles files = CrateFiles.read(file, context);
    ExtractionException damage = files.damage();
    byte[] manifest = files.manifest();
    if (manifest == null) {
      if (damage == null && files.directory() == null) {
        return null;
      }
      throw withDirectory(
          damage == null ? new ExtractionException("crate has no Cargo.toml") : damage, files);
    }
    PackageMetadata metadata;
    try {
      JsonNode toml = Toml.read(manifest, "Cargo.toml");
      metadata = CargoManifest.metadata(toml, files);
    } catch (ExtractionException e) {
      throw withDirectory(e, files);
    }
    if (damage != null) {
      throw damage.withPartial(metadata);
    }
    return metadata;
  }

  private static ExtractionException withDirectory(ExtractionException e, CrateFiles files) {
    String directory = files.directory();
    if (directory == null) {
      return e;
    }
    Matcher coordinates = Directory.NAME_VERSION.matcher(directory);
    if (!coordinates.matches()) {
      return e;
    }
    String name = coordinates.group(1);
    String version = coordinates.group(2);
    return e.withPartial(
        PackageMetadata.builder(CargoColumns.ALL)
            .purl(purl(name, version))
            .name(name)
            .version(version)
            .build());
  }

  static String purl(String name, @Nullable String version) {
    return Purl.of(TYPE, null, name, version, Collections.emptySortedMap());
  }

  /** Compiled when first needed. */
  private static final class Directory {
    static final Pattern NAME_VERSION =
        Pattern.compile(
            "([A-Za-z0-9_][A-Za-z0-9_-]{0,200}?)-(\\d+\\.\\d+\\.\\d+(?:[-+].{1,200})?)");
  }
}
