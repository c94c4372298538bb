package io.packhouse.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The run from which the JVM's ahead-of-time cache is made: a small tree with packages in it,
 * packed, listed, verified and extracted by the real command in one process, so that the cache
 * holds the classes of all of them, loaded, linked and with their lambdas made.
 */
final class AotTraining {
  private static final int SMALL_FILES = 600;
  private static final int BIG_FILE_BYTES = 3 << 20;

  private static final String MAVEN_DIRECTORY = "org/example/trained/1.0";
  private static final String PROPERTIES = "groupId=org.example\nartifactId=trained\nversion=1.0\n";
  private static final String POM =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- What most have. -->
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <parent>
          <groupId>org.example</groupId>
          <artifactId>parent</artifactId>
          <version>1</version>
        </parent>
        <groupId>org.example</groupId>
        <artifactId>trained</artifactId>
        <version>1.0</version>
        <packaging>jar</packaging>
        <name>Trained</name>
        <description>For the cache &amp; nothing else</description>
        <url>https://example.org</url>
        <licenses>
          <license><name>Apache License, Version 2.0</name><url>https://example.org/license</url></license>
        </licenses>
        <scm><url>https://example.org/scm</url></scm>
        <properties><one.version>1</one.version></properties>
        <dependencies>
          <dependency>
            <groupId>org.example</groupId>
            <artifactId>one</artifactId>
            <version>${one.version}</version>
            <scope>test</scope>
          </dependency>
          <dependency><groupId>org.example</groupId><artifactId>two</artifactId></dependency>
        </dependencies>
      </project>
      """;

  private static final String MANIFEST =
      """
      Manifest-Version: 1.0
      Bundle-SymbolicName: org.example.trained;singleton:=true
      Import-Package: org.example.one;version="[1,2)"
      Main-Class: org.example.Trained
      """;

  /** What one parser of poms leaves to another. */
  private static final String TYPE = "<!DOCTYPE project>";

  private static final int TAR_BLOCK = 512;

  private AotTraining() {}

  /**
   * Trains in a new directory.
   *
   * @param args the directory to create; {@code remote} for what daemons need in place of all else,
   *     {@code sql} and the file to make for a process that answers SQL
   * @throws FileAlreadyExistsException if the directory exists
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path work = Files.createDirectory(Path.of(args[0]));
    Path tree = Files.createDirectory(work.resolve("tree"));
    writeTree(tree);
    String archive = work.resolve("tree.pkh").toString();
    if (args.length > 1) {
      System.exit(
          switch (args[1]) {
            case "remote" -> RemoteTraining.run(work, tree);
            case "sql" -> SqlTraining.run(work, tree, Path.of(args[2]));
            default -> throw new IllegalArgumentException(args[1]);
          });
    }

    int failures = 0;
    failures += run("--version");
    failures += run("--help");
    failures += run("pack", tree.toString(), archive);
    failures += run("pack", "--force", "--json", "--quiet", tree.toString(), archive);
    failures += run("ls", archive);
    failures += run("ls", "--long", archive, "d0", "*.pom");
    failures += run("ls", "--json", "--nested", archive, MAVEN_DIRECTORY);
    failures += run("info", archive);
    failures += run("info", "--json", archive);
    failures += run("verify", archive);
    failures += run("cat", archive, "d0/small-0.txt");
    failures += run("extract", archive, work.resolve("out").toString());
    failures += run("diff", archive, tree.toString());
    failures += trainDelta(tree, archive, work.resolve("delta.pkh").toString());
    System.exit(failures == 0 ? 0 : 1);
  }

  /** Packs what is new against the archive: a version of a package, the rest as it was. */
  private static int trainDelta(Path tree, String base, String delta) throws IOException {
    byte[] noise = Files.readAllBytes(tree.resolve("similar-noise.bin"));
    noise[noise.length / 3]++;
    Files.write(tree.resolve("similar-noise-2.bin"), noise);
    Files.writeString(tree.resolve("new.pom"), POM);
    int failures = run("pack", "--base", base, tree.toString(), delta);
    failures += run("info", delta);
    return failures + run("verify", delta);
  }

  static int run(String... args) throws IOException {
    int code = Main.run(args);
    if (code != 0) {
      System.err.println("training: packhouse " + String.join(" ", args) + " ended with " + code);
    }
    return code == 0 ? 0 : 1;
  }

  private static void writeTree(Path tree) throws IOException {
    SplittableRandom random = new SplittableRandom(25);
    for (int i = 0; i < SMALL_FILES; i++) {
      Path directory = Files.createDirectories(tree.resolve("d" + i % 20));
      Files.writeString(directory.resolve("small-" + i + ".txt"), text(random, 400 + i * 10));
    }
    byte[] noise = new byte[BIG_FILE_BYTES];
    random.nextBytes(noise);
    Files.write(tree.resolve("noise.bin"), noise);
    Files.write(tree.resolve("same-noise.bin"), noise);
    noise[BIG_FILE_BYTES / 2]++;
    Files.write(tree.resolve("similar-noise.bin"), noise); // shares parts
    Files.writeString(tree.resolve("text.txt"), text(random, BIG_FILE_BYTES));
    Files.createFile(tree.resolve("empty"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("text.txt"));
    writePackages(tree);
    writeOthers(tree);
  }

  /** POMs in and out of a repository's layout, and a jar: what the extractors read most. */
  private static void writePackages(Path tree) throws IOException {
    Path directory = Files.createDirectories(tree.resolve(MAVEN_DIRECTORY));
    byte[] pom = POM.getBytes(UTF_8);
    Files.write(directory.resolve("trained-1.0.pom"), pom);
    Files.write(tree.resolve("pom.xml"), pom);
    Files.write(tree.resolve("loose.pom"), pom);
    Files.writeString(tree.resolve("typed.pom"), POM.replace("<project", TYPE + "<project"));
    try (ZipOutputStream jar =
        new ZipOutputStream(Files.newOutputStream(directory.resolve("trained-1.0.jar")))) {
      jar.putNextEntry(new ZipEntry("META-INF/maven/org.example/trained/pom.xml"));
      jar.write(pom);
      jar.putNextEntry(new ZipEntry("META-INF/maven/org.example/trained/pom.properties"));
      jar.write(PROPERTIES.getBytes(UTF_8));
      jar.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
      jar.write(MANIFEST.getBytes(UTF_8));
      jar.putNextEntry(new ZipEntry("org/example/Trained.class"));
      try (InputStream ours = AotTraining.class.getResourceAsStream("AotTraining.class")) {
        jar.write(Objects.requireNonNull(ours).readAllBytes());
      }
      jar.putNextEntry(new ZipEntry("module-info.class"));
      try (InputStream base = Object.class.getModule().getResourceAsStream("module-info.class")) {
        jar.write(Objects.requireNonNull(base).readAllBytes());
      }
      jar.putNextEntry(new ZipEntry("META-INF/TRAINED.RSA"));
      jar.write(signature());
      jar.putNextEntry(new ZipEntry("lib/nested-1.0.jar"));
      jar.write(nested(pom));
      jar.closeEntry();
    }
  }

  /**
   * Checksums and a compressed tar. No more: with the parsers of JSON and YAML the cache is 9 MB
   * larger, every start a twentieth slower, and packing npm packages no faster.
   */
  private static void writeOthers(Path tree) throws IOException {
    Path directory = tree.resolve(MAVEN_DIRECTORY);
    for (String name : List.of("trained-1.0.pom", "trained-1.0.jar")) {
      Files.writeString(
          directory.resolve(name + ".sha1"), sha1(Files.readAllBytes(directory.resolve(name))));
    }
    writeTar(
        tree.resolve("trained-2.0.tar.gz"),
        "trained-2.0/PKG-INFO",
        """
        Metadata-Version: 2.1
        Name: trained
        Version: 2.0
        """);
  }

  private static String sha1(byte[] bytes) throws IOException {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }

  /** A signature block of a jar that names its signer: one of the JDK's own certificates. */
  private static byte[] signature() throws IOException {
    Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
    try {
      KeyStore store = KeyStore.getInstance(file.toFile(), (char[]) null);
      List<Certificate> one = List.of(store.getCertificate(store.aliases().nextElement()));
      return CertificateFactory.getInstance("X.509").generateCertPath(one).getEncoded("PKCS7");
    } catch (GeneralSecurityException | NoSuchElementException e) {
      throw new IOException("no certificate to train with in " + file, e);
    }
  }

  /** A compressed tar of one file. */
  private static void writeTar(Path target, String name, String text) throws IOException {
    byte[] contents = text.getBytes(UTF_8);
    byte[] header = new byte[TAR_BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, "%011o\0".formatted(contents.length));
    put(header, 136, "%011o\0".formatted(0));
    put(header, 148, "        0");
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b;
    }
    put(header, 148, "%06o\0".formatted(sum));
    try (OutputStream tar = new GZIPOutputStream(Files.newOutputStream(target))) {
      tar.write(header);
      tar.write(Arrays.copyOf(contents, TAR_BLOCK));
      tar.write(new byte[2 * TAR_BLOCK]);
    }
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static byte[] nested(byte[] pom) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      jar.putNextEntry(new ZipEntry("META-INF/maven/org.example/shaded/pom.xml"));
      jar.write(pom);
      jar.closeEntry();
    }
    return bytes.toByteArray();
  }

  private static String text(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder(length + 16);
    while (text.length() < length) {
      text.append(String.format(Locale.ROOT, "line %d\n", random.nextInt(5000)));
    }
    return text.toString();
  }
}
