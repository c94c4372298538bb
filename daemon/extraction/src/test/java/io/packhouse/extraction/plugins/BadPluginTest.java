package io.packhouse.extraction.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.spi.PackageExtractor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a plugin does with one file, that file's failure says so and the next is fine. */
class BadPluginTest extends PluginFixture {
  private static final String SOUND = "return said(\"sound\");";

  /** Misbehaves on files that say bad. */
  private PackageExtractor badOn(String body) throws Exception {
    return plugin("if (content(file).equals(\"bad\")) {\n" + body + "\n}\n" + SOUND);
  }

  @Override
  PackageExtractor plugin(String body) throws Exception {
    return pluginOf(
        """
        static String content(PackageFile file) throws IOException {
          byte[] bytes = new byte[(int) file.size()];
          file.slice(0, bytes.length).get(bytes);
          return new String(bytes);
        }
        """
            + PluginJars.extract(body));
  }

  private static void assertSound(PackageExtractor extractor) throws Exception {
    assertThat(said(extractor, "good")).isEqualTo("sound");
  }

  @Test
  void oneThatHangsIsEndedAndReplaced() throws Exception {
    PackageExtractor extractor = badOn("while (file.size() > 0) { sleep(1_000); }");
    assertSound(extractor);
    long first = runners().getFirst().pid();

    assertThat(failure(extractor, "bad", HURRIED))
        .isEqualTo("plugin bad gave no answer in time and was ended");
    assertSound(extractor);
    assertThat(runners()).hasSize(1);
    assertThat(runners().getFirst().pid()).isNotEqualTo(first);
  }

  @Test
  void oneThatSpinsIsEnded() throws Exception {
    PackageExtractor extractor = badOn("for (int i = 0; i >= 0; i = i / 2) {}");

    assertThat(failure(extractor, "bad", HURRIED)).contains("gave no answer in time");
    assertSound(extractor);
  }

  @Test
  void oneThatEatsTheHeapIsReplaced() throws Exception {
    PackageExtractor extractor =
        badOn(
            "List<byte[]> all = new ArrayList<>();"
                + " while (all.size() >= 0) all.add(new byte[1 << 20]);");

    assertThat(failure(extractor, "bad")).startsWith("plugin bad ran out of memory");
    assertSound(extractor);
  }

  @Test
  void oneThatHoldsMoreMemoryThanItsShareIsEnded() throws Exception {
    settings = new PluginSettings(128L << 20, 129L << 20, Duration.ofSeconds(60), 1);
    PackageExtractor extractor =
        badOn(
            """
            List<byte[]> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) all.add(new byte[1 << 20]);
            sleep(60_000);
            """);

    assertThat(failure(extractor, "bad"))
        .matches("plugin bad held \\d+ MiB of memory, more than 129, and was ended");
    assertSound(extractor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"System.exit(42);", "Runtime.getRuntime().halt(42);"})
  void oneThatExitsIsReplaced(String statement) throws Exception {
    PackageExtractor extractor = badOn("System.out.println(\"goodbye\");" + statement);

    assertThat(failure(extractor, "bad"))
        .isEqualTo("plugin bad exited with code 42; its last line was: goodbye");
    assertSound(extractor);
  }

  @Test
  void oneWhoseShutdownHookHangsIsEnded() throws Exception {
    PackageExtractor extractor =
        badOn(
            """
            Runtime.getRuntime().addShutdownHook(new Thread(() -> sleep(600_000)));
            System.exit(0);
            """);

    assertThat(failure(extractor, "bad", HURRIED)).contains("gave no answer in time");
    assertSound(extractor);
  }

  @Test
  void oneThatIsKilledIsReplaced() throws Exception {
    PackageExtractor extractor =
        badOn(
            "new ProcessBuilder(\"/bin/kill\", \"-9\", \"\""
                + " + ProcessHandle.current().pid()).start(); sleep(600_000);");

    assertThat(failure(extractor, "bad")).isEqualTo("plugin bad was killed by the system");
    assertSound(extractor);
  }

  @Test
  void oneThatIsKilledBetweenTwoFilesIsReplacedUnnoticed() throws Exception {
    PackageExtractor extractor = plugin(SOUND);
    for (int i = 0; i < 3; i++) {
      assertSound(extractor);
      ProcessHandle runner = runners().getFirst();
      runner.destroyForcibly();
      runner.onExit().get();
    }
    assertSound(extractor);
  }

