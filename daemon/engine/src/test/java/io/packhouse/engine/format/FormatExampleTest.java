package io.packhouse.engine.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The example of FORMAT.md shows the bytes of the golden archive that it names. */
class FormatExampleTest {
  private static final Pattern DUMP =
      Pattern.compile("(?m)^ *(\\d+)  ((?:[0-9a-f]{2} )*[0-9a-f]{2})(?: .*)?$");
  private static final Pattern METADATA = Pattern.compile("(?m)^(packhouse\\.\\S+) = (\\S+)$");

  private static String example = "";
  private static byte[] archive = new byte[0];

  @BeforeAll
  static void read() throws IOException {
    String format = Files.readString(Path.of("FORMAT.md"));
    example = format.substring(format.indexOf("\n## An example, byte by byte\n"));
    archive = Files.readAllBytes(Path.of("src/test/resources/golden/v1.0-example.pkh"));
  }

  @Test
  void bytesShownAreTheArchives() {
    List<MatchResult> lines = DUMP.matcher(example).results().toList();
    assertThat(lines).hasSizeGreaterThan(20);
    for (MatchResult line : lines) {
      int offset = Integer.parseInt(line.group(1));
      byte[] shown = HexFormat.ofDelimiter(" ").parseHex(line.group(2));
      assertThat(Arrays.copyOfRange(archive, offset, offset + shown.length))
          .as("bytes at %d", offset)
          .isEqualTo(shown);
    }
  }

  @Test
  void wholeSealAndTrailerAreShown() {
    boolean[] shown = new boolean[archive.length];
    DUMP.matcher(example)
        .results()
        .forEach(
            line -> {
              int offset = Integer.parseInt(line.group(1));
              Arrays.fill(shown, offset, offset + (line.group(2).length() + 1) / 3, true);
            });
    assertThat(allOf(shown, 11_552, 11_616)).as("seal").isTrue();
    assertThat(allOf(shown, archive.length - 10, archive.length)).as("trailer").isTrue();
  }

  @Test
  void metadataShownIsTheFooters() {
    List<MatchResult> lines = METADATA.matcher(example).results().toList();
    assertThat(lines).hasSizeGreaterThanOrEqualTo(10);
    String footer = new String(archive, 11_616, archive.length - 11_616, ISO_8859_1);
    for (MatchResult line : lines) {
      assertThat(footer).contains(line.group(1) + "\0").contains(line.group(2) + "\0");
    }
  }

  private static boolean allOf(boolean[] shown, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!shown[i]) {
        return false;
      }
    }
    return true;
  }
}
