package io.packhouse.client.command;

import io.packhouse.client.output.Streams;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.select.PathGlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What pack is given, read from arguments, files and the environment. */
final class PackInputs {
  private static final long NANOS = 1_000_000_000L;

  private PackInputs() {}

  /** Reads inputs: {@code DIR} or {@code NAME=DIR}. */
  static List<PackInput> parse(List<String> arguments, @Nullable String repository) throws Failure {
    List<PackInput> inputs = new ArrayList<>();
    Map<String, String> byMount = new HashMap<>();
    for (String argument : arguments) {
      PackInput input = parse(argument, arguments.size() > 1, repository);
      inputs.add(input);
      String mount = input.mount();
      String other = mount == null ? null : byMount.putIfAbsent(mount, argument);
      if (other != null) {
        throw Failure.usage(
            other + " and " + argument + " would both be " + mount + "/; name one: NAME=DIR");
      }
    }
    return inputs;
  }

  private static PackInput parse(String argument, boolean several, @Nullable String repository)
      throws Failure {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? "" : argument.substring(0, equals);
    if (equals >= 0 && name.indexOf('/') < 0) {
      if (equals == argument.length() - 1) {
        throw Failure.usage("no directory after " + argument);
      }
      return input(argument, Path.of(argument.substring(equals + 1)), name, name);
    }
    Path directory = Path.of(argument);
    if (!several) {
      return input(argument, directory, null, repository);
    }
    Path last = directory.toAbsolutePath().normalize().getFileName();
    if (last == null) {
      throw Failure.usage(argument + " has no name to go by in the archive; use NAME=" + argument);
    }
    return input(argument, directory, last.toString(), repository);
  }

  private static PackInput input(
      String argument, Path directory, @Nullable String mount, @Nullable String repository)
      throws Failure {
    if (mount != null && !PathText.isName(PathText.bytes(mount))) {
      throw Failure.usage(
          "\"" + mount + "\" in " + argument + " is no file name; use NAME=DIR, or ./ before it");
    }
    return new PackInput(directory, mount, repository);
  }

  /** The filter of globs given as options and in files. */
  static PathFilter filter(
      List<String> includes, List<String> excludes, List<String> files, InputStream in)
      throws IOException {
    List<PathGlob> included = new ArrayList<>();
    for (String include : includes) {
      included.add(glob("--include", include));
    }
    List<PathGlob> excluded = new ArrayList<>();
    for (String exclude : excludes) {
      excluded.add(glob("--exclude", exclude));
    }
    for (String file : files) {
      int number = 0;
      for (String line : lines(file, in)) {
        number++;
        String glob = line.strip();
        if (!glob.isEmpty() && !glob.startsWith("#")) {
          excluded.add(glob(file + ":" + number, glob));
        }
      }
    }
    return included.isEmpty() && excluded.isEmpty()
        ? PathFilter.ALL
        : new PathFilter(included, excluded);
  }

  private static List<String> lines(String file, InputStream in) throws IOException {
    if (file.equals("-")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    try {
      return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new Failure(ExitCode.INPUT, "cannot read --exclude-from: " + Failures.message(e), e);
    }
  }

  /** The globs that a file lists. */
  static List<String> globLines(String file, InputStream in) throws IOException {
    return lines(file, in).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static PathGlob glob(String where, String pattern) throws Failure {
    try {
      return PathGlob.of(pattern);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, where + ": " + e.getMessage(), e);
    }
  }

  /** The latest time to record, from SOURCE_DATE_EPOCH; null where that is not set. */
  static @Nullable Long clampNanos(Streams streams) throws Failure {
    String value = streams.variable("SOURCE_DATE_EPOCH");
    if (value == null) {
      return null;
    }
    try {
      long seconds = Long.parseLong(value.strip());
      if (seconds >= 0 && seconds <= Long.MAX_VALUE / NANOS) {
        return seconds * NANOS;
      }
    } catch (NumberFormatException e) {
      throw new Failure(ExitCode.USAGE, epochMessage(value), e);
    }
    throw Failure.usage(epochMessage(value));
  }

  private static String epochMessage(String value) {
    return "SOURCE_DATE_EPOCH must be whole seconds since 1970, 0 to "
        + Long.MAX_VALUE / NANOS
        + ", is \""
        + value
        + "\"; correct or unset it";
  }
}
