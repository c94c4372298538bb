package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractCommandTest {
  @TempDir Path temp;
  private Path tree;
  private Path archive;
  private Path destination;

  @BeforeEach
  void pack() throws IOException {
    tree = Trees.small(temp);
    archive = Cli.pack(tree, temp.resolve("a.pkh"));
    destination = temp.resolve("restored");
  }

  /** What there is below a directory, by path: kind, mode, time, contents. */
  private static Map<String, String> describe(Path root) throws IOException {
    Map<String, String> described = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String about;
        if (Files.isSymbolicLink(path)) {
          about = "-> " + Files.readSymbolicLink(path);
        } else {
          about =
              PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                  + Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
          if (Files.isRegularFile(path)) {
            about += java.util.Arrays.hashCode(Files.readAllBytes(path));
          }
        }
        described.put(root.relativize(path).toString(), about);
      }
    }
    return described;
  }

  @Test
  void restoresTheTree() throws IOException {
    Result result = packhouse("extract", archive, destination);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).startsWith(destination + ": 8 files");
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void restoresPathsAndGlobs() throws IOException {
    assertThat(packhouse("extract", "-q", archive, destination, "docs/deep", "*.bin").code())
        .isZero();
    assertThat(describe(destination).keySet())
        .containsExactly(
            "",
            "docs",
            "docs/deep",
            "docs/deep/er",
            "docs/deep/notes.txt",
            "noise-again.bin",
            "noise.bin");
  }

  @Test
  void excludesLeaveOut() throws IOException {
    assertThat(packhouse("extract", "-q", "--exclude", "deep", archive, destination, "docs").code())
        .isZero();
    assertThat(describe(destination).keySet())
        .containsExactly("", "docs", "docs/readme.txt", "docs/up");
  }

  @Test
  void forceReplacesWhatIsInTheWayAndNothingElse() throws IOException {
    Files.createDirectory(destination);
    Files.writeString(destination.resolve("nothing"), "something");
    Files.writeString(destination.resolve("mine"), "mine");
    assertThat(packhouse("extract", archive, destination).code()).isEqualTo(4);
    assertThat(destination.resolve("nothing")).hasContent("something");
    assertThat(packhouse("extract", "--force", archive, destination).code()).isZero();
    assertThat(destination.resolve("nothing")).isEmptyFile();
    assertThat(destination.resolve("mine")).hasContent("mine");
  }

  @Test
  void toStdoutWritesContentsInOrder() {
    Result result = packhouse("extract", "--to-stdout", archive, "*.txt", "back\\slash");
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("odd" + "old\n" + "a note\n".repeat(200) + "read me\n");
  }

  @Test
  void jsonTellsWhatWasRestored() {
    assertThat(packhouse("extract", "--json", archive, destination).out())
        .contains("\"files\":8")
        .contains("\"problem_count\":0");
  }
}
