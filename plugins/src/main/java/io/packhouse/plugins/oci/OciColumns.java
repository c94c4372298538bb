package io.packhouse.plugins.oci;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The own columns of OCI artifacts. */
final class OciColumns {

  static final String FORMAT = "format";
  static final String LAYOUT_VERSION = "layout_version";
  static final String MEDIA_TYPE = "media_type";
  static final String ARTIFACT_TYPE = "artifact_type";
  static final String DIGEST = "digest";
  static final String DIGEST_OK = "digest_ok";
  static final String CONFIG_DIGEST = "config_digest";
  static final String CONFIG_OK = "config_ok";
  static final String REFERENCES = "references";
  static final String TAG = "tag";
  static final String OS = "os";
  static final String OS_VERSION = "os_version";
  static final String ARCHITECTURE = "architecture";
  static final String VARIANT = "variant";
  static final String PLATFORMS = "platforms";
  static final String LAYERS = "layers";
  static final String LAYER_COUNT = "layer_count";
  static final String LAYER_BYTES = "layer_bytes";
  static final String LABELS = "labels";
  static final String ANNOTATIONS = "annotations";
  static final String BASE_NAME = "base_name";
  static final String BASE_DIGEST = "base_digest";
  static final String ENTRYPOINT = "entrypoint";
  static final String COMMAND = "command";
  static final String USER = "user";
  static final String EXPOSED_PORTS = "exposed_ports";

  static final String LAYER_DIGEST = "digest";
  static final String LAYER_SIZE = "size";
  static final String LAYER_MEDIA_TYPE = "media_type";
  static final String KEY = "key";
  static final String VALUE = "value";

  private static final ColumnType PAIRS =
      new ListOf(
          new StructOf(List.of(string(KEY, "The key."), string(VALUE, "What the key is set to."))));

  static final List<ColumnSpec> ALL =
      List.of(
          string(FORMAT, "How it lies there: oci-layout, oci-archive or docker-archive."),
          string(LAYOUT_VERSION, "The imageLayoutVersion of the file oci-layout."),
          string(MEDIA_TYPE, "The media type of the manifest or index."),
          string(ARTIFACT_TYPE, "The artifactType of the manifest, or its config's media type."),
          string(
              DIGEST,
              "The digest of the manifest or index, as what refers to it has it; null of"
                  + " docker-archive, which has no manifest of a registry."),
          bool(DIGEST_OK, "Whether the manifest has that digest; null where it is not there."),
          string(
              CONFIG_DIGEST, "The digest of the configuration, which Docker calls the image id."),
          bool(CONFIG_OK, "Whether the configuration has that digest; null where not there."),
          strings(REFERENCES, "Names and tags by annotations of the index, or RepoTags."),
          string(TAG, "The tag of the first reference."),
          string(OS, "The operating system, by the index's platform or the configuration."),
          string(OS_VERSION, "The os.version, likewise."),
          string(ARCHITECTURE, "The architecture in Go's words, likewise."),
          string(VARIANT, "The variant of the architecture, likewise."),
          strings(PLATFORMS, "os/architecture[/variant] of all images inside, sorted."),
          new ColumnSpec(
              LAYERS,
              new ListOf(
                  new StructOf(
                      List.of(
                          string(LAYER_DIGEST, "Its digest; of docker-archive its path."),
                          new ColumnSpec(LAYER_SIZE, Scalar.INT64, "Its length in bytes."),
                          string(LAYER_MEDIA_TYPE, "Its media type.")))),
              "The layers, the lowest first, as the manifest has them; their blobs are not read."),
          new ColumnSpec(LAYER_COUNT, Scalar.INT64, "How many layers."),
          new ColumnSpec(LAYER_BYTES, Scalar.INT64, "The sum of the layers' stated lengths."),
          new ColumnSpec(LABELS, PAIRS, "The labels of the configuration."),
          new ColumnSpec(ANNOTATIONS, PAIRS, "The annotations of the manifest or index."),
          string(
              BASE_NAME,
              "The base image: org.opencontainers.image.base.name as annotation or label."),
          string(
              BASE_DIGEST,
              "The base image's digest: org.opencontainers.image.base.digest, likewise."),
          strings(ENTRYPOINT, "The configuration's Entrypoint."),
          strings(COMMAND, "The configuration's Cmd."),
          string(USER, "The configuration's User."),
          strings(EXPOSED_PORTS, "The configuration's ExposedPorts."));

  private OciColumns() {}

  private static ColumnSpec string(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec strings(String name, String meaning) {
    return new ColumnSpec(name, new ListOf(Scalar.STRING), meaning);
  }

  private static ColumnSpec bool(String name, String meaning) {
    return new ColumnSpec(name, Scalar.BOOL, meaning);
  }
}
