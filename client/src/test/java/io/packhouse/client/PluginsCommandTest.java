package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code packhouse plugins} with the extractors that are built in. */
class PluginsCommandTest {
  private static final String POM = "org/acme/tool/1.2/tool-1.2.pom";

  @TempDir Path temp;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    repository = Trees.maven(temp);
  }

  @Test
  void listsWhatEachReadsAndAdds() {
    Result result = packhouse("plugins");

    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("maven (built in)\n", "*.pom", "group_id", "string");
    assertThat(packhouse("plugins", "--type", "maven").out()).startsWith("maven (built in)\n");
  }

  @Test
  void triesAFileAsAPackWould() {
    Result result = packhouse("plugins", "try", "--root", repository, repository.resolve(POM));

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith(repository.resolve(POM) + ": maven\n")
        .contains("  purl         pkg:maven/org.acme/tool@1.2?type=pom\n", "maven.group_id");
  }

  @Test
  void aLinkStandsForItsFile() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link.pom"), repository.resolve(POM));

    assertThat(packhouse("plugins", "try", link).out()).contains("pkg:maven/org.acme/tool@1.2");
  }

  @Test
  void aFileThatNobodyTakesIsNoFailure() throws IOException {
    Path odd = Files.copy(repository.resolve(POM), temp.resolve("odd.txt"));

    Result result = packhouse("plugins", "try", odd);
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("odd.txt: no package");
  }

  @Test
  void aFileThatCannotBeUnderstoodEndsWithCode7() throws IOException {
    Path bad = Files.writeString(temp.resolve("bad.pom"), "<project><groupId>");

    Result result = packhouse("plugins", "try", "--json", bad, repository.resolve(POM));
    assertThat(result.code()).isEqualTo(7);
    assertThat(result.lines()).hasSize(2);
    assertThat(result.lines().getFirst()).contains("\"status\":\"error\"", "\"error\":");
    assertThat(result.lines().getLast()).contains("\"status\":\"ok\"");
    assertThat(result.err()).startsWith("packhouse: " + bad + ": ");
  }

  @Test
  void whatCannotBeTriedIsRefusedByName() {
    Result missing = packhouse("plugins", "try", temp.resolve("none.jar"));
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.err()).contains("none.jar: no such file");
    assertThat(packhouse("plugins", "try", repository).code()).isEqualTo(3);
    assertThat(packhouse("plugins", "try").code()).isEqualTo(2);
    assertThat(packhouse("plugins", "tray", "x").code()).isEqualTo(2);
    assertThat(packhouse("plugins", "--type", "nuts").err()).contains("no extractor is of type");
    Result outside = packhouse("plugins", "try", "--root", repository.resolve("org/acme"), temp);
    assertThat(outside.code()).isEqualTo(2);
    assertThat(outside.err()).contains("not below the root");
  }
}
