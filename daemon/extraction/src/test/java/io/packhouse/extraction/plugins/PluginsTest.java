package io.packhouse.extraction.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugins that do what they should, in a runner and in this process. */
class PluginsTest extends PluginFixture {
  private static final String SOUND = PluginJars.extract("return said(\"sound\");");

  private void trust(String name) throws IOException {
    Files.writeString(folder.resolve(PluginFolder.PROPERTIES), name + ".trusted=true\n");
  }

  @Test
  void everyJarAndEveryFolderOfJarsIsAPlugin() throws Exception {
    PluginJars.write(folder.resolve("two.jar"), "two", SOUND);
    Path set = Files.createDirectory(folder.resolve("öne"));
    PluginJars.write(set.resolve("main.jar"), "one", SOUND);
    PluginJars.write(set.resolve("more.jar"), "more", SOUND);
    Files.writeString(folder.resolve("README"), "none");
    Files.createDirectory(folder.resolve("empty"));

    Plugins plugins = load();

    assertThat(plugins.failures()).isEmpty();
    assertThat(plugins.extractors())
        .extracting(each -> each.plugin() + " " + each.place() + " " + each.trusted())
        .containsExactly("two " + folder.resolve("two.jar") + " false", "öne " + set + " false");
    PackageExtractor two = plugins.extractors().getFirst().extractor();
    assertThat(two.packageType()).isEqualTo("two");
    assertThat(two.columns()).extracting(ColumnSpec::name).containsExactly("text", "number");
    assertThat(two.interest().nameSuffixes()).containsExactly(".two");
    assertThat(said(two, "")).isEqualTo("sound");
    assertThat(runners()).hasSize(2);
  }

  @Test
  void aTrustedOneRunsInThisProcessBehindItsOwnClassLoader() throws Exception {
    trust("bad");
    PackageExtractor extractor =
        pluginOf(
            PluginJars.extract(
                """
                try {
                  Class.forName("org.apache.commons.compress.archivers.zip.ZipFile");
                  return said("seen");
                } catch (ClassNotFoundException e) {
                  return said("" + ProcessHandle.current().pid());
                }
                """));

    assertThat(runners()).isEmpty();
    assertThat(said(extractor, "")).isEqualTo("" + ProcessHandle.current().pid());
    assertThat(extractor.getClass().getClassLoader()).isInstanceOf(PluginClassLoader.class);
  }

  @Test
  void aTrustedOneThatCannotDescribeItselfIsNamed() throws Exception {
    trust("bad");
    PluginJars.write(
        folder.resolve("bad.jar"), "bad", "{ if (true) throw new Error(\"oh no\"); }" + SOUND);

    assertThat(loadFailure()).contains("plugin bad (", "oh no");
  }

