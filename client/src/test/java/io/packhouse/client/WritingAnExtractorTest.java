package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code that docs/writing-an-extractor.md shows is the sample's. */
class WritingAnExtractorTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  @Test
  void showsTheCodeOfTheSample() throws IOException {
    StringBuilder sample = new StringBuilder();
    try (Stream<Path> files = Files.walk(ROOT.resolve("plugins/sample/src"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        sample.append(Files.readString(file));
      }
    }
    String page = Files.readString(ROOT.resolve("docs/writing-an-extractor.md"));

    List<MatchResult> shown = CODE.matcher(page).results().toList();

    assertThat(shown).hasSizeGreaterThan(3);
    assertThat(shown).allSatisfy(code -> assertThat(sample).contains(code.group(1)));
  }
}
