package io.packhouse.extraction.plugins;

import java.nio.file.Path;
import java.util.List;

/**
 * A plugin in the plugin folder.
 *
 * @param name of the jar without {@code .jar}, or of the folder
 * @param place the jar or the folder
 * @param jars in the order in which classes are looked for
 * @param trusted runs in this process
 */
record PluginSource(String name, Path place, List<Path> jars, boolean trusted) {
  PluginSource {
    jars = List.copyOf(jars);
  }

  /** How messages speak of it. */
  String describe() {
    return "plugin " + name;
  }
}
