package io.packhouse.sql;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Archives to ask, and how to ask them. */
final class Samples {
  private static final String LOG4J = "org.apache.logging.log4j";

  private Samples() {}

  /** Poms, a jar that has another in it, files twice. */
  static Path maven(Path folder) throws Exception {
    Path tree = folder.resolve("m2");
    pom(tree, LOG4J, "log4j-core", "2.14.1", dependency(LOG4J, "log4j-api", "2.14.1", "compile"));
    pom(tree, LOG4J, "log4j-core", "2.17.2", dependency(LOG4J, "log4j-api", "2.17.2", "compile"));
    pom(tree, "org.acme", "shop", "1.0", dependency(LOG4J, "log4j-core", "2.14.1", "runtime"));
    Files.write(tree.resolve("org/acme/shop/1.0/shop-1.0.jar"), shaded());
    Files.writeString(tree.resolve("a.txt"), "the same\n".repeat(100));
    Files.writeString(tree.resolve("b.txt"), "the same\n".repeat(100));
    return pack(tree, folder.resolve("m2.pkh"));
  }

  /** Packages of npm. */
  static Path npm(Path folder) throws Exception {
    Path tree = folder.resolve("node");
    Files.createDirectories(tree);
    tarball(
        tree.resolve("left-pad-1.3.0.tgz"),
        "{\"name\":\"left-pad\",\"version\":\"1.3.0\",\"license\":\"WTFPL\",\"description\":\"pads\"}");
    tarball(
        tree.resolve("cart-0.2.0.tgz"),
        "{\"name\":\"@acme/cart\",\"version\":\"0.2.0\",\"license\":\"MIT\","
            + "\"dependencies\":{\"left-pad\":\"^1.3.0\"}}");
    Files.writeString(tree.resolve("a.txt"), "the same\n".repeat(100));
    return pack(tree, folder.resolve("node.pkh"));
  }

  private static void tarball(Path file, String manifest) throws IOException {
    byte[] json = manifest.getBytes(StandardCharsets.UTF_8);
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      TarArchiveEntry entry = new TarArchiveEntry("package/package.json");
      entry.setSize(json.length);
      tar.putArchiveEntry(entry);
      tar.write(json);
      tar.closeArchiveEntry();
    }
  }

  private static void pom(Path tree, String group, String artifact, String version, String more)
      throws IOException {
    Path folder = tree.resolve(group.replace('.', '/')).resolve(artifact).resolve(version);
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(artifact + "-" + version + ".pom"), pom(group, artifact, version, more));
  }

  private static String pom(String group, String artifact, String version, String more) {
    return "<project><modelVersion>4.0.0</modelVersion><groupId>"
        + group
        + "</groupId><artifactId>"
        + artifact
        + "</artifactId><version>"
        + version
        + "</version><licenses><license><name>Apache License, Version 2.0</name></license>"
        + "</licenses><dependencies>"
        + more
        + "</dependencies></project>";
  }

  private static String dependency(String group, String artifact, String version, String scope) {
    return "<dependency><groupId>"
        + group
        + "</groupId><artifactId>"
        + artifact
        + "</artifactId><version>"
        + version
        + "</version><scope>"
        + scope
        + "</scope></dependency>";
  }

  private static byte[] shaded() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      for (String[] each :
          new String[][] {{"org.acme", "shop", "1.0"}, {LOG4J, "log4j-core", "2.14.1"}}) {
        String folder = "META-INF/maven/" + each[0] + "/" + each[1] + "/";
        jar.putNextEntry(new ZipEntry(folder + "pom.xml"));
        jar.write(pom(each[0], each[1], each[2], "").getBytes(StandardCharsets.UTF_8));
        jar.putNextEntry(new ZipEntry(folder + "pom.properties"));
        jar.write(
            ("groupId=" + each[0] + "\nartifactId=" + each[1] + "\nversion=" + each[2] + "\n")
                .getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static Path pack(Path tree, Path archive) throws Exception {
    PackOptions options =
        PackOptions.defaults()
            .withExtractors(
                new ExtractorHost(
                    ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT));
    new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE).pack(archive);
    return archive;
  }

  /** The rows of a result, each as texts by column. */
  static List<Map<String, String>> rows(SqlEngine engine, String sql, SqlLimits limits)
      throws IOException {
    try (InputStream in = engine.query(sql, limits)) {
      return rows(in);
    }
  }

  /** The rows of an Arrow IPC stream, each as texts by column. */
  static List<Map<String, String>> rows(InputStream in) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        for (int row = 0; row < root.getRowCount(); row++) {
          Map<String, String> values = new LinkedHashMap<>();
          for (FieldVector vector : root.getFieldVectors()) {
            values.put(vector.getName(), String.valueOf(vector.getObject(row)));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }
}
