package io.packhouse.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packages of Maven, npm and Debian whose metadata a delta takes from its base: what it then says
 * of them is what a pack says that has no base.
 */
class ReusedMetadataTest {
  private static final String LIB = "org/a/lib/1.0/lib-1.0";
  private static final String PARENT = "org/a/parent/1/parent-1.pom";

  @TempDir Path temp;
  private Path tree;
  private int archives;

  @BeforeEach
  void fill() throws Exception {
    tree = Files.createDirectory(temp.resolve("tree"));
    file(PARENT, parent("MIT"));
    file(
        LIB + ".pom",
        pom(
            "<parent><groupId>org.a</groupId><artifactId>parent</artifactId>"
                + "<version>1</version></parent><artifactId>lib</artifactId>"
                + "<version>1.0</version><dependencies><dependency><groupId>org.b</groupId>"
                + "<artifactId>other</artifactId><version>2</version></dependency></dependencies>"));
    byte[] inner =
        zip(
            "META-INF/maven/org.in/in/pom.properties",
            "groupId=org.in\nartifactId=in\nversion=3\n");
    file(LIB + ".jar", zip("lib/in-3.jar", new String(inner, ISO_8859_1), "a/A.class", "no class"));
    for (String suffix : new String[] {".jar", ".pom"}) {
      file(LIB + suffix + ".sha1", sha1(Files.readAllBytes(tree.resolve(LIB + suffix))));
    }
    file("shaded.war", zip("WEB-INF/lib/lib-1.0.jar", "no jar"));
    file(
        "npm/left/-/left-1.0.0.tgz",
        gzip(
            tar(
                "package/package.json",
                "{\"name\":\"left\",\"version\":\"1.0.0\",\"license\":\"ISC\"}")));
    file("npm/broken.tgz", gzip("not a tar".getBytes(UTF_8)));
    byte[] control =
        "Package: hello\nVersion: 2.10-3\nArchitecture: amd64\nMaintainer: S V <s@v.org>\nDepends: libc6 (>= 2.34)\nDescription: example\n"
            .getBytes(UTF_8);
    file(
        "pool/hello_2.10-3_amd64.deb",
        ar(
            "debian-binary",
            "2.0\n".getBytes(UTF_8),
            "control.tar.gz",
            gzip(tar("./control", new String(control, UTF_8))),
            "data.tar.gz",
            gzip(tar("./usr/share/doc/hello/x", "x"))));
    file("SHA256SUMS", "0".repeat(64) + "  shaded.war\n" + "1".repeat(64) + "  nothing\n");
    file("README.zip", "no zip");
  }

  private static byte[] pom(String body) {
    return ("<project><modelVersion>4.0.0</modelVersion>" + body + "</project>").getBytes(UTF_8);
  }

  private static byte[] parent(String license) {
    return pom(
        "<groupId>org.a</groupId><artifactId>parent</artifactId><version>1</version>"
            + "<packaging>pom</packaging><licenses><license><name>"
            + license
            + "</name></license></licenses>");
  }

