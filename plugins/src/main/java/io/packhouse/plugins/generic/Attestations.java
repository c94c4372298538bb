package io.packhouse.plugins.generic;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Attestations of PEP 740 and bundles of Sigstore. The statement in them is read, its signature is
 * not checked.
 */
final class Attestations {

  private static final int MAX_BYTES = 4 << 20;
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2}){16,64}");

  private final Subject subject;
  private final PackageMetadata.Builder target;

  private Attestations(Subject subject, PackageMetadata.Builder target) {
    this.subject = subject;
    this.target = target;
  }

  /**
   * Describes a file named as an attestation.
   *
   * @return null where it is JSON of another kind
   */
  static @Nullable PackageMetadata read(
      Subject subject, String suffix, PackageMetadata.Builder target)
      throws ExtractionException, IOException {
    String name = subject.nameWithout(suffix);
    target
        .column(GenericColumns.KIND, "attestation")
        .column(GenericColumns.BELONGS_TO, name == null ? null : subject.path(name));
    try {
      return new Attestations(subject, target).read(name);
    } catch (ExtractionException e) {
      throw e.withPartial(target.build());
    }
  }

  private @Nullable PackageMetadata read(@Nullable String name)
      throws ExtractionException, IOException {
    PackageFile file = subject.file();
    if (file.size() > MAX_BYTES) {
      throw new ExtractionException(
          "attestation is larger than the limit of " + MAX_BYTES + " bytes: " + file.size());
    }
    byte[] bytes = new byte[(int) file.size()];
    file.slice(0, bytes.length).get(bytes);
    JsonNode root = Json.read(bytes, "attestation");
    String mediaType = Json.text(root, "mediaType");
    if (mediaType != null && mediaType.startsWith("application/vnd.dev.sigstore.bundle")) {
      sigstore(root, mediaType, name);
    } else if (root.path("attestation_bundles").isArray()) {
      provenance(root, name);
    } else if (root.path("envelope").path("statement").isTextual()) {
      target
          .column(GenericColumns.FORMAT, "pep740")
          .column(GenericColumns.FORMAT_VERSION, Json.scalar(root, "version"))
          .column(GenericColumns.COUNT, 1L);
      statement(root.path("envelope").path("statement"), name);
    } else {
      return null;
    }
    return target.build();
  }

  private void provenance(JsonNode root, @Nullable String name) throws ExtractionException {
    target
        .column(GenericColumns.FORMAT, "pep740-provenance")
        .column(GenericColumns.FORMAT_VERSION, Json.scalar(root, "version"));
    long count = 0;
    JsonNode first = null;
    String publisher = null;
    for (JsonNode bundle : root.path("attestation_bundles")) {
      JsonNode by = bundle.path("publisher");
      String kind = Json.text(by, "kind");
      String repository = Json.text(by, "repository");
      if (publisher == null && kind != null) {
        publisher = repository == null ? kind : kind + " " + repository;
      }
      for (JsonNode attestation : bundle.path("attestations")) {
        count++;
        first = first == null ? attestation : first;
      }
    }
    target.column(GenericColumns.PUBLISHER, publisher).column(GenericColumns.COUNT, count);
    if (first != null) {
      statement(first.path("envelope").path("statement"), name);
    }
  }

  private void sigstore(JsonNode root, String mediaType, @Nullable String name)
      throws ExtractionException {
    int version = mediaType.lastIndexOf(".v");
    int parameter = mediaType.indexOf("version=");
    target
        .column(GenericColumns.FORMAT, "sigstore")
        .column(
            GenericColumns.FORMAT_VERSION,
            parameter >= 0
                ? mediaType.substring(parameter + 8)
                : version < 0 ? null : mediaType.substring(version + 2).replaceFirst("\\+.*", ""))
        .column(GenericColumns.COUNT, 1L);
    JsonNode payload = root.path("dsseEnvelope").path("payload");
    if (payload.isTextual()) {
      statement(payload, name);
      return;
    }
    JsonNode digest = root.path("messageSignature").path("messageDigest");
    String algorithm = Json.text(digest, "algorithm");
    byte[] value = base64(digest.path("digest"));
    if (algorithm != null && value != null) {
      digest(algorithm.replaceFirst("(?i)^SHA2_", "sha"), HexFormat.of().formatHex(value), name);
    }
  }

  /** The first subject of an in-toto statement. */
  private void statement(JsonNode encoded, @Nullable String name) throws ExtractionException {
    byte[] bytes = base64(encoded);
    if (bytes == null) {
      throw new ExtractionException("the attestation's statement is not base64");
    }
    JsonNode statement = Json.read(bytes, "the attestation's statement");
    target.column(GenericColumns.PREDICATE_TYPE, Json.text(statement, "predicateType"));
    JsonNode about = statement.path("subject").path(0);
    String stated = Json.text(about, "name");
    String file = name;
    if (file == null && stated != null && stated.indexOf('/') < 0) {
      file = stated;
      target.column(GenericColumns.BELONGS_TO, subject.path(stated));
    }
    for (String algorithm : new String[] {"sha256", "sha512"}) {
      String digest = Json.text(about.path("digest"), algorithm);
      if (digest != null) {
        digest(algorithm, digest, file);
        return;
      }
    }
  }

  private void digest(String algorithm, String digest, @Nullable String file) {
    String lower = algorithm.toLowerCase(Locale.ROOT);
    int length =
        switch (lower) {
          case "sha256" -> 64;
          case "sha384" -> 96;
          case "sha512" -> 128;
          default -> -1;
        };
    if (digest.length() != length || !HEX.matcher(digest).matches()) {
      return;
    }
    String hex = digest.toLowerCase(Locale.ROOT);
    target
        .column(GenericColumns.DIGEST_ALGORITHM, lower)
        .column(GenericColumns.DIGEST, Limits.text(hex));
    if (file != null) {
      DigestCheck.Outcome outcome = new DigestCheck(subject.context()).check(file, lower, hex);
      target
          .column(GenericColumns.DIGEST_OK, outcome.ok())
          .column(GenericColumns.NOT_CHECKED, outcome.reason());
    }
  }

  private static byte @Nullable [] base64(JsonNode node) {
    if (!node.isTextual()) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(node.textValue().getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
