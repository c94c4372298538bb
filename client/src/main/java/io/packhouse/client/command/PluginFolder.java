package io.packhouse.client.command;

import io.packhouse.client.output.Streams;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where third-party extractors lie. */
final class PluginFolder {
  static final String VARIABLE = "PACKHOUSE_PLUGINS";

  /** What the help of commands says of the option. */
  static final String HELP =
      "The folder of third-party extractors: a jar or a folder of jars each [PACKHOUSE_PLUGINS, or"
          + " packhouse/plugins in XDG_DATA_HOME or ~/.local/share if it is there]";

  private PluginFolder() {}

  /**
   * The folder: one that is named whether it is there or not, else the user's if it is there.
   *
   * @param option null where the option is not given
   * @return null for none
   */
  static @Nullable Path find(@Nullable Path option, Streams streams) {
    if (option != null) {
      return option;
    }
    String named = streams.variable(VARIABLE);
    if (named != null) {
      return Path.of(named);
    }
    String data = streams.variable("XDG_DATA_HOME");
    String home = streams.variable("HOME");
    Path base;
    if (data != null
        && Path.of(data).isAbsolute()) { // others are to be ignored, its specification says
      base = Path.of(data);
    } else if (home != null) {
      base = Path.of(home, ".local", "share");
    } else {
      return null;
    }
    Path folder = base.resolve("packhouse").resolve("plugins");
    return Files.isDirectory(folder) ? folder : null;
  }
}
