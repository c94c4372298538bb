import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar with its class files brought to the version of the JDK that runs this, which is the
 * one that Packhouse runs on. The JVM's ahead-of-time cache takes no class of a version below 50,
 * since those come without stack maps; here they get them. Nothing else of a class changes, and the
 * jar's manifest says what was done, as its licence may ask.
 *
 * <p>The same jar and JDK give the same bytes. Run by Maven as a single source file on the
 * toolchain's JDK.
 *
 * <p>Usage: {@code java NewerClasses.java JAR NEW_JAR}.
 */
final class NewerClasses {
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2025, 1, 1, 0, 0);
  private static final Attributes.Name NOTE = new Attributes.Name("Packhouse-Modified");

  private NewerClasses() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java NewerClasses.java JAR NEW_JAR");
      System.exit(2);
    }
    Path target = Path.of(args[1]);
    Files.createDirectories(target.toAbsolutePath().getParent());
    try (JarFile jar = new JarFile(args[0]);
        OutputStream file = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(file)) {
      copy(jar, out);
    }
  }

  private static void copy(JarFile jar, ZipOutputStream out) throws IOException {
    ClassFile classFile =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(type -> open(jar, type))
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    for (ZipEntry entry : entries(jar)) {
      byte[] bytes;
      try (InputStream in = jar.getInputStream(entry)) {
        bytes = in.readAllBytes();
      }
      String name = entry.getName();
      if (name.equals(JarFile.MANIFEST_NAME)) {
        write(out, name, manifest(bytes));
      } else if (name.endsWith(".class") && !name.endsWith("module-info.class")) {
        write(out, name, renew(classFile, name, bytes));
      } else if (!isSignature(name)) {
        write(out, name, bytes);
      }
    }
  }

  private static List<ZipEntry> entries(JarFile jar) {
    List<ZipEntry> entries = new ArrayList<>();
    for (Enumeration<? extends ZipEntry> all = jar.entries(); all.hasMoreElements(); ) {
      ZipEntry entry = all.nextElement();
      if (!entry.isDirectory()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static InputStream open(JarFile jar, ClassDesc type) {
    String descriptor = type.descriptorString();
    ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    if (entry == null) {
      return null;
    }
    try (InputStream in = jar.getInputStream(entry)) {
      return new ByteArrayInputStream(in.readAllBytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A digest of the old bytes would not fit the new ones. */
  private static boolean isSignature(String name) {
    return name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
  }

  private static byte[] manifest(byte[] bytes) throws IOException {
    Manifest manifest = new Manifest(new ByteArrayInputStream(bytes));
    manifest.getEntries().clear(); // digests at most
    manifest
        .getMainAttributes()
        .put(NOTE, "class files brought to version " + ClassFile.latestMajorVersion());
    var out = new java.io.ByteArrayOutputStream();
    manifest.write(out);
    return out.toByteArray();
  }

  private static byte[] renew(ClassFile classFile, String name, byte[] bytes) throws IOException {
    ClassModel old = classFile.parse(bytes);
    // Each instruction is built anew: code that is handed over whole would be copied as it is.
    ClassTransform code =
        ClassTransform.transformingMethods(
            MethodTransform.transformingCode((builder, element) -> builder.with(element)));
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.latestMajorVersion(), 0);
          } else {
            builder.with(element);
          }
        };
    byte[] renewed = classFile.transformClass(old, version.andThen(code));
    List<VerifyError> errors = classFile.verify(renewed);
    if (!errors.isEmpty()) {
      throw new IOException(name + " does not verify: " + errors);
    }
    return renewed;
  }

  private static void write(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(ENTRY_TIME);
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
