package io.packhouse.engine.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.select.PathGlob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SelectionTest extends RestoreFixture {

  @BeforeEach
  void packTree() throws IOException, InterruptedException {
    write("a/one.jar", text(1));
    write("a/one.pom", text(2));
    write("a/sub/two.jar", text(3));
    write("a-b/three.jar", text(4));
    write("a.b", text(5));
    write("c/d/e/four.pom", text(6));
    Files.createDirectories(tree.resolve("c/empty"));
    Files.createLink(tree.resolve("c/d/five"), tree.resolve("a/one.jar"));
    Files.createLink(tree.resolve("c/six"), tree.resolve("a/one.jar"));
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.setLastModifiedTime(path, FileTime.fromMillis(path.toString().length()));
      }
    }
    pack();
  }

  /** Restores a selection; what comes back must be as it was. */
  private List<String> restored(Selection selection) throws IOException, InterruptedException {
    RestoreReport report = restore(options().withSelection(selection));
    assertThat(report.problems()).isEmpty();
    Map<String, String> before = describe(tree);
    Map<String, String> after = describe(destination);
    after.forEach(
        (path, text) ->
            assertThat(withoutName(text)).as(path).isEqualTo(withoutName(before.get(path))));
    return after.keySet().stream().filter(path -> !path.isEmpty()).toList();
  }

  /** Which name of a file is the first depends on the selection. */
  private static String withoutName(String text) {
    return text.replaceAll("([0-9a-f]{64}) .*", "$1");
  }

  private static Selection globs(List<String> includes, List<String> excludes, String... paths) {
    return Selection.of(
        new PathFilter(
            includes.stream().map(PathGlob::of).toList(),
            excludes.stream().map(PathGlob::of).toList()),
        Stream.of(paths).map(path -> path.getBytes(UTF_8)).toList());
  }

  @Test
  void exactFileComesWithTheDirectoriesAboveIt() throws Exception {
    assertThat(restored(Selection.ofPaths("c/d/e/four.pom")))
        .containsExactly("c/", "c/d/", "c/d/e/", "c/d/e/four.pom");
  }

  @Test
  void directorySelectsWhatIsBelowItAndNoNeighbours() throws Exception {
    assertThat(restored(Selection.ofPaths("a")))
        .containsExactly("a/", "a/one.jar", "a/one.pom", "a/sub/", "a/sub/two.jar");
  }

  @Test
  void severalPathsAreRestoredTogether() throws Exception {
    assertThat(restored(Selection.ofPaths("c/empty", "a/sub", "a.b")))
        .containsExactly("a.b", "a/", "a/sub/", "a/sub/two.jar", "c/", "c/empty/");
  }

  @Test
  void rootSelectsEverything() throws Exception {
    restored(Selection.ofPaths(""));
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void globsSelectAtAnyDepth() throws Exception {
    assertThat(restored(globs(List.of("*.jar"), List.of())))
        .containsExactly("a-b/", "a-b/three.jar", "a/", "a/one.jar", "a/sub/", "a/sub/two.jar");
  }

  @Test
  void excludesTakeOutDirectoriesWithWhatIsBelow() throws Exception {
    assertThat(restored(globs(List.of(), List.of("sub", "c/")))).doesNotContain("c/", "a/sub/");
    assertThat(destination.resolve("a/one.jar")).exists();
  }

  @Test
  void globsAndPathsAddUp() throws Exception {
    assertThat(restored(globs(List.of("*.pom"), List.of("a"), "a.b")))
        .containsExactly("a.b", "c/", "c/d/", "c/d/e/", "c/d/e/four.pom");
  }

  @Test
  void hardLinksWithoutTheirFirstNameShareItsContents() throws Exception {
    assertThat(restored(Selection.ofPaths("c/d/five", "c/six")))
        .containsExactly("c/", "c/d/", "c/d/five", "c/six");
    assertThat(Files.isSameFile(destination.resolve("c/d/five"), destination.resolve("c/six")))
        .isTrue();
    assertThat(destination.resolve("c/six")).hasBinaryContent(text(1));
  }

  @Test
  void directoriesThatWereThereKeepTheirAttributesUnlessSelected() throws Exception {
    Files.createDirectories(destination.resolve("a"));
    FileTime time = FileTime.fromMillis(77);
    Files.writeString(destination.resolve("mine"), "mine");
    Files.setPosixFilePermissions(
        destination.resolve("a"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwx--x"));
    Files.setLastModifiedTime(destination, time);
    restore(options().withForce(true).withSelection(Selection.ofPaths("a/sub")));
    assertThat(Files.getPosixFilePermissions(destination.resolve("a"))).hasSize(7);
    assertThat(Files.getLastModifiedTime(destination)).isEqualTo(time);
    assertThat(describe(destination).get("a/sub/")).isEqualTo(describe(tree).get("a/sub/"));
  }
}
