package io.packhouse.extraction.plugins;

import io.packhouse.spi.PackageExtractor;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The command line of a runner: this process's JDK, and of its class path what a runner needs. */
final class RunnerCommand {
  /** A class of each jar: ours, and what opens archives. */
  private static final List<String> CLASSES =
      List.of(
          RunnerMain.class.getName(),
          PackageExtractor.class.getName(),
          "org.apache.commons.compress.archivers.ArchiveEntry",
          "org.apache.commons.io.IOUtils",
          "org.apache.commons.lang3.ArrayUtils",
          "org.apache.commons.codec.binary.Hex",
          "org.tukaani.xz.XZ",
          "com.github.luben.zstd.Zstd");

  private RunnerCommand() {}

  /**
   * The command.
   *
   * @param socket where the host waits
   */
  static List<String> of(PluginSource plugin, PluginSettings settings, Path socket) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + settings.heapBytes());
    command.add("-XX:MaxDirectMemorySize=" + settings.heapBytes() / 4);
    command.add("-Xms16m"); // else it would begin with a share of the machine
    command.add("-XX:+UseSerialGC");
    // Parsers of small files: the second compiler would take more than it gives.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:-UsePerfData");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + File.separator + "dev" + File.separator + "null");
    command.add("-Xshare:auto");
    command.add("--enable-native-access=ALL-UNNAMED"); // of zstd-jni
    command.add("-Djava.awt.headless=true");
    command.add("-Dfile.encoding=UTF-8");
    copyProperty(command, "java.io.tmpdir");
    copyProperty(command, "ZstdNativePath");
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath()));
    command.add(RunnerMain.class.getName());
    command.add(socket.toString());
    command.add(plugin.name());
    plugin.jars().forEach(jar -> command.add(jar.toString()));
    return command;
  }

  private static void copyProperty(List<String> command, String property) {
    String value = System.getProperty(property);
    if (value != null) {
      command.add("-D" + property + "=" + value);
    }
  }

  private static Set<String> classPath() {
    Set<String> places = new LinkedHashSet<>();
    ClassLoader loader = RunnerCommand.class.getClassLoader();
    for (String name : CLASSES) {
      try {
        CodeSource source =
            Class.forName(name, false, loader).getProtectionDomain().getCodeSource();
        places.add(Path.of(source.getLocation().toURI()).toString());
      } catch (ClassNotFoundException | URISyntaxException e) {
        throw new IllegalStateException("this program is not whole: no class " + name, e);
      }
    }
    return places;
  }
}
