package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.client.Cli.Result;
import io.packhouse.client.sbom.Bill;
import io.packhouse.engine.read.ArchiveReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LATEST = "2024-05-06T07:08:09Z";

  @TempDir static Path temp;
  private static Path archive;

  @BeforeAll
  static void pack() throws Exception {
    Path tree = temp.resolve("tree");
    Files.createDirectories(tree);
    // Of the only base one is in no range that is asked for, and one in a range that nobody can
    // read.
    pom(tree, "api", "2.1", dependency("base", "[1,2)", "compile"));
    pom(tree, "api", "2.2", dependency("base", "[1", "compile"));
    pom(
        tree,
        "shop",
        "1.0",
        dependency("api", "2.1", "compile")
            + dependency("junit", "4.13", "test")
            + dependency("base", "[1,4)", "compile"));
    pom(tree, "base", "3.0", dependency("api", "2.2", "test"));
    // Sorts between the jar and what is nested in it.
    Files.write(tree.resolve("shop-1.0.jar -old.jar"), jar("old", "0.9", new byte[0]));
    Files.write(tree.resolve("shop-1.0.jar"), jar("shop", "1.0", jar("inner", "7", new byte[0])));
    tarball(
        tree.resolve("cart-0.2.0.tgz"),
        "{\"name\":\"@acme/cart\",\"version\":\"0.2.0\",\"license\":\"(MIT OR Apache-2.0)\","
            + "\"author\":\"Ann <ann@example.org>\",\"homepage\":\"no URI at all\","
            + "\"description\":\"a \\u0007 cart\"}");
    tarball(
        tree.resolve("odd-1.0.0.tgz"),
        "{\"name\":\"odd\",\"version\":\"1.0.0\",\"license\":\"as you like it\"}");
    tarball(
        tree.resolve("mine-1.0.0.tgz"),
        "{\"name\":\"mine\",\"version\":\"1.0.0\",\"license\":\"LicenseRef-mine OR MIT\"}");
    Files.writeString(tree.resolve("notes.txt"), "no package\n");
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse(LATEST).plusMillis(5)));
      }
    }
    archive = Cli.pack(tree, temp.resolve("shop.pkh"), "--digests=sha1,sha256,sha512");
  }

  private static void pom(Path tree, String name, String version, String more) throws IOException {
    Files.writeString(tree.resolve(name + "-" + version + ".pom"), pom(name, version, more));
  }

  private static String pom(String name, String version, String more) {
    return "<project><modelVersion>4.0.0</modelVersion><groupId>org.acme</groupId><artifactId>"
        + name
        + "</artifactId><version>"
        + version
        + "</version><licenses><license><name>Apache License, Version 2.0</name></license>"
        + "</licenses><url>https://acme.example/</url><dependencies>"
        + more
        + "</dependencies></project>";
  }

  private static String dependency(String name, String version, String scope) {
    return "<dependency><groupId>org.acme</groupId><artifactId>"
        + name
        + "</artifactId><version>"
        + version
        + "</version><scope>"
        + scope
        + "</scope></dependency>";
  }

  private static byte[] jar(String name, String version, byte[] inner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      String folder = "META-INF/maven/org.acme/" + name + "/";
      jar.putNextEntry(new ZipEntry(folder + "pom.xml"));
      jar.write(
          pom(name, version, dependency("api", "2.1", "compile")).getBytes(StandardCharsets.UTF_8));
      jar.putNextEntry(new ZipEntry(folder + "pom.properties"));
      jar.write(
          ("groupId=org.acme\nartifactId=" + name + "\nversion=" + version + "\n")
              .getBytes(StandardCharsets.UTF_8));
      if (inner.length > 0) {
        jar.putNextEntry(new ZipEntry("lib/inner.jar"));
        jar.write(inner);
      }
    }
    return bytes.toByteArray();
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

  private static String export(String format, Object... more) {
    List<Object> args = new ArrayList<>(List.of("export", "-q", "--format", format, "-o", "-"));
    args.addAll(List.of(more));
    Result result = packhouse(args.toArray());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    return result.out();
  }

  private static JsonNode byPath(JsonNode components, String path) {
    for (JsonNode component : components) {
      if (component.at("/evidence/occurrences/0/location").asText().equals(path)) {
        return component;
      }
    }
    throw new AssertionError(path + " is not in " + components);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(value -> texts.add(value.asText()));
    return texts;
  }

  @Test
  void cycloneDxIsValidAndHasWhatPackagesSay() throws Exception {
    String text = export("cyclonedx", archive);
    assertThat(Bills.problemsOfCycloneDx(text)).isEmpty();
    JsonNode bom = JSON.readTree(text);
    assertThat(bom.at("/metadata/timestamp").asText()).isEqualTo(LATEST);
    assertThat(bom.at("/metadata/component/name").asText()).isEqualTo("shop");
    assertThat(bom.at("/metadata/component/version").asText())
        .isEqualTo(JSON.readTree(packhouse("info", "--json", archive).out()).get("id").asText());
    JsonNode components = bom.get("components");
    assertThat(components).hasSize(9);
    JsonNode cart = byPath(components, "cart-0.2.0.tgz");
    assertThat(cart.get("purl").asText()).isEqualTo("pkg:npm/%40acme/cart@0.2.0");
    assertThat(cart.get("group").asText()).isEqualTo("@acme");
    assertThat(cart.at("/licenses/0/expression").asText()).isEqualTo("(MIT OR Apache-2.0)");
    assertThat(cart.has("externalReferences")).isFalse();
    assertThat(cart.findValuesAsText("alg"))
        .containsExactly("BLAKE3", "SHA-1", "SHA-256", "SHA-512");
    assertThat(byPath(components, "odd-1.0.0.tgz").at("/licenses/0/license/name").asText())
        .isEqualTo("as you like it");
    assertThat(byPath(components, "mine-1.0.0.tgz").at("/licenses/0/license/name").asText())
        .isEqualTo("LicenseRef-mine OR MIT");
  }

  @Test
  void nestedPackagesAreInThatWhichTheyAreIn() throws Exception {
    JsonNode components = JSON.readTree(export("cyclonedx", archive)).get("components");
    JsonNode shop = byPath(components, "shop-1.0.jar");
    JsonNode inner = byPath(shop.get("components"), "shop-1.0.jar!/lib/inner.jar");
    assertThat(inner.get("version").asText()).isEqualTo("7");
    assertThat(inner.has("hashes")).isFalse();
    assertThat(byPath(components, "shop-1.0.jar -old.jar").has("components")).isFalse();
  }

  @Test
  void dependenciesAreOfUseAndMetByVersionByRangeOrByAnOnlyName() throws Exception {
    JsonNode bom = JSON.readTree(export("cyclonedx", archive));
    JsonNode components = bom.get("components");
    String shop = byPath(components, "shop-1.0.pom").get("bom-ref").asText();
    String base = byPath(components, "base-3.0.pom").get("bom-ref").asText();
    String older = byPath(components, "api-2.1.pom").get("bom-ref").asText();
    List<String> met = new ArrayList<>();
    for (JsonNode dependency : bom.get("dependencies")) {
      if (dependency.get("ref").asText().equals(shop)) {
        met = texts(dependency.get("dependsOn"));
      }
      assertThat(dependency.get("ref").asText()).isNotIn(base, older);
    }
    // Of the two of that name the one that is asked for; junit is not there; base is in the range.
    assertThat(met).containsExactly(older, base);
    assertThat(bom.get("properties").findValuesAsText("name"))
        .containsExactly(
            "packhouse:dependencies",
            "packhouse:dependencies_met",
            "packhouse:dependencies_met_by_range",
            "packhouse:dependencies_met_by_name");
    assertThat(bom.at("/properties/2/value").asInt()).isEqualTo(1);
    assertThat(bom.at("/properties/3/value").asInt()).isEqualTo(1);
  }

  @Test
  void spdxIsValidAndTellsScopes() throws Exception {
    String text = export("spdx", archive);
    assertThat(Bills.problemsOfSpdx2(text)).isEmpty();
    JsonNode document = JSON.readTree(text);
    assertThat(document.at("/creationInfo/created").asText()).isEqualTo(LATEST);
    assertThat(document.get("packages")).hasSize(11);
    assertThat(document.get("relationships").findValuesAsText("relationshipType"))
        .contains("DESCRIBES", "CONTAINS", "DEPENDS_ON", "TEST_DEPENDENCY_OF");
    assertThat(document.get("relationships").findValuesAsText("comment"))
        .anyMatch(comment -> comment.startsWith("By range"))
        .anyMatch(comment -> comment.startsWith("By name"));
  }

  @Test
  void spdx3IsValid() throws Exception {
    String text = export("spdx3", "--files", archive);
    assertThat(Bills.problemsOfSpdx3(text)).isEmpty();
    List<String> types = JSON.readTree(text).get("@graph").findValuesAsText("type");
    assertThat(types.stream().filter("software_Package"::equals)).hasSize(11);
    assertThat(types).contains("software_File", "LifecycleScopedRelationship");
  }

  @Test
  void filesThatAreNoPackagesComeWhenAskedFor() throws Exception {
    for (String format : List.of("cyclonedx", "spdx", "spdx3")) {
      assertThat(export(format, archive)).doesNotContain("notes.txt");
      assertThat(export(format, "--files", archive)).contains("notes.txt");
    }
    assertThat(Bills.problemsOfCycloneDx(export("cyclonedx", "--files", archive))).isEmpty();
    assertThat(Bills.problemsOfSpdx2(export("spdx", "--files", archive))).isEmpty();
  }

  @Test
  void severalArchivesAreInOneDocument() throws Exception {
    Path other =
        Cli.pack(Trees.small(Files.createDirectory(temp.resolve("s"))), temp.resolve("small.pkh"));
    String text = export("cyclonedx", archive, other);
    assertThat(Bills.problemsOfCycloneDx(text)).isEmpty();
    assertThat(JSON.readTree(text).get("components").findValuesAsText("name"))
        .contains("shop", "small");
    assertThat(Bills.problemsOfSpdx2(export("spdx", archive, other))).isEmpty();
    assertThat(Bills.problemsOfSpdx3(export("spdx3", archive, other))).isEmpty();
  }

  @Test
  void theSameArchiveGivesTheSameBytes() {
    for (String format : List.of("cyclonedx", "spdx", "spdx3")) {
      assertThat(export(format, archive)).isEqualTo(export(format, archive));
    }
    assertThat(export("cyclonedx", "--time", "2026-01-31T00:00:00Z", archive))
        .contains("\"timestamp\":\"2026-01-31T00:00:00Z\"");
  }

  @Test
  void theFileAppearsWholeAndTheReportTellsOfIt() throws Exception {
    Path out = temp.resolve("out.json");
    Result result = packhouse("export", "--json", "--format=spdx", "-o", out, archive);
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = JSON.readTree(result.out());
    assertThat(report.get("packages").asInt()).isEqualTo(10);
    assertThat(report.get("bytes").asLong()).isEqualTo(Files.size(out));
    assertThat(Files.readString(out)).isEqualTo(export("spdx", archive));
    assertFails(4, "--force", "--format=spdx", "-o", out, archive);
    assertThat(packhouse("export", "-q", "--force", "--format=spdx3", "-o", out, archive).code())
        .isZero();
    assertThat(Files.readString(out)).isEqualTo(export("spdx3", archive));
  }

  @Test
  void aBillThatIsCancelledSaysSo() throws Exception {
    Bill bill = bill(List.of(Bill.Archive.of("shop", 0, () -> ArchiveReader.open(archive))));
    assertThatThrownBy(() -> bill.write(OutputStream.nullOutputStream(), () -> true))
        .isInstanceOf(InterruptedIOException.class);
  }

  /** A thousand that are open would take the heap. */
  @Test
  void noTwoArchivesAreOpenAtOnce() throws Exception {
    List<ArchiveReader> opened = new ArrayList<>();
    Bill.Opener opener =
        () -> {
          for (ArchiveReader before : opened) {
            assertThatThrownBy(() -> before.entries().next()).hasMessageContaining("closed");
          }
          opened.add(ArchiveReader.open(archive));
          return opened.getLast();
        };
    List<Bill.Archive> archives = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      archives.add(Bill.Archive.of("shop" + i, i, opener));
    }
    assertThat(bill(archives).write(OutputStream.nullOutputStream(), () -> false).packages())
        .isEqualTo(30);
    assertThat(opened).hasSize(9);
  }

  @Test
  void anArchiveThatIsReplacedMeanwhileIsToldFromTheOneBefore() throws Exception {
    Path other =
        Cli.pack(Trees.small(Files.createDirectory(temp.resolve("o"))), temp.resolve("other.pkh"));
    Path file = Files.copy(archive, temp.resolve("replaced.pkh"));
    Bill bill = bill(List.of(Bill.Archive.of("shop", 0, () -> ArchiveReader.open(file))));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> bill.write(OutputStream.nullOutputStream(), () -> false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("shop was replaced");
  }

  private static Bill bill(List<Bill.Archive> archives) {
    return new Bill(Bill.Format.SPDX, archives, false, null, "1");
  }

  @Test
  void tablesBecomeParquetFiles() throws Exception {
    Path out = temp.resolve("tables");
    Result result = packhouse("export", "--json", "--format=parquet", "-o", out, archive);
    assertThat(result.code()).as(result.err()).isZero();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder(
              "archives.parquet",
              "blobs.parquet",
              "dependencies.parquet",
              "entries.parquet",
              "extents.parquet",
              "maven_packages.parquet",
              "npm_packages.parquet",
              "packages.parquet");
    }
    assertThat(JSON.readTree(result.out()).get("tables").asInt()).isEqualTo(8);
    assertThat(rows("SELECT count(*) FROM '" + out.resolve("packages.parquet") + "'"))
        .isEqualTo(
            packhouse("query", "--format=csv", "SELECT count(*) FROM packages", archive)
                .lines()
                .getLast());
    assertFails(4, "--force", "--format=parquet", "-o", out, archive);
    assertThat(packhouse("export", "-q", "--force", "--format=parquet", "-o", out, archive).code())
        .isZero();
    assertFails(4, "no directory", "--force", "--format=parquet", "-o", archive, archive);
    assertFails(2, "folder", "--format=parquet", "-o", "-", archive);
  }

  @Test
  void aQueryBecomesAParquetFile() throws Exception {
    Path out = temp.resolve("q.parquet");
    String sql = "SELECT 7 AS n, 'x' AS t, sum(2) AS s ORDER BY ALL -- as it is";
    assertThat(packhouse("query", "--format=parquet", "-o", out, sql, archive).code()).isZero();
    assertThat(rows("SELECT concat_ws(',', n, t, s) FROM '" + out + "'")).isEqualTo("7,x,2");
    Result again = packhouse("query", "--format=parquet", "-o", out, sql, archive);
    assertThat(again.code()).isEqualTo(4);
    Object[] limited = {
      "query", "--format=parquet", "--limit-rows=2", "--force", "-o", out, "FROM range(3)", archive
    };
    assertThat(packhouse(limited).code()).isEqualTo(9);
    assertThat(packhouse("query", "--format=parquet", sql, archive).code()).isEqualTo(2);
    assertThat(packhouse("query", "-o", out, sql, archive).code()).isEqualTo(2);
  }

  private static String rows(String sql) throws SQLException {
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void whatIsWrongHasItsExitCodeAndALineAndLeavesNothing() throws Exception {
    Path out = temp.resolve("none.json");
    assertFails(2, "no archives", "--format=spdx", "-o", out);
    assertFails(2, "--format", "-o", out, archive);
    assertFails(2, "-o", "--format=spdx", archive);
    assertFails(2, "--time", "--format=spdx", "--time=soon", "-o", out, archive);
    assertFails(2, "--time", "--format=spdx", "--time=1960-01-01T00:00:00Z", "-o", out, archive);
    assertFails(3, "no such file", "--format=spdx", "-o", out, temp.resolve("none.pkh"));
    assertFails(4, "archive to read", "--force", "--format=spdx", "-o", archive, archive);
    assertFails(4, "no directory", "--format=spdx", "-o", temp.resolve("no/out"), archive);
    assertFails(6, "", "--format=spdx", "-o", out, Files.writeString(temp.resolve("x"), "x"));
    byte[] bytes = Files.readAllBytes(archive);
    int index = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("ARROW1") - 4_000;
    Path broken = temp.resolve("broken.pkh");
    for (int at = index; at > bytes.length / 2; at -= 500) {
      bytes[at] ^= 1;
    }
    Files.write(broken, bytes);
    assertFails(5, "broken.pkh", "--format=cyclonedx", "-o", out, broken);
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.contains("none.json"));
    }
  }

  private static void assertFails(int code, String what, Object... more) {
    List<Object> args = new ArrayList<>(List.of("export"));
    args.addAll(List.of(more));
    Result result = packhouse(args.toArray());
    assertThat(result.code()).as(result.err()).isEqualTo(code);
    assertThat(result.err()).startsWith("packhouse: ").contains(what);
    assertThat(result.err().lines()).hasSize(1);
  }
}
