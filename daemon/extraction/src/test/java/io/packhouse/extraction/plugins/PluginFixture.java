package io.packhouse.extraction.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plugin folder. After each test no process, thread or socket of a plugin is left. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PluginFixture {
  static final ExtractionLimits LIMITS =
      new ExtractionLimits(1 << 20, 1_000, 4, Duration.ofSeconds(20));
  static final ExtractionLimits HURRIED =
      new ExtractionLimits(1 << 20, 1_000, 4, Duration.ofMillis(200));
  static final PluginSettings SETTINGS =
      new PluginSettings(32L << 20, 384L << 20, Duration.ofSeconds(60), 1);

  @TempDir Path temp;
  Path folder;
  PluginSettings settings = SETTINGS;
  private final List<Plugins> loaded = new ArrayList<>();

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temp.resolve("plugins"));
  }

  @AfterEach
  void nothingIsLeft() {
    loaded.forEach(Plugins::close);
    assertThat(runners()).as("runners left").isEmpty();
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .noneMatch(name -> name.startsWith("packhouse-plugin-start"));
  }

  /** Processes of runners that this one has. */
  static List<ProcessHandle> runners() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }

  /** Loads the folder; closed after the test. */
  Plugins load() throws Exception {
    Plugins plugins = Plugins.load(folder, settings);
    loaded.add(plugins);
    return plugins;
  }

  void closeAll() {
    loaded.forEach(Plugins::close);
  }

  /** The one extractor of a plugin named {@code bad}, whose {@code extract} has this body. */
  PackageExtractor plugin(String body) throws Exception {
    return pluginOf(PluginJars.extract(body));
  }

  PackageExtractor pluginOf(String members) throws Exception {
    PluginJars.write(folder.resolve("bad.jar"), "bad", members);
    Plugins plugins = load();
    assertThat(plugins.failures()).isEmpty();
    return plugins.extractors().getFirst().extractor();
  }

  /** What is wrong with the one plugin, which cannot be loaded. */
  String loadFailure() throws Exception {
    Plugins plugins = load();
    assertThat(plugins.extractors()).isEmpty();
    assertThat(plugins.failures()).hasSize(1);
    return plugins.failures().getFirst().getMessage();
  }

  static PackageFile file(String contents) {
    return PackageFile.of(
        "dir/some.bad", ByteBuffer.wrap(contents.getBytes(StandardCharsets.UTF_8)));
  }

  /** Extracts from a file of this text. */
  static PackageMetadata extract(PackageExtractor extractor, String contents)
      throws ExtractionException, IOException {
    return extract(extractor, contents, LIMITS);
  }

  static PackageMetadata extract(
      PackageExtractor extractor, String contents, ExtractionLimits limits)
      throws ExtractionException, IOException {
    return extractor.extract(
        file(contents), new StandaloneContext(limits, new SafeArchiveOpener(limits)));
  }

  /** The column {@code text} of the file's metadata. */
  static String said(PackageExtractor extractor, String contents) throws Exception {
    return (String) extract(extractor, contents).columns().get("text");
  }

  /** Why nothing could be said of the file. */
  static String failure(PackageExtractor extractor, String contents, ExtractionLimits limits)
      throws IOException {
    try {
      return "no failure, but " + extract(extractor, contents, limits);
    } catch (ExtractionException e) {
      return e.reason();
    }
  }

  static String failure(PackageExtractor extractor, String contents) throws IOException {
    return failure(extractor, contents, LIMITS);
  }
}
