package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the pictures of the documentation and the program that draws them equal. */
class PicturesTest {
  private static final Path FOLDER = Path.of("../docs/pictures");

  @Test
  void picturesAreWhatIsDrawn(@TempDir Path drawn) throws Exception {
    Process draw =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                FOLDER.resolve("Draw.java").toString(),
                drawn.toString())
            .inheritIO()
            .start();
    assertThat(draw.waitFor()).isZero();
    for (String name : new String[] {"format.svg", "pipeline.svg", "parts.svg"}) {
      assertThat(FOLDER.resolve(name))
          .as("to draw them again: java docs/pictures/Draw.java")
          .hasContent(Files.readString(drawn.resolve(name)));
    }
  }
}
