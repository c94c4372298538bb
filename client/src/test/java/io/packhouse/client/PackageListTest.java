package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ls and diff tell of packages. */
class PackageListTest {
  @TempDir Path temp;
  private Path archive;

  @BeforeEach
  void pack() throws IOException {
    Path tree = temp.resolve("tree");
    pom(tree, "org.example", "one", "1.0");
    pom(tree, "org.example", "one", "1.1");
    pom(tree, "net.other", "two", "2.0");
    Files.writeString(tree.resolve("readme.txt"), "no package");
    archive = Cli.pack(tree, temp.resolve("a.pkh"));
  }

  private static void pom(Path tree, String group, String artifact, String version)
      throws IOException {
    Path folder = tree.resolve(group.replace('.', '/')).resolve(artifact).resolve(version);
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(artifact + "-" + version + ".pom"),
        "<project><modelVersion>4.0.0</modelVersion><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></project>"
            .formatted(group, artifact, version));
  }

  @Test
  void packagesAreListedByPurlLicenseAndPath() {
    assertThat(packhouse("ls", "--packages", archive).lines())
        .hasSize(3)
        .first()
        .isEqualTo("pkg:maven/net.other/two@2.0?type=pom\t-\tnet/other/two/2.0/two-2.0.pom");
  }

  @Test
  void purlsAreSelectedByGlobs() {
    assertThat(packhouse("ls", "--purl", "pkg:maven/org.example/*", archive).lines()).hasSize(2);
    assertThat(packhouse("ls", "--purl", "pkg:maven/*/one@1.?*", archive).lines()).hasSize(2);
    assertThat(packhouse("ls", "--purl", "pkg:maven/org.example/one@1.0*", archive).lines())
        .hasSize(1);
    assertThat(packhouse("ls", "--purl", "pkg:maven", archive).out()).isEmpty();
    // Nothing but * and ? is special.
    assertThat(packhouse("ls", "--purl", "pkg:maven/org.example/one@1.0.type=pom", archive).out())
        .isEmpty();
  }

  @Test
  void packagesWithoutALicenseAreFound() {
    assertThat(packhouse("ls", "--license", "none", archive).lines()).hasSize(3);
    assertThat(packhouse("ls", "--license", "*", archive).out()).isEmpty();
  }

  @Test
  void packagesAndTreesDoNotGoTogether() {
    assertThat(packhouse("ls", "--packages", "--tree", archive).code()).isEqualTo(2);
  }

  @Test
  void jsonIsFilteredToo() {
    assertThat(packhouse("ls", "--json", "--purl", "*two*", archive).lines()).hasSize(1);
  }

  @Test
  void packagesThatDifferBetweenArchivesAreTold() throws IOException {
    Path other = temp.resolve("other");
    pom(other, "org.example", "one", "1.1");
    pom(other, "org.example", "one", "1.2");
    pom(other, "org.example", "three", "3");
    Path b = Cli.pack(other, temp.resolve("b.pkh"));
    Cli.Result result = packhouse("diff", "--packages", archive, b);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.lines())
        .containsExactly(
            "- pkg:maven/net.other/two 2.0",
            "^ pkg:maven/org.example/one 1.0 -> 1.2",
            "+ pkg:maven/org.example/three 3");
    assertThat(packhouse("diff", "--packages", "--json", archive, b).lines()).hasSize(3);
    assertThat(packhouse("diff", "--packages", archive, archive).code()).isZero();
    assertThat(packhouse("diff", "--packages", archive, other).code()).isEqualTo(2);
  }
}
