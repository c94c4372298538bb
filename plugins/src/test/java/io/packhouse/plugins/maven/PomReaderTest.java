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
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
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

  /** Of what poms have seldom, and what the quick parser makes objects for. */
  private static final String ODD =
      """
      <?xml version='1.0' encoding='utf-8' standalone="yes" ?><!-- before -->
      <project xmlns:x='urn:x' a='1' x:a = "2" xml:lang='en'>
        <build><plugin combine.self='override'> ]] &lt; </plugin><![CDATA[ ]] > ]]></build>
        <name>  a<!-- - --> b <b/> c&#x1F600;&#10;  </name><empty/><empty ></empty >
        <scm>\u00E9 <![CDATA[]]]]><![CDATA[>]]></scm>
      </project><!-- after -->
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
            POM.replace("&amp;", "\u0001"))) {
      assertThat(failure(pom)).isEqualTo("pom is not well-formed XML, or nests too deep");
    }
  }

  @Test
  void entitiesThatNobodyDeclaredAreNoDamage() throws Exception {
    // As in org.codehaus.plexus:plexus:1.0.4, which Maven reads.
    assertThat(read(POM.replace("&amp;", "&oslash;")).version()).isEqualTo("1.0");
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
    for (int length : new int[] {1 << 16, 1 << 20, 16 << 20}) {
      String pom = POM + " ".repeat(length - POM.length());
      assertThat(read(pom).artifact()).isEqualTo("lib");
    }
    assertThat(failure(POM + " ".repeat(16 << 20))).contains("larger than the limit");
  }

  @Test
  void documentTypesAreSkippedAndTheirEntitiesNotFollowed() throws Exception {
    String type = "<!DOCTYPE project [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>\n<project";
    String pom = POM.replace("<project", type);
    assertThat(read(pom).group()).isEqualTo("org.a");
    assertThat(failure(pom.replace("org.a", "&e;"))).isNotBlank();
  }

  @Test
  void manyAttributesAndNamesTakeNoLongTime() throws Exception {
    StringBuilder attributes = new StringBuilder("<project");
    for (int i = 0; attributes.length() < 10 << 20; i++) {
      attributes.append(" a").append(i).append("=''");
    }
    assertThat(failure(attributes.append("/>").toString())).isNotBlank();
    for (int pom = 0; pom < 3; pom++) {
      StringBuilder names = new StringBuilder(POM.replace("</project>", ""));
      for (int i = 0; names.length() < 2 << 20; i++) {
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

  /** Each character replaced, left out, and followed by another. */
  @Test
  void whatTheQuickParserAcceptsIsWhatTheThoroughOneReads() throws Exception {
    String signs = "<>/&;:!?-[]\"'=x \r\n\0\u0001gé\u2028\u20AC\uFFFE";
    int accepted = 0;
    for (String pom : List.of(POM, ODD)) {
      assertThat(isReadAlike(utf8(pom))).isTrue();
      for (int at = 0; at < pom.length(); at++) {
        StringBuilder less = new StringBuilder(pom).deleteCharAt(at);
        accepted += isReadAlike(utf8(less.toString())) ? 1 : 0;
        for (int i = 0; i < signs.length(); i++) {
          char sign = signs.charAt(i);
          String replaced = new StringBuilder(less).insert(at, sign).toString();
          accepted += isReadAlike(utf8(replaced)) ? 1 : 0;
          accepted += isReadAlike(utf8(replaced.replace("\n", "\r\n"))) ? 1 : 0;
          String longer = new StringBuilder(pom).insert(at, sign).toString();
          accepted += isReadAlike(utf8(longer)) ? 1 : 0;
        }
      }
    }
    assertThat(accepted).isGreaterThan(10_000);
  }

  @Test
  void whatTheQuickParserAcceptsOfRandomBytesIsWhatTheThoroughOneReads() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] pieces = {
      "<a>",
      "</a>",
      "<b/>",
      "<build>",
      "</build>",
      "<b c='d'>",
      "</b>",
      "text",
      " ",
      "\r",
      "\n",
      "&amp;",
      "&#x20AC;",
      "&#13;",
      "&#0;",
      "&x;",
      "<![CDATA[ <c> ]]>",
      "<!-- - -->",
      "]]>",
      "\u00E9",
      "<?p?>",
      "\t",
      " x:y='z'",
      "<p:a>",
      "\uD83D\uDE00",
      "<c xml:space='default'>",
      "</c>"
    };
    int accepted = 0;
    for (int round = 0; round < 10_000; round++) {
      StringBuilder pom = new StringBuilder("<project xmlns:x='urn:y'>");
      List<String> open = new ArrayList<>();
      for (int piece = random.nextInt(12); piece > 0; piece--) {
        String next = pieces[random.nextInt(pieces.length)];
        if (next.startsWith("</") && !open.isEmpty() && random.nextInt(20) > 0) {
          next = "</" + open.removeLast() + ">";
        } else if (next.startsWith("<")
            && Character.isLetter(next.charAt(1))
            && !next.contains("/")) {
          open.add(next.substring(1).split("[ >]", -1)[0]);
        }
        pom.append(next);
      }
      while (!open.isEmpty()) {
        pom.append("</").append(open.removeLast()).append('>');
      }
      byte[] bytes = utf8(pom.append("</project>").toString());
      for (int wrong = random.nextInt(3) - 1; wrong > 0; wrong--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      accepted += isReadAlike(bytes) ? 1 : 0;
    }
    assertThat(accepted).as("seed " + seed).isGreaterThan(1_500);
  }

  @Test
  void encodingsOtherThanUtf8AreReadAsDeclared() throws Exception {
    String latin = POM.replace("UTF-8", "ISO-8859-1");
    assertThat(isReadAlike(latin.getBytes(StandardCharsets.ISO_8859_1))).isTrue();
    byte[] accented = latin.replace("a comment", "\u00E9").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(isReadAlike(accented)).isFalse();
    String named = latin.replace("<description>a", "<description>\u00E9");
    PomModel model = reader.read(Jars.file("a.pom", named.getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(Objects.requireNonNull(model).description()).isEqualTo("\u00E9 < b & c");
    assertThat(isReadAlike(utf8("\uFEFF" + POM))).isTrue();
    assertThat(isReadAlike(POM.getBytes(StandardCharsets.UTF_16))).isFalse();
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

  /** Whether the quick parser accepts it; fails where the thorough one then reads it otherwise. */
  private static boolean isReadAlike(byte[] pom) {
    byte[] before = pom.clone();
    QuickXml quick = new QuickXml(pom, "project", PomModel.SKIPPED);
    boolean accepts = quick.accepts();
    assertThat(pom).isEqualTo(before);
    if (accepts) {
      String thorough;
      try {
        PackageFile file = Jars.file("a.pom", pom);
        thorough = shown(PomReader.readThoroughly(file, "pom", "project", PomModel.SKIPPED));
      } catch (ExtractionException | IOException e) {
        thorough = e.toString();
      }
      assertThat(shown(quick.document()))
          .as(new String(pom, StandardCharsets.UTF_8))
          .isEqualTo(thorough);
    }
    return accepts;
  }

  private static String shown(@Nullable XmlNode node) {
    if (node == null) {
      return "another root";
    }
    StringBuilder shown = new StringBuilder(node.name()).append('{').append(node.text());
    node.children().forEach(child -> shown.append(shown(child)));
    return shown.append('}').toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private MavenCoordinates read(String pom) throws Exception {
    return Objects.requireNonNull(reader.read(Jars.file("a.pom", pom))).coordinates();
  }

  private String failure(String pom) {
    return catchThrowableOfType(ExtractionException.class, () -> read(pom)).reason();
  }
}
