package io.packhouse.plugins.composer;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes Composer packages by the {@code composer.json} at the root of a zip, or else in its one
 * top directory, as archives of source repositories have it.
 *
 * <p>A zip whose {@code composer.json} gives no name of the form vendor/name is a project and no
 * package: Composer could not refer to it.
 */
public final class ComposerExtractor implements PackageExtractor {

  private static final String MANIFEST = "composer.json";
  private static final int MAX_MANIFEST = 4 << 20;

  /** Of manifests below the root; packages that carry their own dependencies have many. */
  private static final int MAX_FOUND = 100_000;

  /** Local headers only: an empty or prefixed zip holds no package. */
  private static final Interest INTEREST =
      new Interest(List.of(".zip"), List.of(), List.of(new Interest.Magic(0, "504b0304")));

  /** For the service loader. */
  public ComposerExtractor() {}

  @Override
  public String packageType() {
    return "composer";
  }

  @Override
  public String name() {
    return "composer";
  }

  @Override
  public List<ColumnSpec> columns() {
    return ComposerColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    ArchiveMember member;
    try {
      member = manifest(context.archives().zip(file));
    } catch (ExtractionException e) {
      // A zip without a directory to go by may be anybody's.
      return null;
    }
    if (member == null) {
      return null;
    }
    byte[] bytes = member.bytes(MAX_MANIFEST);
    byte[] utf8 = new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    JsonNode manifest = Json.read(utf8, MANIFEST);
    String name = Json.text(manifest, "name");
    return name != null && ComposerManifest.isName(name)
        ? ComposerManifest.read(manifest, name, file.fileName())
        : null;
  }

  private static @Nullable ArchiveMember manifest(ZipDirectory zip)
      throws ExtractionException, IOException {
    ArchiveMember root = zip.find(MANIFEST);
    if (root != null) {
      return root;
    }
    ArchiveMember found = null;
    for (ArchiveMember member : zip.find("", "/" + MANIFEST, MAX_FOUND)) {
      String name = member.name();
      if (name.indexOf('/') == name.length() - MANIFEST.length() - 1) {
        if (found != null && !found.name().equals(name)) {
          // Several top directories: which of them is the package, Composer does not say either.
          return null;
        }
        found = member;
      }
    }
    return found;
  }
}
