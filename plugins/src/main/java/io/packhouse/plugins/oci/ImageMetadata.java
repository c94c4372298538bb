package io.packhouse.plugins.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.PackageMetadata;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what annotations, labels and configurations say into metadata. */
final class ImageMetadata {

  private static final String OCI = "org.opencontainers.image.";
  private static final int MAX_PAIRS = 1_000;

  private ImageMetadata() {}

  /**
   * What the keys of the specification tell, of annotations before labels.
   *
   * @param annotations of the manifest or index, a missing node for none
   * @param labels of the configuration, a missing node for none
   */
  static void common(JsonNode annotations, JsonNode labels, PackageMetadata.Builder target) {
    String licenses = text(annotations, labels, "licenses");
    if (licenses != null) {
      target.addLicenseDeclared(licenses).license(Licenses.expression(licenses));
    }
    String authors = text(annotations, labels, "authors");
    if (authors != null) {
      target.addAuthor(authors);
    }
    String description = text(annotations, labels, "description");
    target
        .description(
            Limits.description(
                description == null ? text(annotations, labels, "title") : description))
        .homepage(text(annotations, labels, "url"))
        .vcsUrl(text(annotations, labels, "source"))
        .publishedNanos(nanos(text(annotations, labels, "created")))
        .column(OciColumns.BASE_NAME, text(annotations, labels, "base.name"))
        .column(OciColumns.BASE_DIGEST, text(annotations, labels, "base.digest"))
        .column(OciColumns.ANNOTATIONS, pairs(annotations))
        .column(OciColumns.LABELS, pairs(labels));
  }

  /** What an image's configuration says of how it runs. */
  static void config(JsonNode config, PackageMetadata.Builder target) {
    Long created = nanos(Json.text(config, "created"));
    if (created != null) {
      target.publishedNanos(created);
    }
    JsonNode run = config.path("config");
    target
        .column(OciColumns.ENTRYPOINT, list(Json.texts(run, "Entrypoint")))
        .column(OciColumns.COMMAND, list(Json.texts(run, "Cmd")))
        .column(OciColumns.USER, Json.text(run, "User"));
    List<String> ports = new ArrayList<>();
    run.path("ExposedPorts")
        .fieldNames()
        .forEachRemaining(
            port -> {
              if (ports.size() < MAX_PAIRS) {
                ports.add(port);
              }
            });
    target.column(OciColumns.EXPOSED_PORTS, list(ports.stream().sorted().toList()));
  }

  static @Nullable String text(JsonNode annotations, JsonNode labels, String key) {
    String value = Json.text(annotations, OCI + key);
    return value == null ? Json.text(labels, OCI + key) : value;
  }

  private static @Nullable List<String> list(List<String> values) {
    return values.isEmpty() ? null : values;
  }

  private static @Nullable List<Map<String, Object>> pairs(JsonNode object) {
    List<Map<String, Object>> pairs = new ArrayList<>();
    object
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isTextual() && pairs.size() < MAX_PAIRS) {
                Map<String, Object> pair = new HashMap<>();
                pair.put(OciColumns.KEY, clip(entry.getKey()));
                pair.put(OciColumns.VALUE, clip(entry.getValue().textValue()));
                pairs.add(pair);
              }
            });
    return pairs.isEmpty() ? null : pairs;
  }

  private static String clip(String text) {
    String clipped = Limits.text(text);
    return clipped == null ? "" : clipped;
  }

  /** ns since 1970 of an RFC 3339 time; null where it is none. */
  static @Nullable Long nanos(@Nullable String time) {
    if (time == null || time.length() > 64) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(time.toUpperCase(Locale.ROOT)).toInstant();
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}