  @Test
  void whatIsPrintedDoesNotComeBetween() throws Exception {
    PackageExtractor extractor =
        plugin(
            """
            byte[] noise = new byte[1 << 20];
            new Random(1).nextBytes(noise);
            System.out.write(noise);
            System.err.write(noise);
            new FileOutputStream(FileDescriptor.out).write(noise);
            new FileOutputStream(FileDescriptor.err).write(noise);
            System.out.println();
            int end = System.in.read();
            return said("printed, " + end);
            """);

    assertThat(said(extractor, "")).isEqualTo("printed, -1");
    assertThat(said(extractor, "")).isEqualTo("printed, -1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throw new AssertionError(\"oh no\");",
        "throw new IllegalStateException(\"oh no\");",
        "throw new UnsatisfiedLinkError(\"oh no\");",
        "throw new OutOfMemoryError(\"oh no\");",
        "throw new RuntimeException(\"oh no\") { public Throwable getCause() { throw this; } };"
      })
  void whatIsThrownIsTold(String statement) throws Exception {
    PackageExtractor extractor = plugin("if (file.size() == 3) " + statement + " " + SOUND);

    assertThat(failure(extractor, "bad")).startsWith("plugin bad failed: ").contains(": oh no");
    assertSound(extractor);
  }

  @Test
  void anExceptionThatCannotTellIsNamed() throws Exception {
    PackageExtractor extractor =
        badOn(
            "throw new RuntimeException() {"
                + " public String getMessage() { throw new Error(); } };");

    assertThat(failure(extractor, "bad"))
        .isEqualTo("plugin bad failed: third.party.Third$1, which cannot tell more");
  }

  @Test
  void endlessRecursionIsTold() throws Exception {
    PackageExtractor extractor =
        pluginOf(
            "static int deep(int i) { return 1 + deep(i + 1); }\n"
                + PluginJars.extract("if (file.size() == 3) deep(0); " + SOUND));

    assertThat(failure(extractor, "bad")).contains("java.lang.StackOverflowError");
    assertSound(extractor);
  }

  @Test
  void valuesOfAnotherTypeThanDeclaredAreRefused() throws Exception {
    PackageExtractor extractor =
        badOn(
            """
            return PackageMetadata.builder(
                    List.of(new ColumnSpec("text", ColumnType.Scalar.INT64, "Another.")))
                .column("text", 1L)
                .build();
            """);

    assertThat(failure(extractor, "bad")).startsWith("plugin bad failed: ").contains("text");
    assertSound(extractor);
  }

  @Test
  void columnsThatAreNotDeclaredAreRefused() throws Exception {
    PackageExtractor extractor =
        badOn(
            """
            return PackageMetadata.builder(
                    List.of(new ColumnSpec("other", ColumnType.Scalar.INT64, "Another.")))
                .column("other", 1L)
                .build();
            """);

    assertThat(failure(extractor, "bad")).startsWith("plugin bad failed: ").contains("other");
    assertSound(extractor);
  }

  @Test
  void hugeValuesAreRefused() throws Exception {
    settings = new PluginSettings(256L << 20, 448L << 20, Duration.ofSeconds(60), 1);
    PackageExtractor extractor = badOn("return said(\"x\".repeat(17 << 20));");

    assertThat(failure(extractor, "bad")).contains("more than 16777216 bytes of metadata");
    assertSound(extractor);
  }

  @Test
  void hugeMessagesAreCutOff() throws Exception {
    PackageExtractor extractor =
        plugin("throw new ExtractionException(\"a\\nb\".repeat(1_000_000));");

    assertThat(failure(extractor, "bad")).startsWith("a / ba").hasSizeLessThan(3_000);
  }

  @Test
  void threadsThatAreLeftBehindDoNotComeBetween() throws Exception {
    PackageExtractor extractor =
        plugin(
            """
            for (int i = 0; i < 8; i++) {
              new Thread(() -> {
                while (true) {
                  try {
                    file.read(0, ByteBuffer.allocate(10));
                    context.sibling("x");
                  } catch (Exception e) {
                    sleep(1);
                  }
                }
              }).start();
            }
            return said("started");
            """);

    for (int i = 0; i < 20; i++) {
      assertThat(said(extractor, "x".repeat(100_000))).isEqualTo("started");
    }
  }

  @Test
  void childrenOfAPluginEndWithIt() throws Exception {
    PackageExtractor extractor =
        badOn(
            "Process p = new ProcessBuilder(\"sleep\", \"600\").start();"
                + " return said(String.valueOf(p.pid()));");
    long child = Long.parseLong(said(extractor, "bad"));
    ProcessHandle handle = ProcessHandle.of(child).orElseThrow();

    closeAll();

    handle.onExit().get();
  }

