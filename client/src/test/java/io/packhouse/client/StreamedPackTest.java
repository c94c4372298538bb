package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A tree that is sent to a real daemon, which does not see it, makes the archive that the command
 * makes of it alone, bit by bit, where metadata comes from files all over the tree.
 */
class StreamedPackTest {
  @TempDir static Path shared;
  private static RunningDaemon daemon;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    daemon = RunningDaemon.start(shared);
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    daemon.close();
  }

  private static void pom(
      Path repository, String group, String artifact, String version, String parent, String more)
      throws IOException {
    Path folder =
        Files.createDirectories(
            repository.resolve(group.replace('.', '/')).resolve(artifact).resolve(version));
    String[] of = parent.split(":", -1);
    String link =
        parent.isEmpty()
            ? ""
            : "<parent><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></parent>"
                .formatted((Object[]) of);
    Files.writeString(
        folder.resolve(artifact + "-" + version + ".pom"),
        "<project><modelVersion>4.0.0</modelVersion>%s<groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>%s</project>"
            .formatted(link, group, artifact, version, more));
  }

  private static void sum(Path file, String algorithm, String suffix) throws Exception {
    byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file));
    Files.writeString(
        file.resolveSibling(file.getFileName() + suffix), HexFormat.of().formatHex(digest));
  }

  /**
   * Parents before and behind their children, imports, checksums beside files and far from them.
   */
  private Path repository() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path root = Files.createDirectory(temp.resolve("repository"));
    pom(
        root,
        "aa.first",
        "grand",
        "1",
        "",
        "<inceptionYear>2001</inceptionYear>"
            + "<licenses><license><name>Apache-2.0</name></license></licenses>"
            + "<properties><dep.version>3.4</dep.version></properties>");
    pom(
        root,
        "zz.last",
        "parent",
        "7",
        "aa.first:grand:1",
        "<url>https://acme.example/</url>"
            + "<description>"
            + "d".repeat(300_000)
            + "</description>");
    pom(
        root,
        "zz.last",
        "bom",
        "2",
        "",
        "<packaging>pom</packaging><dependencyManagement>"
            + "<dependencies><dependency><groupId>q</groupId><artifactId>r</artifactId>"
            + "<version>9.9</version></dependency></dependencies></dependencyManagement>");
    StringBuilder sums = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      String artifact = "child" + i;
      pom(
          root,
          "org.acme",
          artifact,
          "1." + i,
          "zz.last:parent:7",
          "<dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId>"
              + "<version>${dep.version}</version></dependency>"
              + "<dependency><groupId>q</groupId><artifactId>r</artifactId></dependency>"
              + "</dependencies><dependencyManagement><dependencies><dependency>"
              + "<groupId>zz.last</groupId><artifactId>bom</artifactId><version>2</version>"
              + "<type>pom</type><scope>import</scope></dependency></dependencies>"
              + "</dependencyManagement>");
      if (i % 30 == 0) {
        Path file = root.resolve("org/acme/" + artifact + "/1." + i + "/" + artifact + ".bin");
        byte[] bytes = new byte[1 + random.nextInt(i == 30 ? 9_000_000 : 700_000)];
        random.nextBytes(bytes);
        Files.write(file, bytes);
        sum(file, "SHA-1", ".sha1");
        sum(file, "MD5", ".md5");
        sums.append(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
            .append("  ")
            .append(root.relativize(file))
            .append('\n');
      }
    }
    sums.append("0".repeat(64)).append("  org/acme/child0/none.bin\n");
    Files.writeString(root.resolve("SHA256SUMS"), sums);
    return root;
  }

  private Cli.Result sent(String archive, Object... args) {
    List<Object> all = new ArrayList<>(List.of("pack", "--force"));
    all.addAll(List.of(args));
    all.add(archive);
    Cli.Result result = daemon.run(all.toArray());
    assertThat(result.code()).as(result.toString()).isZero();
    return result;
  }

  private Path here(Object... args) {
    List<Object> all = new ArrayList<>(List.of("pack", "-q", "--force"));
    all.addAll(List.of(args));
    Path archive = temp.resolve("here.pkh");
    all.add(archive);
    Cli.Result result = Cli.packhouse(all.toArray());
    assertThat(result.code()).as(result.toString()).isZero();
    return archive;
  }

  private void assertSame(Path archive, Path here) throws IOException {
    assertThat(Cli.packhouse("ls", "--json", archive).out())
        .isEqualTo(Cli.packhouse("ls", "--json", here).out());
    assertThat(Files.mismatch(here, archive)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--keep-going", "--digests=sha1,sha256", "--reproducible", "--fast"})
  void theArchiveIsThatOfTheCommandAlone(String option) throws Exception {
    Path tree = repository();
    Cli.Result result = sent("archives/m2.pkh", option, tree);
    assertThat(result.err()).doesNotContain("asked for");
    Path archive = daemon.archives().resolve("m2.pkh");
    assertSame(archive, here(option, tree));
    String rows = Cli.packhouse("ls", "--json", archive).out();
    assertThat(rows).contains("child299");
    assertThat(Cli.packhouse("info", "--packages", archive).code()).isNotEqualTo(70);
  }

  @Test
  void soAreThoseOfSeveralTrees() throws Exception {
    Path tree = repository();
    String one = "b=" + tree;
    String other = "a-b=" + Trees.maven(temp);
    sent("archives/two.pkh", one, other);
    assertSame(daemon.archives().resolve("two.pkh"), here(one, other));
  }

  @Test
  void whatIsLeftOutIsNotSentForMetadataEither() throws Exception {
    Path tree = repository();
    Cli.Result result = sent("archives/some.pkh", "--exclude", "zz/**", tree);
    assertThat(result.err())
        .contains("of 300 packages, other files of the tree were asked for")
        .contains("--exclude");
  }
}
