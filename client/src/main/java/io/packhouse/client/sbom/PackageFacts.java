package io.packhouse.client.sbom;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.Entry;
import io.packhouse.plugins.common.Licenses;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bill says of a package, or of a file that is none.
 *
 * @param path in the archive; as listings show it where it is not UTF-8
 * @param name the package's, or where it has none that of its file
 * @param expression an SPDX expression of listed licenses
 * @param declared licenses in the package's own words
 * @param homepage a URI
 * @param vcs a URI
 * @param error why it could not be understood whole
 * @param digests in hexadecimal by the names that JCA has for them, and {@code BLAKE3}
 * @param dependencies as the index has them
 */
record PackageFacts(
    String path,
    @Nullable String type,
    @Nullable String purl,
    @Nullable String namespace,
    String name,
    @Nullable String version,
    @Nullable String expression,
    List<String> declared,
    List<String> authors,
    @Nullable String description,
    @Nullable String homepage,
    @Nullable String vcs,
    @Nullable Instant published,
    @Nullable String repository,
    @Nullable String error,
    Map<String, String> digests,
    List<Map<?, ?>> dependencies) {

  private static final Pattern REFERENCE = Pattern.compile("(License|Document)Ref-");

  static PackageFacts of(Entry entry) throws IOException {
    byte[] bytes = entry.pathBytes();
    String path = PathText.isUtf8(bytes) ? PathText.text(bytes) : PathText.display(bytes);
    String type = entry.packageType();
    boolean isPackage = type != null && !type.equals(PackageOrder.GENERIC);
    Map<String, Object> columns = isPackage ? entry.packageColumns() : Map.of();
    String name = isPackage ? entry.name() : null;
    return new PackageFacts(
        path,
        isPackage ? type : null,
        entry.purl(),
        entry.namespace(),
        name == null || name.isBlank() ? path.substring(path.lastIndexOf('/') + 1) : name,
        entry.version(),
        expression(entry.license()),
        texts(columns.get("licenses_declared")),
        texts(columns.get("authors")),
        (String) columns.get("description"),
        uri(columns.get("homepage")),
        uri(columns.get("vcs_url")),
        columns.get("published") instanceof Long nanos ? time(nanos) : null,
        entry.repository(),
        (String) columns.get("extract_error"),
        digests(entry),
        maps(columns.get("dependencies")));
  }

  /** A moment as bills have it: whole seconds, four digits for the year. */
  static Instant time(long nanos) {
    return Instant.EPOCH.plusNanos(nanos).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Listed licenses alone, whoever wrote the index: others would have to be explained. */
  private static @Nullable String expression(@Nullable String license) {
    String canonical = license == null ? null : Licenses.canonical(license);
    return canonical == null || REFERENCE.matcher(canonical).find() ? null : canonical;
  }

  private static @Nullable String uri(@Nullable Object text) {
    if (!(text instanceof String candidate)) {
      return null;
    }
    try {
      URI uri = new URI(candidate.strip());
      return uri.isAbsolute() ? uri.toASCIIString() : null;
    } catch (URISyntaxException e) {
      return null; // what a package says of itself need not be right; a bill that has it would not
      // be
    }
  }

  private static List<String> texts(@Nullable Object list) {
    return list instanceof List<?> values
        ? values.stream().filter(Objects::nonNull).map(Object::toString).toList()
        : List.of();
  }

  private static List<Map<?, ?>> maps(@Nullable Object list) {
    return list instanceof List<?> values
        ? values.stream().<Map<?, ?>>map(value -> (Map<?, ?>) value).toList()
        : List.of();
  }

  private static Map<String, String> digests(Entry entry) throws IOException {
    Map<String, String> digests = new LinkedHashMap<>();
    byte[] blake3 = entry.blake3();
    if (blake3 != null) {
      digests.put("BLAKE3", HexFormat.of().formatHex(blake3));
      for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
        byte[] digest = entry.digest(algorithm);
        if (digest != null) {
          digests.put(algorithm.standardName(), HexFormat.of().formatHex(digest));
        }
      }
    }
    return digests;
  }
}
