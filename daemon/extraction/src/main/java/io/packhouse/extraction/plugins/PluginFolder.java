package io.packhouse.extraction.plugins;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds plugins: each jar of the folder is one, and each folder in it that has jars. What is
 * trusted is said beside them, in {@value #PROPERTIES}, as {@code NAME.trusted=true}: a jar cannot
 * say it of itself.
 */
final class PluginFolder {
  static final String PROPERTIES = "packhouse-plugins.properties";

  private static final String TRUSTED = ".trusted";

  private PluginFolder() {}

  /**
   * The plugins of a folder, in the order of names.
   *
   * @throws PluginException if the properties say what means nothing
   */
  static List<PluginSource> scan(Path folder) throws IOException, PluginException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileSystemException(
          folder.toString(), null, "not a directory; name the folder that plugins are in");
    }
    Map<String, Path> places = new TreeMap<>();
    Map<String, List<Path>> jars = new TreeMap<>();
    for (Path place : children(folder)) {
      String file = String.valueOf(place.getFileName());
      boolean directory = Files.isDirectory(place);
      if (file.startsWith(".") || !(directory || isJar(place))) {
        continue;
      }
      String name = directory ? file : file.substring(0, file.length() - ".jar".length());
      List<Path> found =
          directory
              ? children(place).stream().filter(PluginFolder::isJar).toList()
              : List.of(place);
      if (found.isEmpty()) {
        continue;
      }
      Path other = places.put(name, place);
      if (other != null) {
        throw new PluginException(
            "plugins " + other + " and " + place + " are both named " + name + "; rename one");
      }
      jars.put(name, found);
    }
    Set<String> trusted = trusted(folder, places.keySet());
    List<PluginSource> sources = new ArrayList<>();
    places.forEach(
        (name, place) ->
            sources.add(
                new PluginSource(
                    name, place, jars.getOrDefault(name, List.of()), trusted.contains(name))));
    return sources;
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(Path::toAbsolutePath).sorted().toList();
    }
  }

  private static boolean isJar(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".")
        && name.toLowerCase(Locale.ROOT).endsWith(".jar")
        && Files.isRegularFile(file);
  }

  private static Set<String> trusted(Path folder, Set<String> names)
      throws IOException, PluginException {
    Path file = folder.resolve(PROPERTIES);
    Set<String> trusted = new TreeSet<>();
    if (!Files.isRegularFile(file)) {
      return trusted;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new PluginException(file + " is no properties file: " + e.getMessage(), e);
    }
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      String value = properties.getProperty(key);
      String problem = problem(key, value, names);
      if (problem != null) {
        throw new PluginException(file + " says " + key + "=" + value + ", but " + problem);
      }
      if (value.equals("true")) {
        trusted.add(key.substring(0, key.length() - TRUSTED.length()));
      }
    }
    return trusted;
  }

  private static @Nullable String problem(String key, String value, Set<String> names) {
    if (!key.endsWith(TRUSTED)) {
      return "only NAME" + TRUSTED + " means something";
    }
    if (!value.equals("true") && !value.equals("false")) {
      return "it is true or false";
    }
    String name = key.substring(0, key.length() - TRUSTED.length());
    return names.contains(name) ? null : "there is no plugin " + name;
  }
}
