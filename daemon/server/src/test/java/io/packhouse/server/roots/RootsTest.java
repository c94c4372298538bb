package io.packhouse.server.roots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.fs.system.SystemFileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootsTest {
  @TempDir Path folder;
  private Path in;
  private Path out;
  private Roots roots;

  @BeforeEach
  void tree() throws IOException {
    in = Files.createDirectories(folder.resolve("in"));
    out = Files.createDirectories(folder.resolve("out"));
    Files.createDirectories(in.resolve("a/b"));
    Files.createDirectories(folder.resolve("secret"));
    Files.writeString(in.resolve("file"), "x");
    Files.createSymbolicLink(in.resolve("link"), folder.resolve("secret"));
    Files.createSymbolicLink(in.resolve("inner"), in.resolve("a"));
    roots =
        new Roots(
            SystemFileAccess.instance(),
            List.of(new RootSettings(in, false), new RootSettings(out, true)));
  }

  @Test
  void directoriesUnderARootAreFound() throws Exception {
    assertThat(roots.resolveReadable(in.toString())).isEqualTo(in);
    assertThat(roots.resolveReadable(in + "/a/b/")).isEqualTo(in.resolve("a/b"));
    assertThat(roots.resolveReadable(out.toString())).isEqualTo(out);
    try (var open = roots.open(in)) {
      assertThat(open.list().size()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/..", "/../secret", "/a/../a", "/./a", "//a", "/a/./b"})
  void pathsThatWanderAreRefused(String below) {
    String path = below.isEmpty() ? "in" : in + below;
    assertThatThrownBy(() -> roots.resolveReadable(path))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/link", "/link/x", "/inner", "/inner/b", "/file"})
  void linksAndFilesAreRefused(String below) {
    assertThatThrownBy(() -> roots.resolveReadable(in + below))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("link");
  }

  @Test
  void whatIsOutsideIsRefusedWhetherItIsThereOrNot() {
    for (String path :
        List.of("/", "/etc", folder.toString(), folder + "/secret", folder + "/no", in + "x")) {
      assertThatThrownBy(() -> roots.resolveReadable(path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("\"" + path + "\" is under no root that may be read");
    }
  }

  @Test
  void missingDirectoryIsNamed() {
    assertThatThrownBy(() -> roots.resolveReadable(in + "/no"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no directory");
  }

  @Test
  void writablePathNeedNotExist() throws Exception {
    assertThat(roots.resolveWritable(out + "/new/er")).isEqualTo(out.resolve("new/er"));
    assertThatThrownBy(() -> roots.resolveWritable(in + "/a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("may be written");
    Files.createSymbolicLink(out.resolve("link"), folder.resolve("secret"));
    assertThatThrownBy(() -> roots.resolveWritable(out + "/link/new"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("link");
    Files.createSymbolicLink(out.resolve("dangling"), folder.resolve("nowhere"));
    assertThatThrownBy(() -> roots.resolveWritable(out + "/dangling"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void directoriesAreMadeByHandles() throws Exception {
    try (Roots.Destination made = roots.make(out + "/new/er")) {
      assertThat(made.isCreated()).isTrue();
      made.directory().createDirectory(new byte[] {'x'}, 0700);
      made.removeIfEmpty();
    }
    assertThat(out.resolve("new/er/x")).isDirectory();
    try (Roots.Destination there = roots.make(out + "/new/er/x")) {
      assertThat(there.isCreated()).isFalse();
      there.removeIfEmpty();
    }
    try (Roots.Destination made = roots.make(out + "/new/er/y")) {
      made.removeIfEmpty();
    }
    assertThat(out.resolve("new/er").toFile().list()).containsExactly("x");
    Files.createSymbolicLink(out.resolve("link"), folder.resolve("secret"));
    for (String path : List.of("/link", "/link/new")) {
      assertThatThrownBy(() -> roots.make(out + path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("link");
    }
    assertThat(folder.resolve("secret")).isEmptyDirectory();
    assertThatThrownBy(() -> roots.make(in + "/new")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rootInsideOfAnotherGoesByItsOwnRules() throws Exception {
    Path inner = Files.createDirectories(out.resolve("keep"));
    Roots nested =
        new Roots(
            SystemFileAccess.instance(),
            List.of(new RootSettings(out, true), new RootSettings(inner, false)));
    assertThat(nested.resolveReadable(inner.toString())).isEqualTo(inner);
    assertThatThrownBy(() -> nested.resolveWritable(inner + "/x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void descriptorsAreGivenBack() throws Exception {
    long before = descriptors();
    for (int i = 0; i < 50; i++) {
      roots.resolveReadable(in + "/a/b");
      roots.resolveWritable(out + "/x/y");
      roots.make(out + "/made/too").close();
      try {
        roots.resolveReadable(in + "/link");
      } catch (IllegalArgumentException e) {
        // refused, as it should be
      }
    }
    assertThat(descriptors()).isLessThan(before + 20);
  }

  private static long descriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