  @Test
  void librariesOfTheHostAreNotSeen() throws Exception {
    PackageExtractor extractor =
        plugin(
            """
            String seen = "";
            for (String name : List.of(
                "org.apache.commons.compress.archivers.zip.ZipFile",
                "org.tukaani.xz.XZ",
                "io.packhouse.extraction.archive.SafeArchiveOpener",
                "io.packhouse.extraction.plugins.RunnerMain",
                "io.packhouse.spi.PackageExtractor",
                "java.sql.Connection")) {
              try {
                seen += Class.forName(name).getSimpleName() + " ";
              } catch (ClassNotFoundException e) {
                seen += "- ";
              }
            }
            return said(seen + Thread.currentThread().getContextClassLoader().getName()
                + " " + getClass().getResource("/META-INF/maven"));
            """);

    assertThat(said(extractor, "")).isEqualTo("- - - - PackageExtractor Connection bad null");
  }

  @Test
  void aClassThatCannotBeInitialisedIsToldForEachFile() throws Exception {
    PackageExtractor extractor =
        pluginOf(
            "static class Lazy { static int value = Integer.parseInt(\"x\"); }\n"
                + PluginJars.extract("return said(\"\" + Lazy.value);"));

    assertThat(failure(extractor, "")).contains("ExceptionInInitializerError");
    assertThat(failure(extractor, "")).contains("NoClassDefFoundError");
  }

  @Test
  void onesThatCannotBeMadeAreNamedAtTheStart() throws Exception {
    Path jar = folder.resolve("bad.jar");
    PluginJars.write(
        jar, "bad", "public Third() { throw new Error(\"oh no\"); }" + PluginJars.extract(SOUND));

    assertThat(loadFailure())
        .startsWith("plugin bad (" + jar + ") cannot be loaded: ")
        .contains("java.lang.Error: oh no");
  }

  @Test
  void onesThatEndTheProcessAreNamedAtTheStart() throws Exception {
    PluginJars.write(
        folder.resolve("bad.jar"), "bad", "static { System.exit(9); }" + PluginJars.extract(SOUND));

    assertThat(loadFailure()).contains("plugin bad (", "exited with code 9");
  }

  @Test
  void onesThatHangAtTheStartAreNamed() throws Exception {
    settings = new PluginSettings(32L << 20, 384L << 20, Duration.ofSeconds(2), 1);
    PluginJars.write(
        folder.resolve("bad.jar"), "bad", "{ sleep(600_000); }" + PluginJars.extract(SOUND));

    assertThat(loadFailure()).contains("plugin bad (", "gave no answer in time");
  }

  @Test
  void jarsWithoutExtractorsAndFilesThatAreNoJarsAreNamed() throws Exception {
    Path jar = Files.write(folder.resolve("odd.jar"), new byte[100]);
    assertThat(loadFailure()).contains("plugin odd (", "cannot be loaded", "zip");

    PluginJars.writeClass(jar, "", "class None {}");
    assertThat(loadFailure()).contains("plugin odd (", "has no extractors");
  }

  @Test
  void onesThatNoLongerStartAreGivenUp() throws Exception {
    String mark = folder.resolve("mark").toString();
    PackageExtractor extractor =
        pluginOf(
            "static { if (new File(\""
                + mark
                + "\").exists()) System.exit(8); }\n"
                + PluginJars.extract(
                    "new File(\"" + mark + "\").createNewFile(); System.exit(7);" + SOUND));

    assertThat(failure(extractor, "")).isEqualTo("plugin bad exited with code 7");
    for (int i = 0; i < RunnerPool.MAX_FAILED_STARTS; i++) {
      assertThat(failure(extractor, ""))
          .isEqualTo("plugin bad could not be started: it exited with code 8");
    }
    assertThat(failure(extractor, ""))
        .isEqualTo(
            "plugin bad is given up after 5 failed starts; the last time it could not be started:"
                + " it exited with code 8");
  }

  @Test
  void onesThatDoNothingButDieAreGivenUp() throws Exception {
    PackageExtractor extractor = badOn("System.exit(1);");
    for (int i = 0; i < RunnerPool.MAX_DEATHS - 1; i++) {
      assertThat(failure(extractor, "bad")).isEqualTo("plugin bad exited with code 1");
    }
    assertSound(extractor);
    for (int i = 0; i < RunnerPool.MAX_DEATHS; i++) {
      assertThat(failure(extractor, "bad")).isEqualTo("plugin bad exited with code 1");
    }
    assertThat(failure(extractor, "good"))
        .startsWith("plugin bad is given up after it died on " + RunnerPool.MAX_DEATHS);
  }
}
