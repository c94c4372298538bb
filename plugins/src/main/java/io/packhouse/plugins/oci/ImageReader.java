package io.packhouse.plugins.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads an index and all that it leads to. What cannot be read costs its own row its details; the
 * first such reason is kept for the whole. For one extraction.
 */
final class ImageReader {

  private static final int MAX_IMAGES = 1_000;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_LAYERS = 1_000;

  private final Blobs blobs;
  private final String format;
  private int images;
  private @Nullable ExtractionException damage;

  ImageReader(Blobs blobs, String format) {
    this.blobs = blobs;
    this.format = format;
  }

  /** The first thing that was wrong; null for none. */
  @Nullable ExtractionException damage() {
    return damage;
  }

  /**
   * The metadata of a layout: of the only image or index in it, or of all with those nested.
   *
   * @param index the layout's index.json
   */
  PackageMetadata.Builder layout(JsonNode index, @Nullable String layoutVersion)
      throws IOException {
    PackageMetadata.Builder target = PackageMetadata.builder(OciColumns.ALL);
    Map<String, List<JsonNode>> byDigest = descriptors(index);
    Set<String> platforms = new TreeSet<>();
    if (byDigest.size() == 1) {
      read(byDigest.values().iterator().next(), Reference.NONE, 0, platforms, target);
    } else {
      target.column(OciColumns.MEDIA_TYPE, Json.text(index, "mediaType"));
      JsonNode annotations = index.path("annotations");
      ImageMetadata.common(annotations, MissingNode.getInstance(), target);
      nest(byDigest, Reference.NONE, 0, platforms, target);
    }
    return target
        .column(OciColumns.FORMAT, format)
        .column(OciColumns.LAYOUT_VERSION, layoutVersion)
        .column(OciColumns.PLATFORMS, platforms.isEmpty() ? null : List.copyOf(platforms));
  }

  /** Descriptors of an index by digest: one image may be there once for each of its tags. */
  private Map<String, List<JsonNode>> descriptors(JsonNode index) {
    Map<String, List<JsonNode>> byDigest = new LinkedHashMap<>();
    for (JsonNode descriptor : index.path("manifests")) {
      String digest = Json.text(descriptor, "digest");
      if (digest == null || !Blobs.isDigest(digest)) {
        damaged(new ExtractionException("index has a descriptor without a usable digest"));
        continue;
      }
      List<JsonNode> same = byDigest.computeIfAbsent(digest, key -> new ArrayList<>());
      if (same.size() < MAX_IMAGES) {
        same.add(descriptor);
      }
      if (byDigest.size() == MAX_IMAGES) {
        break;
      }
    }
    return byDigest;
  }

  private void nest(
      Map<String, List<JsonNode>> byDigest,
      Reference around,
      int depth,
      Set<String> platforms,
      PackageMetadata.Builder target)
      throws IOException {
    for (Map.Entry<String, List<JsonNode>> entry : byDigest.entrySet()) {
      if (++images > MAX_IMAGES) {
        damaged(new ExtractionException("more images than the limit of " + MAX_IMAGES));
        return;
      }
      PackageMetadata.Builder nested = PackageMetadata.builder(OciColumns.ALL);
      nested.column(OciColumns.FORMAT, format);
      Set<String> inner = new TreeSet<>();
      read(entry.getValue(), around, depth + 1, inner, nested);
      nested.column(OciColumns.PLATFORMS, inner.isEmpty() ? null : List.copyOf(inner));
      platforms.addAll(inner);
      String path = "blobs/" + entry.getKey().replace(':', '/');
      target.addNested(new NestedPackage(path, nested.build()));
    }
  }

  /**
   * What one or more descriptors of one digest lead to.
   *
   * @param around the reference of the index that they are in
   */
  private void read(
      List<JsonNode> descriptors,
      Reference around,
      int depth,
      Set<String> platforms,
      PackageMetadata.Builder target)
      throws IOException {
    JsonNode descriptor = descriptors.getFirst();
    String digest = Json.text(descriptor, "digest");
    List<String> names = references(descriptors);
    Reference reference = names.isEmpty() ? around : reference(descriptor, names.getFirst());
    Platform platform = Platform.of(descriptor.path("platform"));
    target
        .version(digest)
        .column(OciColumns.DIGEST, digest)
        .column(OciColumns.MEDIA_TYPE, Json.text(descriptor, "mediaType"))
        .column(OciColumns.ARTIFACT_TYPE, Json.text(descriptor, "artifactType"))
        .column(OciColumns.REFERENCES, names.isEmpty() ? null : names)
        .column(OciColumns.TAG, reference.tag());
    try {
      Blobs.Blob blob = blobs.find(digest);
      if (blob != null) {
        target.column(OciColumns.DIGEST_OK, blob.ok());
        JsonNode manifest = Json.read(blob.bytes(), "manifest " + digest);
        platform = manifest(manifest, platform, reference, depth, platforms, target);
      }
    } catch (ExtractionException e) {
      damaged(e);
    }
    String text = platform.text();
    if (text != null) {
      platforms.add(text);
    }
    platform.put(target);
    target.name(reference.name()).purl(reference.purl(digest, platform.architecture()));
  }

