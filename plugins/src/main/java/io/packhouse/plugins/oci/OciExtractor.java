package io.packhouse.plugins.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads image layouts, in a folder (the row is that of its {@code index.json}) and in a tar, and
 * what {@code docker save} writes. A tar with both kinds of manifest is read as a layout, which
 * knows the digests that registries use.
 */
public final class OciExtractor implements PackageExtractor {

  private static final String INDEX = "index.json";
  private static final String LAYOUT = "oci-layout";
  private static final Interest INTEREST = Interest.inSuffixes(INDEX, ".tar");

  /** In how many of its first bytes an index.json names its manifests. */
  private static final int HEAD = 4_096;

  /** For the service loader. */
  public OciExtractor() {}

  @Override
  public String packageType() {
    return "oci";
  }

  @Override
  public String name() {
    return "oci";
  }

  @Override
  public List<ColumnSpec> columns() {
    return OciColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (file.fileName().equals(INDEX)) {
      return folder(file, context);
    }
    return file.path().endsWith(".tar") ? tar(file, context) : null;
  }

  private static @Nullable PackageMetadata folder(PackageFile index, ExtractionContext context)
      throws ExtractionException, IOException {
    byte[] head = new byte[(int) Math.min(HEAD, index.size())];
    index.slice(0, head.length).get(head);
    // Of the many files of this name, few need a look beside them.
    if (!new String(head, StandardCharsets.ISO_8859_1).contains("\"manifests\"")) {
      return null;
    }
    BlobSource source = name -> document(context.sibling(name));
    byte[] layout = source.document(LAYOUT);
    if (layout == null) {
      return null;
    }
    byte[] bytes = document(index);
    return bytes == null ? null : layout(bytes, layout, source, "oci-layout");
  }

  private static byte @Nullable [] document(@Nullable PackageFile file)
      throws ExtractionException, IOException {
    if (file == null) {
      return null;
    }
    if (file.size() > BlobSource.MAX_DOCUMENT_BYTES) {
      throw new ExtractionException(
          "document is larger than the limit of "
              + BlobSource.MAX_DOCUMENT_BYTES
              + " bytes: "
              + file.size());
    }
    byte[] bytes = new byte[(int) file.size()];
    file.slice(0, bytes.length).get(bytes);
    return bytes;
  }

  private static @Nullable PackageMetadata tar(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (context.archives().detect(file) != ArchiveFormat.TAR) {
      return null;
    }
    ImageTar tar = ImageTar.read(file, context);
    if (tar == null) {
      return null;
    }
    byte[] layout = tar.document(LAYOUT);
    byte[] index = tar.document(INDEX);
    byte[] manifest = tar.document("manifest.json");
    PackageMetadata metadata = null;
    if (layout != null && index != null) {
      metadata = layout(index, layout, tar, "oci-archive");
    } else if (manifest != null) {
      metadata = docker(manifest, tar);
    }
    if (tar.damage() != null) {
      throw metadata == null ? tar.damage() : tar.damage().withPartial(metadata);
    }
    return metadata;
  }

  private static @Nullable PackageMetadata layout(
      byte[] index, byte[] layout, BlobSource source, String format)
      throws ExtractionException, IOException {
    JsonNode root = Json.read(index, INDEX);
    if (!root.path("manifests").isArray()) {
      return null;
    }
    String version = Json.text(Json.read(layout, LAYOUT), "imageLayoutVersion");
    ImageReader reader = new ImageReader(new Blobs(source), format);
    PackageMetadata metadata = reader.layout(root, version).build();
    if (reader.damage() != null) {
      throw reader.damage().withPartial(metadata);
    }
    return metadata;
  }

  private static @Nullable PackageMetadata docker(byte[] manifest, BlobSource source)
      throws ExtractionException, IOException {
    JsonNode root = Json.read(manifest, "manifest.json");
    if (!root.isArray() || !root.path(0).has("Config")) {
      return null;
    }
    DockerArchive archive = new DockerArchive(source);
    PackageMetadata metadata = archive.read(root).build();
    if (archive.damage() != null) {
      throw archive.damage().withPartial(metadata);
    }
    return metadata;
  }
}
