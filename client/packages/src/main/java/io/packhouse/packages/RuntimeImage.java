package io.packhouse.packages;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The JVM that the packages bring along, made by jlink of the JDK that runs this. */
final class RuntimeImage {
  /** What the jars name. */
  private static final List<String> NAMED =
      List.of(
          "java.base",
          "java.logging",
          "java.management",
          "java.naming",
          "java.sql",
          "java.xml",
          "jdk.jfr",
          "jdk.management",
          "jdk.unsupported");

  /** What they name where we never get to: beans, and a format of jars that is long gone. */
  private static final Set<String> UNUSED = Set.of("java.desktop");

  /** What is found by name at run time, or by whoever looks after a daemon. */
  private static final List<String> FOUND_BY_NAME =
      List.of(
          "jdk.charsets", // names in archives of old machines
          "jdk.crypto.ec", // certificates on elliptic curves
          "jdk.jcmd", // thread dumps of a daemon
          "jdk.zipfs");

  private RuntimeImage() {}

  /**
   * Makes one.
   *
   * @param target which must not exist
   */
  static void make(Path target) throws IOException {
    List<String> modules = new ArrayList<>(NAMED);
    modules.addAll(FOUND_BY_NAME);
    String output =
        run(
            "jlink",
            List.of(
                "--add-modules",
                String.join(",", modules),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress=zip-6",
                "--dedup-legal-notices=error-if-not-same-content",
                "--output",
                target.toString()));
    if (!output.isBlank()) {
      System.out.println(output.strip());
    }
    // Links to the one copy of a text that all modules share, which is java.base's.
    try (Stream<Path> legal = Files.walk(target.resolve("legal"))) {
      for (Path link : legal.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  /**
   * Sees to it that the modules that the classes of jars name are there. jdeps would ask for more:
   * it refuses jars that are modules and lack others.
   *
   * @throws IOException if one is not
   */
  static void check(List<Path> jars) throws IOException {
    Map<String, String> modules = modulesByPackage();
    Map<String, Set<String>> missing = new TreeMap<>();
    for (Path file : jars) {
      try (JarFile jar = new JarFile(file.toFile())) {
        for (JarEntry entry : jar.stream().toList()) {
          if (!entry.getName().endsWith(".class") || entry.getName().endsWith("-info.class")) {
            continue;
          }
          byte[] bytes;
          try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readAllBytes();
          }
          for (PoolEntry constant : ClassFile.of().parse(bytes).constantPool()) {
            if (!(constant instanceof ClassEntry name)) {
              continue;
            }
            String type = name.asInternalName();
            String module = modules.get(type.substring(0, Math.max(0, type.lastIndexOf('/'))));
            if (module != null && !NAMED.contains(module) && !UNUSED.contains(module)) {
              missing
                  .computeIfAbsent(module, _ -> new TreeSet<>())
                  .add(String.valueOf(file.getFileName()));
            }
          }
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new IOException("the runtime image lacks modules that jars name: " + missing);
    }
  }

  private static Map<String, String> modulesByPackage() {
    Map<String, String> modules = new HashMap<>();
    for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
      for (String name : module.descriptor().packages()) {
        modules.put(name.replace('.', '/'), module.descriptor().name());
      }
    }
    return modules;
  }

  private static String run(String tool, List<String> arguments) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        ToolProvider.findFirst(tool)
            .orElseThrow(() -> new IOException("this JDK has no " + tool))
            .run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IOException(tool + " ended with " + code + ": " + out + err);
    }
    return out.toString();
  }
}