  private Platform manifest(
      JsonNode manifest,
      Platform platform,
      Reference reference,
      int depth,
      Set<String> platforms,
      PackageMetadata.Builder target)
      throws ExtractionException, IOException {
    if (Json.text(manifest, "mediaType") != null) {
      target.column(OciColumns.MEDIA_TYPE, Json.text(manifest, "mediaType"));
    }
    JsonNode annotations = manifest.path("annotations");
    if (manifest.path("manifests").isArray()) {
      ImageMetadata.common(annotations, MissingNode.getInstance(), target);
      base(annotations, MissingNode.getInstance(), target);
      if (depth == MAX_DEPTH) {
        throw new ExtractionException("indices nest deeper than " + MAX_DEPTH);
      }
      nest(descriptors(manifest), reference, depth, platforms, target);
      return platform;
    }
    layers(manifest.path("layers"), target);
    JsonNode descriptor = manifest.path("config");
    String configDigest = Json.text(descriptor, "digest");
    String configType = Json.text(descriptor, "mediaType");
    boolean image = isImageConfig(configType);
    String artifactType = Json.text(manifest, "artifactType");
    if (artifactType != null || !image) {
      target.column(OciColumns.ARTIFACT_TYPE, artifactType == null ? configType : artifactType);
    }
    target.column(OciColumns.CONFIG_DIGEST, configDigest);
    Blobs.Blob blob = blobs.find(configDigest);
    if (blob == null) {
      ImageMetadata.common(annotations, MissingNode.getInstance(), target);
      base(annotations, MissingNode.getInstance(), target);
      return platform;
    }
    target.column(OciColumns.CONFIG_OK, blob.ok());
    JsonNode config = MissingNode.getInstance();
    try {
      config = image ? Json.read(blob.bytes(), "configuration " + configDigest) : config;
    } catch (ExtractionException e) {
      damaged(e);
    }
    return configured(config, annotations, platform, target);
  }

  private static Platform configured(
      JsonNode config, JsonNode annotations, Platform platform, PackageMetadata.Builder target) {
    JsonNode labels = config.path("config").path("Labels");
    ImageMetadata.common(annotations, labels, target);
    base(annotations, labels, target);
    ImageMetadata.config(config, target);
    return platform.orElse(Platform.of(config));
  }

  /** The base image as a dependency. */
  private static void base(JsonNode annotations, JsonNode labels, PackageMetadata.Builder target) {
    String name = ImageMetadata.text(annotations, labels, "base.name");
    String digest = ImageMetadata.text(annotations, labels, "base.digest");
    if (name != null) {
      Reference base = Reference.parse(name);
      String usable = Blobs.isDigest(digest) ? digest : null;
      target.addDependency(new Dependency(base.purl(usable, null), name, digest, "base", false));
    }
  }

  private static void layers(JsonNode layers, PackageMetadata.Builder target) {
    List<Map<String, Object>> rows = new ArrayList<>();
    long bytes = 0;
    for (JsonNode layer : layers) {
      Long size = Json.number(layer, "size");
      bytes = size == null || size < 0 || bytes > Long.MAX_VALUE - size ? bytes : bytes + size;
      if (rows.size() < MAX_LAYERS) {
        Map<String, Object> row = new HashMap<>();
        put(row, OciColumns.LAYER_DIGEST, Json.text(layer, "digest"));
        put(row, OciColumns.LAYER_SIZE, size);
        put(row, OciColumns.LAYER_MEDIA_TYPE, Json.text(layer, "mediaType"));
        rows.add(row);
      }
    }
    target
        .column(OciColumns.LAYERS, rows)
        .column(OciColumns.LAYER_COUNT, (long) layers.size())
        .column(OciColumns.LAYER_BYTES, bytes);
  }

  private static void put(Map<String, Object> row, String key, @Nullable Object value) {
    if (value != null) {
      row.put(key, value);
    }
  }

  private static boolean isImageConfig(@Nullable String mediaType) {
    return "application/vnd.oci.image.config.v1+json".equals(mediaType)
        || "application/vnd.docker.container.image.v1+json".equals(mediaType);
  }

  /** Names in annotations, the fuller before the bare tag. */
  private static List<String> references(List<JsonNode> descriptors) {
    List<String> names = new ArrayList<>();
    for (JsonNode descriptor : descriptors) {
      JsonNode annotations = descriptor.path("annotations");
      for (String key : List.of("io.containerd.image.name", "org.opencontainers.image.ref.name")) {
        String name = Json.text(annotations, key);
        if (name != null && !names.contains(name) && names.size() < Limits.ITEMS) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private static Reference reference(JsonNode descriptor, String first) {
    JsonNode annotations = descriptor.path("annotations");
    return Json.text(annotations, "io.containerd.image.name") == null
        ? Reference.ofRefName(first)
        : Reference.parse(first);
  }

  private void damaged(ExtractionException e) {
    damage = damage == null ? e : damage;
  }
}
