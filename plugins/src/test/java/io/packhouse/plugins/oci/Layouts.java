package io.packhouse.plugins.oci;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Builds small image layouts by the specification. */
final class Layouts {

  static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

  final Map<String, byte[]> files = new LinkedHashMap<>();

  /** Adds a blob. */
  String blob(String text) {
    String digest = Blobs.sha256(bytes(text));
    files.put("blobs/" + digest.replace(':', '/'), bytes(text));
    return digest;
  }

  /** Adds an image of two layers. */
  String image(String architecture, String annotations) {
    String config =
        blob(
            """
            {"architecture":"%s","os":"linux","created":"2024-01-02T03:04:05Z",
             "config":{"User":"app","ExposedPorts":{"8080/tcp":{},"443/tcp":{}},
              "Entrypoint":["/bin/app"],"Cmd":["--serve"],
              "Labels":{"org.opencontainers.image.licenses":"apache-2.0","maintainer":"Ann",
               "org.opencontainers.image.source":"https://example.org/src"}},
             "rootfs":{"type":"layers","diff_ids":[]}}
            """
                .formatted(architecture));
    String layer = blob("not really a layer of " + architecture);
    return blob(
        """
        {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"%s","size":9},
         "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":100},
          {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":23}],
         "annotations":{%s}}
        """
            .formatted(MANIFEST_TYPE, CONFIG_TYPE, config, layer, layer, annotations));
  }

  /** A descriptor with more members. */
  static String descriptor(String mediaType, String digest, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1%s}"
        .formatted(mediaType, digest, more.isEmpty() ? "" : "," + more);
  }

  static String index(String... descriptors) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
        .formatted(INDEX_TYPE, String.join(",", descriptors));
  }

  /** Adds the index and the layout's mark. */
  Layouts finish(String... descriptors) {
    files.put("index.json", bytes(index(descriptors)));
    files.put("oci-layout", bytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
    return this;
  }

  Layouts file(String name, String text) {
    files.put(name, bytes(text));
    return this;
  }

  byte[] tar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