  @Test
  void oneBadPluginLeavesTheOthers() throws Exception {
    PluginJars.write(folder.resolve("good.jar"), "good", SOUND);
    Files.write(folder.resolve("bad.jar"), new byte[10]);

    Plugins plugins = load();

    assertThat(plugins.failures()).hasSize(1);
    assertThat(said(plugins.extractors().getFirst().extractor(), "")).isEqualTo("sound");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bad.trusted=yes", "nobody.trusted=true", "trusted=true", "bad.trustet=true"})
  void propertiesThatMeanNothingAreRefused(String line) throws Exception {
    PluginJars.write(folder.resolve("bad.jar"), "bad", SOUND);
    Files.writeString(folder.resolve(PluginFolder.PROPERTIES), line);

    assertThatThrownBy(this::load)
        .isInstanceOf(PluginException.class)
        .hasMessageContaining(PluginFolder.PROPERTIES)
        .hasMessageContaining(line.substring(0, line.indexOf('=')));
  }

  @Test
  void aJarAndAFolderOfOneNameAreRefused() throws Exception {
    PluginJars.write(folder.resolve("bad.jar"), "bad", SOUND);
    Path set = Files.createDirectory(folder.resolve("bad"));
    PluginJars.write(set.resolve("x.jar"), "bad", SOUND);

    assertThatThrownBy(this::load)
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("both named bad");
  }

  @Test
  void aMissingFolderAndAFileAreNamed() throws Exception {
    folder = Files.createFile(temp.resolve("a.jar"));
    assertThatThrownBy(this::load)
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("a.jar: not a directory");
    folder = temp.resolve("none");

    assertThatThrownBy(this::load)
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none");
  }

  @Test
  void allOfTheMetadataComesAcross() throws Exception {
    String body =
        """
        List<ColumnSpec> fields = List.of(
            new ColumnSpec("when", ColumnType.Scalar.TIMESTAMP, "A time."),
            new ColumnSpec("sure", ColumnType.Scalar.BOOL, "A flag."));
        PackageMetadata inner = PackageMetadata.builder(COLUMNS).name("inner").build();
        return PackageMetadata.builder(COLUMNS)
            .purl("pkg:bad/a@1").namespace("ns").name("näme \\ud83d\\ude00").version("")
            .license("MIT").addLicenseDeclared("mit").addLicenseDeclared("MIT")
            .description("d").homepage("h").vcsUrl("v").addAuthor("x").publishedNanos(-1L)
            .addDependency(new Dependency("pkg:bad/b", "b", ">1", "test", true))
            .addDependency(new Dependency(null, "c", null, null, false))
            .column("text", "t").column("number", Long.MIN_VALUE)
            .column("nested", List.of(Map.of("when", 5L, "sure", true), Map.of()))
            .addNested(new NestedPackage("in/ner", inner)).build();
        """;
    String columns =
        """
        static final List<ColumnSpec> COLUMNS = List.of(
            new ColumnSpec("text", ColumnType.Scalar.STRING, "A text."),
            new ColumnSpec("number", ColumnType.Scalar.INT64, "A number."),
            new ColumnSpec("nested", new ColumnType.ListOf(new ColumnType.StructOf(List.of(
                new ColumnSpec("when", ColumnType.Scalar.TIMESTAMP, "A time."),
                new ColumnSpec("sure", ColumnType.Scalar.BOOL, "A flag.")))), "A list."));
        """;
    String source =
        "package x; import io.packhouse.spi.*; import java.util.*; import java.io.*;\n"
            + "public class Full implements PackageExtractor {\n"
            + columns
            + "public String packageType() { return \"bad\"; }"
            + " public String name() { return \"full\"; }"
            + " public List<ColumnSpec> columns() { return COLUMNS; }"
            + " public Interest interest() { return new Interest(List.of(\".a\"),"
            + " List.of(\"**/b\"), List.of(new Interest.Magic(3, \"00ff\"))); }\n"
            + PluginJars.extract(body)
            + "}";
    PluginJars.writeClass(folder.resolve("a.jar"), "x.Full", source);
    Plugins apart = load();
    trust("a");
    Plugins here = load();

    PackageExtractor remote = apart.extractors().getFirst().extractor();
    PackageExtractor local = here.extractors().getFirst().extractor();
    assertThat(extract(remote, "")).isEqualTo(extract(local, ""));
    assertThat(extract(remote, "").dependencies()).hasSize(2);
    assertThat(Descriptor.of(remote)).isEqualTo(Descriptor.of(local));
  }

  @Test
  void nullDamageAndWhatCouldBeToldComeAcross() throws Exception {
    PackageExtractor extractor =
        plugin(
            """
            if (file.size() == 0) return null;
            ExtractionException damage = new ExtractionException("ends early");
            throw file.size() == 1 ? damage : damage.withPartial(said("a part"));
            """);

    assertThat(extract(extractor, "")).isNull();
    assertThatThrownBy(() -> extract(extractor, "x"))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("ends early");
              assertThat(e.partial()).isNull();
            });
    assertThatThrownBy(() -> extract(extractor, "xx"))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> assertThat(e.partial().columns()).containsEntry("text", "a part"));
  }

  @Test
  void aBigFileIsReadWhereItIsAskedFor() throws Exception {
    byte[] bytes = new byte[5 << 20];
    new Random(5).nextBytes(bytes);
    PackageExtractor extractor =
        plugin(
            """
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            Random random = new Random(7);
            for (int i = 0; i < 300; i++) {
              int position = random.nextInt((int) file.size());
              int length = random.nextInt(i % 10 == 0 ? 3 << 20 : 5_000);
              length = (int) Math.min(length, file.size() - position);
              if (i % 2 == 0) {
                crc.update(file.slice(position, length));
              } else {
                ByteBuffer target = ByteBuffer.allocate(length);
                while (target.hasRemaining()) file.read(position + target.position(), target);
                crc.update(target.flip());
              }
            }
            if (file.read(file.size(), ByteBuffer.allocate(1)) != -1) return said("no end");
            try {
              file.slice(file.size() - 1, 2);
              return said("past the end");
            } catch (IndexOutOfBoundsException e) {
              return said(crc.getValue() + " " + file.path());
            }
            """);
    CRC32 expected = new CRC32();
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      int position = random.nextInt(bytes.length);
      int length = random.nextInt(i % 10 == 0 ? 3 << 20 : 5_000);
      expected.update(bytes, position, Math.min(length, bytes.length - position));
    }

    PackageFile big = PackageFile.of("a/b.bad", ByteBuffer.wrap(bytes));
    PackageMetadata metadata = extractor.extract(big, StandaloneContext.of(LIMITS));

    assertThat(metadata.columns()).containsEntry("text", expected.getValue() + " a/b.bad");
  }

  @Test
  void siblingsComeFromTheHost() throws Exception {
    PackageExtractor extractor =
        plugin(
            """
            PackageFile near = context.sibling("../near");
            PackageFile again = context.sibling("../near");
            ByteBuffer bytes = near.slice(0, (int) near.size());
            return said(near.path() + " " + (char) bytes.get(bytes.limit() - 1)
                + " " + (near == again) + " " + context.sibling("none")
                + " " + context.limits().maxNesting());
            """);
    PackageFile near =
        PackageFile.of(
            "near", ByteBuffer.wrap("ab".repeat(100_000).getBytes(StandardCharsets.UTF_8)));

    PackageMetadata metadata = extractor.extract(file(""), new Siblings(near));

    assertThat(metadata.columns()).containsEntry("text", "near b true null 4");
  }

  @Test
  void digestsOfSiblingsComeFromTheHost() throws Exception {
    PackageExtractor extractor =
        plugin(
            """
            byte[] digest = context.digest("../near", "sha1");
            String failure = "none";
            try {
              context.digest("broken", "sha1");
            } catch (java.io.IOException e) {
              failure = e.getMessage();
            }
            return said(digest.length + " " + digest[3] + " " + context.digest("../near", "md5")
                + " " + failure);
            """);
    PackageFile near = PackageFile.of("near", ByteBuffer.allocate(10));

    PackageMetadata metadata = extractor.extract(file(""), new Siblings(near));

    assertThat(metadata.columns()).containsEntry("text", "20 7 null cannot be read");
  }

  @Test
  void archivesAreOpenedInTheRunnerWithinTheLimits() throws Exception {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("small"));
      out.write("hello".getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new ZipEntry("large"));
      out.write(new byte[2 << 20]);
    }
    PackageExtractor extractor =
        plugin(
            """
            ZipDirectory zip = context.archives().zip(file);
            String text = "";
            for (ArchiveMember member : zip.members()) {
              try (InputStream in = member.stream()) {
                text += new String(in.readAllBytes(), "US-ASCII");
              }
            }
            return said(text);
            """);
    PackageFile file = PackageFile.of("a.bad", ByteBuffer.wrap(zip.toByteArray()));

    assertThatThrownBy(() -> extractor.extract(file, StandaloneContext.of(LIMITS)))
        .isInstanceOf(ExtractionException.class)
        .hasMessageContaining("1048576");
    ExtractionLimits more = new ExtractionLimits(4 << 20, 1_000, 4, Duration.ofSeconds(20));
    assertThat((String) extractor.extract(file, StandaloneContext.of(more)).columns().get("text"))
        .startsWith("hello");
  }

  @Test
  void aReadThatFailsIsTheHostsFailure() throws Exception {
    PackageExtractor extractor = plugin("file.slice(100_000, 1); return said(\"read\");");
    IOException failure = new IOException("the disk is gone");
    PackageFile failing =
        new PackageFile() {
          @Override
          public String path() {
            return "a.bad";
          }

          @Override
          public long size() {
            return 1 << 20;
          }

          @Override
          public int read(long position, ByteBuffer target) throws IOException {
            if (position > 0) {
              throw failure;
            }
            int length = Math.min(target.remaining(), RemoteFile.HEAD_BYTES);
            target.put(new byte[length]);
            return length;
          }

          @Override
          public ByteBuffer slice(long position, int length) throws IOException {
            throw failure;
          }
        };

    assertThatThrownBy(() -> extractor.extract(failing, StandaloneContext.of(LIMITS)))
        .isSameAs(failure);
    assertThat(failure(extractor, "x")).contains("IndexOutOfBounds");
    assertThat(runners()).as("the same").hasSize(1);
  }

  @Test
  void manyThreadsShareAFewRunners() throws Exception {
    settings = new PluginSettings(32L << 20, 384L << 20, Duration.ofSeconds(60), 2);
    PackageExtractor extractor =
        plugin(
            "return said(new String(file.slice(0, (int) file.size()).hasRemaining()"
                + " ? file.path() + file.size() : \"empty\"));");
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String contents = "x".repeat(i);
        tasks.add(() -> said(extractor, contents));
      }
      List<Future<String>> done = threads.invokeAll(tasks);
      for (int i = 1; i < done.size(); i++) {
        assertThat(done.get(i).get()).isEqualTo("dir/some.bad" + i);
      }
    }
    assertThat(runners()).hasSizeBetween(1, 2);
  }

  @Test
  void closingEndsWhatIsUnderWay() throws Exception {
    PackageExtractor extractor =
        plugin("context.sibling(\"started\"); while (file.size() == 0) sleep(1_000); return null;");
    Siblings context = new Siblings(file(""));
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> waiting = thread.submit(() -> extractor.extract(file(""), context));
      while (!context.asked) {
        Thread.onSpinWait();
      }
      closeAll();
      assertThatThrownBy(waiting::get)
          .hasCauseInstanceOf(ExtractionException.class)
          .hasMessageContaining("plugin bad was closed");
    }
    assertThat(runners()).isEmpty();
    assertThat(failure(extractor, "")).isEqualTo("plugin bad was closed");
  }

  /** One sibling, called near. */
  private static final class Siblings implements ExtractionContext {
    private final PackageFile near;
    volatile boolean asked;

    Siblings(PackageFile near) {
      this.near = near;
    }

    @Override
    public PackageFile sibling(String relativePath) {
      asked = true;
      return relativePath.equals("../near") ? near : null;
    }

    @Override
    public byte[] digest(String relativePath, String algorithm) throws IOException {
      if (relativePath.equals("broken")) {
        throw new IOException("cannot be read");
      }
      byte[] digest = new byte[20];
      digest[3] = 7;
      return algorithm.equals("sha1") ? digest : null;
    }

    @Override
    public ArchiveOpener archives() {
      return new SafeArchiveOpener(LIMITS);
    }

    @Override
    public ExtractionLimits limits() {
      return LIMITS;
    }
  }
}
