package io.packhouse.engine.select;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathFilterTest {
  private static final byte[] PATH = "a/b.txt".getBytes(UTF_8);

  private static PathFilter filter(List<String> includes, List<String> excludes) {
    return new PathFilter(
        includes.stream().map(PathGlob::of).toList(), excludes.stream().map(PathGlob::of).toList());
  }

  @Test
  void allLetsEverythingThrough() {
    assertThat(PathFilter.ALL.hasIncludes()).isFalse();
    assertThat(PathFilter.ALL.includes(PATH, false)).isTrue();
    assertThat(PathFilter.ALL.excludes(PATH, false)).isFalse();
  }

  @Test
  void anyGlobCounts() {
    PathFilter filter = filter(List.of("x", "*.txt"), List.of("y", "a/*"));
    assertThat(filter.includes(PATH, false)).isTrue();
    assertThat(filter.excludes(PATH, false)).isTrue();
    assertThat(filter.includes("a/b".getBytes(UTF_8), false)).isFalse();
    assertThat(filter.excludes("b.txt".getBytes(UTF_8), false)).isFalse();
  }
}
