package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command with third-party extractors: the sample project's, and bad ones. */
class PluginFolderTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("basedir", "")).resolve("../plugins/sample/src/main");

  /** Misbehaves as a file says. */
  private static final String BAD =
      """
      package third.party;
      import io.packhouse.spi.*;
      import java.io.IOException;
      import java.util.List;
      public final class Bad implements PackageExtractor {
        public String packageType() { return "TYPE"; }
        public String name() { return "TYPE"; }
        public List<ColumnSpec> columns() {
          return List.of(new ColumnSpec("text", ColumnType.Scalar.STRING, "A text."));
        }
        public Interest interest() { return Interest.inSuffixes(".TYPE"); }
        public PackageMetadata extract(PackageFile file, ExtractionContext context)
            throws ExtractionException, IOException {
          switch (file.fileName().replaceAll("[.].*", "")) {
            case "exits" -> System.exit(5);
            case "eats" -> { byte[][] all = new byte[2000][]; for (int i = 0; i < 2000; i++) all[i] = new byte[1 << 20]; }
            case "fails" -> throw new AssertionError("oh no");
            case "hangs" -> { new java.io.File("MARK").createNewFile(); try { while (file.size() >= 0) Thread.sleep(1000); } catch (InterruptedException e) { return null; } }
            case "prints" -> System.out.println("noise");
            default -> {}
          }
          return PackageMetadata.builder(columns()).name("fine").column("text", "fine").build();
        }
      }
      """;

  @TempDir Path temp;
  private Path plugins;
  private Path tree;
  private Path archive;

  @BeforeEach
  void makeTree() throws IOException {
    plugins = Files.createDirectory(temp.resolve("plugins"));
    tree = Trees.maven(temp);
    archive = temp.resolve("a.pkh");
    Path shop = Files.createDirectory(tree.resolve("shop"));
    try (OutputStream file = Files.newOutputStream(shop.resolve("lamp.widget"));
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("widget.properties"));
      zip.write("name=lamp\nversion=2.0\ncolour=red\nneeds=bulb".getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("parts/base"));
    }
    Files.write(shop.resolve("broken.widget"), new byte[] {'P', 'K', 3, 4, 0, 0});
  }

  @AfterEach
  void noProcessIsLeft() {
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  private Path writeSample() throws IOException {
    try (Stream<Path> sources = Files.walk(SAMPLE.resolve("java"))) {
      List<Path> java = sources.filter(Files::isRegularFile).toList();
      return jar("widget", "org.example.widget.WidgetExtractor", java);
    }
  }

  /** Where a plugin says that it hangs now. */
  private Path mark() {
    return temp.resolve("mark");
  }

  private Path writeBad(String type) throws IOException {
    Path source = Files.createDirectories(temp.resolve("src-" + type)).resolve("Bad.java");
    Files.writeString(source, BAD.replace("TYPE", type).replace("MARK", mark().toString()));
    return jar(type, "third.party.Bad", List.of(source));
  }

  private Path jar(String name, String service, List<Path> sources) throws IOException {
    Path classes = Files.createTempDirectory(temp, "classes");
    List<String> args = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
    args.add("-cp");
    args.add(System.getProperty("java.class.path"));
    sources.forEach(source -> args.add(source.toString()));
    int code =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, args.toArray(new String[0]));
    assertThat(code).isZero();
    Path jar = plugins.resolve(name + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
      out.putNextEntry(new JarEntry("META-INF/services/" + PackageExtractor.class.getName()));
      out.write(service.getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private List<String> packages() {
    return packhouse("ls", "--json", archive).lines().stream()
        .filter(line -> line.contains("\"package_type\""))
        .toList();
  }

  @Test
  void theSampleNamesItsService() throws IOException {
    assertThat(SAMPLE.resolve("resources/META-INF/services/" + PackageExtractor.class.getName()))
        .hasContent("org.example.widget.WidgetExtractor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void theSamplePluginDescribesFilesOfATree(String trusted) throws IOException {
    writeSample();
    Files.writeString(plugins.resolve("packhouse-plugins.properties"), "widget.trusted=" + trusted);

    Result result = packhouse("pack", "--json", "--plugins", plugins, tree, archive);

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("\"packages\":2", "\"extract_errors\":1");
    assertThat(packages())
        .anyMatch(line -> line.contains("pkg:maven/org.acme/tool@1.2"))
        .anyMatch(
            line ->
                line.contains("pkg:widget/lamp@2.0")
                    && line.contains("\"colour\":\"red\"")
                    && line.contains("base"))
        .anyMatch(line -> line.contains("broken.widget") && line.contains("extract_error"));
    assertThat(packhouse("verify", archive).code()).isZero();
  }

  @Test
  void filesOnWhichAPluginFailsCostTheirMetadataAlone() throws IOException {
    writeBad("bad");
    for (String file : List.of("exits", "eats", "fails", "fine", "prints")) {
      Files.writeString(tree.resolve(file + ".bad"), file);
    }

    Result result = packhouse("pack", "--json", "--plugins", plugins, tree, archive);

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("\"extract_errors\":3", "\"packages\":3");
    assertThat(packages())
        .anyMatch(line -> line.contains("exits.bad") && line.contains("plugin bad exited with"))
        .anyMatch(line -> line.contains("eats.bad") && line.contains("plugin bad ran out of"))
        .anyMatch(line -> line.contains("fails.bad") && line.contains("plugin bad failed"))
        .anyMatch(line -> line.contains("prints.bad") && line.contains("\"text\":\"fine\""))
        .anyMatch(line -> line.contains("fine.bad") && line.contains("\"text\":\"fine\""));
  }

  @Test
  void twoThatClaimOneTypeAreRefusedByName() throws IOException {
    Path widget = writeSample();
    Path other = Files.copy(widget, plugins.resolve("other.jar"));

    Result two = packhouse("pack", "--plugins", plugins, tree, archive);
    assertThat(two.code()).isEqualTo(2);
    assertThat(two.err()).contains("claim the package type widget", widget + "", other + "");
    assertThat(archive).doesNotExist();
    Files.delete(widget);
    Files.delete(other);

    Path maven = writeBad("maven");
    for (String command : List.of("pack", "plugins")) {
      Result builtIn =
          command.equals("pack")
              ? packhouse(command, "--plugins", plugins, tree, archive)
              : packhouse(command, "--plugins", plugins);
      assertThat(builtIn.code()).isEqualTo(2);
      assertThat(builtIn.err()).contains("package type maven", "(built in)", maven.toString());
    }
    Files.delete(maven);

    Path path = writeBad("path");
    Result column = packhouse("pack", "--plugins", plugins, tree, archive);
    assertThat(column.code()).isEqualTo(2);
    assertThat(column.err()).contains(path.toString(), "name of an index column");
  }

  @Test
  void oneThatCannotBeUsedIsRefusedOrLeftOut() throws IOException {
    writeSample();
    Path odd = Files.writeString(plugins.resolve("odd.jar"), "no jar");

    Result refused = packhouse("pack", "--plugins", plugins, tree, archive);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("plugin odd (" + odd + ")", "--keep-going");
    assertThat(archive).doesNotExist();

    Result leftOut = packhouse("pack", "--keep-going", "--plugins", plugins, tree, archive);
    assertThat(leftOut.code()).isEqualTo(7);
    assertThat(leftOut.err()).contains("plugin odd (" + odd + ")");
    assertThat(packages()).anyMatch(line -> line.contains("pkg:widget/lamp@2.0"));

    Result listed = packhouse("plugins", "--plugins", plugins);
    assertThat(listed.code()).isEqualTo(7);
    assertThat(listed.out()).contains("widget (" + plugins.resolve("widget.jar") + ")\n");
  }

  @Test
  void theFolderIsFoundByOptionVariableOrPlace() throws IOException {
    Path home = Files.createDirectory(temp.resolve("home"));
    Path data = Files.createDirectories(home.resolve(".local/share/packhouse"));
    writeSample();
    assertThat(packhouse("plugins").out()).doesNotContain("widget");
    assertThat(new Cli().with("HOME", home + "").run("plugins").out()).doesNotContain("widget");

    String out = new Cli().with("PACKHOUSE_PLUGINS", plugins + "").run("plugins").out();
    assertThat(out).contains("widget (" + plugins.resolve("widget.jar"));
    Files.move(plugins, data.resolve("plugins"));
    assertThat(new Cli().with("HOME", home + "").run("plugins").out()).contains("widget (");
    assertThat(
            new Cli().with("XDG_DATA_HOME", home.resolve(".local/share") + "").run("plugins").out())
        .contains("widget (");

    Result missing = packhouse("plugins", "--plugins", plugins);
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.err()).contains(plugins + ": no such file or directory");
  }

  @Test
  void aPluginIsTriedOnAFile() throws IOException {
    Path widget = writeSample();

    Result result =
        packhouse("plugins", "try", "--plugins", plugins, tree.resolve("shop/lamp.widget"));
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("pkg:widget/lamp@2.0", "widget.colour");
    Result typed = packhouse("plugins", "--plugins", plugins, "--type", "widget", "--json");
    assertThat(typed.out()).contains("\"origin\":\"" + widget + "\"");
  }

  private Process start(Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xlog:class+load:file=" + temp.resolve("classes.log"),
            "-cp",
            System.getProperty("java.class.path"),
            "io.packhouse.client.Main"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("PACKHOUSE_PLUGINS");
    builder.environment().put("HOME", temp.toString());
    builder.environment().remove("XDG_DATA_HOME");
    return builder
        .redirectError(temp.resolve("err").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void aPackWithoutPluginFolderLoadsNothingOfIt() throws Exception {
    Process process = start("pack", tree, archive);

    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(temp.resolve("classes.log")))
        .contains("io.packhouse.client.command.LoadedExtractors")
        .doesNotContain("io.packhouse.extraction.plugins")
        .doesNotContain("ThirdPartyExtractors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void anInterruptedPackLeavesNoRunnerAndDoesNotWaitForIt(String signal) throws Exception {
    writeBad("bad");
    Files.writeString(tree.resolve("hangs.bad"), "hangs");
    Process process = start("pack", "--plugins", plugins, tree, archive);
    while (!Files.exists(mark())) {
      assertThat(process.isAlive()).as(Files.readString(temp.resolve("err"))).isTrue();
      Thread.sleep(20);
    }
    List<ProcessHandle> runners = process.children().toList();
    assertThat(runners).hasSize(1);

    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle runner : runners) {
      runner.onExit().get(20, TimeUnit.SECONDS);
    }
    if (signal.equals("TERM")) {
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(temp.resolve("err")).hasContent("packhouse: cancelled; nothing was written");
      assertThat(hasTemporaryFile()).isFalse();
    }
  }

  private boolean hasTemporaryFile() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      return files.anyMatch(file -> file.getFileName().toString().endsWith(".packing"));
    }
  }
}
