package io.packhouse.plugins.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PomReaderTest {

  private static final String POM =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <!-- a comment --><?target data?>
        <parent><groupId>org.p</groupId><artifactId>parent</artifactId><version>7</version></parent>
        <groupId>org.a</groupId>
        <artifactId>l<![CDATA[i]]>&#98;</artifactId>
        <version>1.0</version>
        <description>a &lt; b &amp; c</description>
        <dependencies><dependency><groupId>org.b</groupId><version>9</version></dependency></dependencies>
      </project>
      """;

  private final PomReader reader = new PomReader();

  @Test
  void ownValuesWinWhereverTheParentStands() throws Exception {
    String parent = POM.substring(POM.indexOf("  <parent>"), POM.indexOf("  <groupId>"));
    String last = POM.replace(parent, "").replace("</project>", parent + "</project>");
    for (String pom : List.of(POM, last)) {
      assertThat(read(pom))
          .isEqualTo(new MavenCoordinates("org.a", "lib", "1.0", null, null, "pom"));
    }
  }

  @Test
  void firstOfSeveralValuesCounts() throws Exception {
    String twice = POM.replace("</project>", "<version>2</version></project>");
    assertThat(read(twice).version()).isEqualTo("1.0");
  }

  @Test
  void damageAfterTheCoordinatesIsTold() {
    for (String pom :
        List.of(
            POM.replace("</dependency>", "</dep>"),
            POM.replace("</project>", ""),
            POM + "<more/>",
            POM.replace("<description>", "<description a='1' a='2'>"),
            POM.replace("&amp;", "&other;"),
            POM.replace("&amp;", "\u0001"))) {
      assertThat(failure(pom)).isEqualTo("pom is not well-formed XML, or nests too deep");
    }
  }

  @Test
  void depthIsLimited() throws Exception {
    String inner = "<x>".repeat(499) + "</x>".repeat(499);
    assertThat(read(POM.replace("</project>", inner + "</project>")).group()).isEqualTo("org.a");
    String deeper = "<x>".repeat(500) + "</x>".repeat(500);
    assertThat(failure(POM.replace("</project>", deeper + "</project>"))).contains("too deep");
  }

  @Test
  void longPomsAreReadAlike() throws Exception {
    for (int more : new int[] {-1, 0, 1}) {
      String pom = POM + " ".repeat(QuickXml.MAX_LENGTH + more - POM.length());
      assertThat(read(pom).artifact()).isEqualTo("lib");
    }
  }

  @Test
  void documentTypesAreSkippedAndTheirEntitiesNotFollowed() throws Exception {
    String type = "<!DOCTYPE project [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>\n<project";
    String pom = POM.replace("<project", type);
    assertThat(read(pom).group()).isEqualTo("org.a");
    assertThat(failure(pom.replace("org.a", "&e;"))).isNotBlank();
  }

  /** Were the quick parser given all of them, or one factory kept, this would take minutes. */
  @Test
  void manyAttributesAndNamesTakeNoLongTime() throws Exception {
    StringBuilder attributes = new StringBuilder("<project");
    for (int i = 0; attributes.length() < 10 << 20; i++) {
      attributes.append(" a").append(i).append("=''");
    }
    assertThat(failure(attributes.append("/>").toString())).isNotBlank();
    for (int pom = 0; pom < 50; pom++) {
      StringBuilder names = new StringBuilder(POM.replace("</project>", ""));
      for (int i = 0; names.length() < QuickXml.MAX_LENGTH - 100; i++) {
        names.append("<n").append(pom).append('-').append(i).append("/>");
      }
      assertThat(read(names.append("</project>").toString()).group()).isEqualTo("org.a");
    }
  }

  @Test
  void failuresToReadAreNoFaultsOfThePom() {
    PackageFile broken =
        new PackageFile() {
          @Override
          public String path() {
            return "a.pom";
          }

          @Override
          public long size() {
            return 100;
          }

          @Override
          public int read(long position, ByteBuffer target) throws IOException {
            throw new IOException("disk is gone");
          }

          @Override
          public ByteBuffer slice(long position, int length) throws IOException {
            throw new IOException("disk is gone");
          }
        };
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> reader.read(broken))
        .withMessage("disk is gone");
  }

  /** Each character replaced, left out, and followed by another: what is said must be the same. */
  @Test
  void quickParserOnlyEverDiffersByReadingAPomThatTheThoroughOneRefuses() throws Exception {
    String undamaged = outcome(POM.getBytes(StandardCharsets.UTF_8));
    int rounds = 0;
    List<String> differ = new ArrayList<>();
    for (int at = 0; at < POM.length(); at++) {
      StringBuilder less = new StringBuilder(POM).deleteCharAt(at);
      List<String> damaged = new ArrayList<>(List.of(less.toString()));
      for (char sign : "<>/&;:!?-[]\"'= \n\0\u0001gé\u20AC\uFFFE".toCharArray()) {
        damaged.add(new StringBuilder(less).insert(at, sign).toString());
        damaged.add(new StringBuilder(POM).insert(at, sign).toString());
      }
      for (String pom : damaged) {
        rounds++;
        byte[] bytes = pom.getBytes(StandardCharsets.UTF_8);
        // Too long for the quick parser by the blanks after it.
        byte[] longer = Arrays.copyOf(bytes, QuickXml.MAX_LENGTH + 1);
        Arrays.fill(longer, bytes.length, longer.length, (byte) ' ');
        String quick = outcome(bytes);
        String thorough = outcome(longer);
        if (!quick.equals(thorough)) {
          differ.add(pom);
          assertThat(thorough).as(pom).containsAnyOf("not well-formed", "unknown encoding");
          assertThat(quick).as(pom).isEqualTo(undamaged);
        }
      }
    }
    System.out.println("PomReaderTest: " + differ.size() + " of " + rounds + " differ");
    assertThat(differ).hasSizeLessThan(rounds / 50);
  }

  @Test
  void threadsReadAtATime() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 2_000; i++) {
                    String pom = POM.replace("description", "name" + i);
                    assertThat(read(pom).artifact()).isEqualTo("lib");
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private String outcome(byte[] pom) throws IOException {
    try {
      PomModel model = reader.read(Jars.file("a.pom", pom));
      return model == null ? "null" : String.valueOf(model.coordinates());
    } catch (ExtractionException e) {
      return e.reason();
    }
  }

  private MavenCoordinates read(String pom) throws Exception {
    return Objects.requireNonNull(reader.read(Jars.file("a.pom", pom))).coordinates();
  }

  private String failure(String pom) {
    return catchThrowableOfType(ExtractionException.class, () -> read(pom)).reason();
  }
}
