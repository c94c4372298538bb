package io.packhouse.extraction.plugins;

import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles extractors and packs them into jars, as third parties do. */
final class PluginJars {
  private static final String SERVICE = "META-INF/services/" + PackageExtractor.class.getName();

  private PluginJars() {}

  /**
   * A plugin with one extractor, of files that end as it is called.
   *
   * @param jar to write
   * @param type its package type
   * @param members of the class besides what the SPI wants, and the body of {@code extract} last
   */
  static Path write(Path jar, String type, String members) throws IOException {
    String source =
        """
        package third.party;

        import io.packhouse.spi.*;
        import java.io.*;
        import java.nio.ByteBuffer;
        import java.util.*;

        public final class Third implements PackageExtractor {
          static final List<ColumnSpec> COLUMNS =
              List.of(
                  new ColumnSpec("text", ColumnType.Scalar.STRING, "For tests."),
                  new ColumnSpec("number", ColumnType.Scalar.INT64, "For tests."));

          public String packageType() { return "TYPE"; }
          public String name() { return "TYPE"; }
          public List<ColumnSpec> columns() { return COLUMNS; }
          public Interest interest() { return Interest.inSuffixes(".TYPE"); }

          static PackageMetadata said(String text) {
            return PackageMetadata.builder(COLUMNS).name("it").column("text", text).build();
          }

          static void sleep(long millis) {
            try {
              Thread.sleep(millis);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          MEMBERS
        }
        """
            .replace("TYPE", type)
            .replace("MEMBERS", members);
    return writeClass(jar, "third.party.Third", source);
  }

  /** The head of {@code extract}; a body in braces follows. */
  static String extract(String body) {
    return "public PackageMetadata extract(PackageFile file, ExtractionContext context)"
        + " throws ExtractionException, IOException {\n"
        + body
        + "\n}";
  }

  /** A jar with one class, named as a service. */
  static Path writeClass(Path jar, String name, String source) throws IOException {
    Path classes = Files.createTempDirectory(jar.getParent(), ".classes");
    compile(name, source, classes);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
      out.putNextEntry(new JarEntry(SERVICE));
      out.write(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static void compile(String name, String source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("string:///" + name.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter said = new StringWriter();
    boolean done =
        compiler
            .getTask(
                said,
                null,
                null,
                List.of("-d", classes.toString(), "-cp", spi().toString(), "-proc:none"),
                null,
                List.of(unit))
            .call();
    if (!done) {
      throw new IOException(said + "\n" + source);
    }
  }

  /** Where the SPI's classes are. */
  static Path spi() {
    return Path.of(
        URI.create(
            PackageExtractor.class.getProtectionDomain().getCodeSource().getLocation().toString()));
  }
}
