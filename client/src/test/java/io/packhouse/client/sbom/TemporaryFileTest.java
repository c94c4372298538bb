package io.packhouse.client.sbom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemporaryFileTest {
  private static final long BYTES = (3 << 20) + 5;

  @Test
  void roomIsMadeForWhatComesAndWhatIsThereStays() throws Exception {
    try (TemporaryFile file = new TemporaryFile(BYTES)) {
      MemorySegment bytes = file.bytes();
      assertThat(bytes.byteSize()).isEqualTo(BYTES);
      for (long at = 0; at < BYTES; at += 1 << 16) {
        file.reserve(at + 1);
        assertThat(bytes.get(ValueLayout.JAVA_BYTE, at)).isZero();
        bytes.set(ValueLayout.JAVA_BYTE, at, (byte) 7);
      }
      file.reserve(BYTES);
      for (long at = 0; at < BYTES; at += 1 << 16) {
        assertThat(bytes.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) 7);
      }
    }
  }

  /** A process whose files may have no more than 64 blocks, or that has no such folder. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ulimit -f 64; exec \"$@\"",
        "java=$1; shift; exec \"$java\" -Djava.io.tmpdir=/none \"$@\""
      })
  void withoutRoomItSaysSoAndWhatToDo(String script) throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                script,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                TemporaryFileTest.class.getName())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("cannot write temporary files (", "PACKHOUSE_JAVA_OPTS=-Djava.io.tmpdir=DIR")
        .doesNotContain("InternalError");
    assertThat(process.waitFor()).isZero();
  }

  /** Says why there is no room. */
  public static void main(String[] args) throws IOException {
    try (TemporaryFile file = new TemporaryFile(BYTES)) {
      file.reserve(BYTES);
      throw new IllegalStateException("there was room");
    } catch (NoRoomException e) {
      System.out.println(e.getMessage());
    }
  }
}