  private void file(String name, byte[] contents) throws IOException {
    Path file = tree.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, contents);
  }

  private void file(String name, String contents) throws IOException {
    file(name, contents.getBytes(UTF_8));
  }

  private static String sha1(byte[] contents) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(contents));
  }

  /**
   * @param members names and contents, a byte a character
   */
  private static byte[] zip(String... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < members.length; i += 2) {
        zip.putNextEntry(new ZipEntry(members[i]));
        zip.write(members[i + 1].getBytes(ISO_8859_1));
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] contents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(contents);
    }
    return bytes.toByteArray();
  }

  private static byte[] tar(String name, String contents) {
    byte[] data = contents.getBytes(UTF_8);
    byte[] tar = new byte[512 + (data.length + 511) / 512 * 512 + 1024];
    put(tar, 0, name);
    put(tar, 100, "0000644\0");
    put(tar, 108, "0000000\0");
    put(tar, 116, "0000000\0");
    put(tar, 124, "%011o\0".formatted(data.length));
    put(tar, 136, "00000000000\0");
    put(tar, 148, "        0");
    put(tar, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[i];
    }
    put(tar, 148, "%06o\0 ".formatted(sum));
    System.arraycopy(data, 0, tar, 512, data.length);
    return tar;
  }

  private static void put(byte[] tar, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, tar, at, bytes.length);
  }

  /**
   * @param members names and contents
   */
  private static byte[] ar(Object... members) throws IOException {
    ByteArrayOutputStream ar = new ByteArrayOutputStream();
    ar.write("!<arch>\n".getBytes(UTF_8));
    for (int i = 0; i < members.length; i += 2) {
      byte[] data = (byte[]) members[i + 1];
      String head =
          "%-16s%-12d%-6d%-6d%-8s%-10d`\n".formatted(members[i], 0, 0, 0, "100644", data.length);
      ar.write(head.getBytes(UTF_8));
      ar.write(data);
      if (data.length % 2 != 0) {
        ar.write('\n');
      }
    }
    return ar.toByteArray();
  }

  private static ExtractorHost host(String identity) {
    return new ExtractorHost(
            ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT)
        .identifiedBy(identity);
  }

  private Path pack(Path base, String identity) throws Exception {
    Path to = temp.resolve("archive-" + archives++ + ".pkh");
    PackOptions options = PackOptions.defaults().withExtractors(host(identity));
    Packer packer = new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE);
    if (base == null) {
      packer.pack(to);
      return to;
    }
    try (BaseArchive of = BaseArchive.open(base)) {
      packer.withBase(of).pack(to);
    }
    return to;
  }

  /** All that an archive says of each path but where its contents are. */
  private static Map<String, String> rows(Path archive) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      EntryCursor entries = reader.entries();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        rows.put(
            entry.path() + " " + entry.typeLabel(),
            entry.purl() + " " + entry.license() + " " + entry.packageColumns());
      }
    }
    return rows;
  }

  /** Packs what the tree is now in all ways, and gives its rows. */
  private Map<String, String> compared(Path base) throws Exception {
    Map<String, String> alone = rows(pack(null, "one"));
    Path reused = pack(base, "one");
    assertThat(rows(reused)).isEqualTo(alone);
    assertThat(rows(pack(base, "two"))).as("afresh").isEqualTo(alone);
    try (ArchiveReader reader = ArchiveReader.open(reused)) {
      assertThat(reader.parts().footer().metadata().values())
          .containsKey(ArchiveFormat.KEY_EXTRACTORS);
    }
    return alone;
  }

  @Test
  void siblingsThatChangeChangeWhatIsSaid() throws Exception {
    Path base = pack(null, "one");
    Map<String, String> first = compared(base);
    assertThat(first.get(LIB + ".jar file")).contains("MIT").contains("org.b");
    assertThat(first.get(LIB + ".jar!/lib/in-3.jar nested")).contains("pkg:maven/org.in/in@3");
    assertThat(first.get("npm/left/-/left-1.0.0.tgz file")).contains("pkg:npm/left@1.0.0 ISC");
    assertThat(first.get("pool/hello_2.10-3_amd64.deb file"))
        .contains("pkg:deb/")
        .contains("libc6");
    assertThat(first.get(LIB + ".jar.sha1 file")).contains("digest_ok=true");

    file(PARENT, parent("Apache-2.0"));
    assertThat(compared(base).get(LIB + ".jar file")).contains("Apache-2.0");
    Files.delete(tree.resolve(PARENT));
    assertThat(compared(base).get(LIB + ".pom file")).doesNotContain("MIT");
    file(PARENT, parent("MIT"));
    assertThat(compared(base)).isEqualTo(first);
    file(LIB + ".pom.sha1", "0".repeat(40));
    assertThat(compared(base).get(LIB + ".pom.sha1 file")).contains("digest_ok=false");
    file(LIB + ".jar", zip("b/B.class", "other"));
    assertThat(compared(base).get(LIB + ".jar.sha1 file")).contains("digest_ok=false");
    file("nothing", "is here");
    assertThat(compared(base)).containsKey("nothing file");
    Files.move(tree.resolve("shaded.war"), tree.resolve("moved.war"));
    compared(base);
  }

  @Test
  void nothingIsSaidAgainOfWhatIsAsItWas() throws Exception {
    Path base = pack(null, "one");
    Path second = pack(base, "one");
    try (BaseArchive of = BaseArchive.open(base);
        BaseArchive delta = BaseArchive.open(second)) {
      assertThat(delta.extractors()).isEqualTo(of.extractors()).hasSize(64);
    }
    assertThat(rows(pack(second, "one"))).isEqualTo(rows(base));
  }
}
