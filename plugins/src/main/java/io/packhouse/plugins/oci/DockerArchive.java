package io.packhouse.plugins.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The manifest.json that {@code docker save} writes: images by their configurations. */
final class DockerArchive {

  private static final int MAX_IMAGES = 1_000;
  private static final Pattern HEX = Pattern.compile("(?:^|[/:])([0-9a-f]{64})(?:\\.json)?$");

  private final BlobSource source;
  private @Nullable ExtractionException damage;

  DockerArchive(BlobSource source) {
    this.source = source;
  }

  /** The first thing that was wrong; null for none. */
  @Nullable ExtractionException damage() {
    return damage;
  }

  /** The metadata of the only image, or of none with all nested. */
  PackageMetadata.Builder read(JsonNode manifest) throws IOException {
    PackageMetadata.Builder target = PackageMetadata.builder(OciColumns.ALL);
    if (manifest.size() == 1) {
      image(manifest.get(0), target);
    } else {
      Set<String> paths = new HashSet<>();
      for (JsonNode entry : manifest) {
        String config = Json.text(entry, "Config");
        if (paths.size() == MAX_IMAGES) {
          damage = new ExtractionException("more images than the limit of " + MAX_IMAGES);
          break;
        }
        if (isPath(config) && config != null && paths.add(config)) {
          PackageMetadata.Builder nested = PackageMetadata.builder(OciColumns.ALL);
          image(entry, nested);
          target.addNested(new NestedPackage(config, nested.build()));
        }
      }
    }
    return target.column(OciColumns.FORMAT, "docker-archive");
  }

  private void image(JsonNode entry, PackageMetadata.Builder target) throws IOException {
    List<String> names = Json.texts(entry, "RepoTags");
    Reference reference = names.isEmpty() ? Reference.NONE : Reference.parse(names.getFirst());
    List<String> layers = Json.texts(entry, "Layers");
    List<Map<String, Object>> rows =
        layers.stream().limit(1_000).map(DockerArchive::layer).toList();
    target
        .column(OciColumns.FORMAT, "docker-archive")
        .column(OciColumns.REFERENCES, names.isEmpty() ? null : names)
        .column(OciColumns.TAG, reference.tag())
        .column(OciColumns.LAYERS, rows)
        .column(OciColumns.LAYER_COUNT, (long) layers.size())
        .name(reference.name());
    Platform platform = Platform.of(MissingNode.getInstance());
    String path = Json.text(entry, "Config");
    try {
      byte[] bytes = path == null ? null : source.document(path);
      if (path != null && bytes != null) {
        String digest = Blobs.sha256(bytes);
        Matcher named = HEX.matcher(path);
        target
            .column(OciColumns.CONFIG_DIGEST, digest)
            .column(
                OciColumns.CONFIG_OK, named.find() ? digest.endsWith(":" + named.group(1)) : null);
        JsonNode config = Json.read(bytes, "configuration " + Limits.description(path));
        ImageMetadata.common(
            MissingNode.getInstance(), config.path("config").path("Labels"), target);
        ImageMetadata.config(config, target);
        platform = Platform.of(config);
      }
    } catch (ExtractionException e) {
      damage = damage == null ? e : damage;
    }
    String text = platform.text();
    target.column(OciColumns.PLATFORMS, text == null ? null : List.of(text));
    platform.put(target);
    target.purl(reference.purl(null, platform.architecture()));
  }

  private static Map<String, Object> layer(String path) {
    Map<String, Object> row = new HashMap<>();
    row.put(OciColumns.LAYER_DIGEST, path);
    return row;
  }

  private static boolean isPath(@Nullable String path) {
    if (path == null || path.length() > 1_000) {
      return false;
    }
    for (String name : path.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
        return false;
      }
    }
    return true;
  }
}
