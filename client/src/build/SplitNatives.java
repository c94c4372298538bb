import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Puts the native libraries for Linux beside DuckDB's jar, where its classes look for them if the
 * jar has none. In the jar they are unpacked by each process anew: 70 MB of disk and of page cache,
 * and a third of a second.
 *
 * <p>The same jar gives the same bytes. Run by Maven as a single source file on the toolchain's
 * JDK.
 *
 * <p>Usage: {@code java SplitNatives.java JAR FOLDER}.
 */
final class SplitNatives {
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2025, 1, 1, 0, 0);

  private SplitNatives() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java SplitNatives.java JAR FOLDER");
      System.exit(2);
    }
    Path source = Path.of(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]));
    try (JarFile jar = new JarFile(source.toFile());
        OutputStream file = Files.newOutputStream(folder.resolve(source.getFileName()));
        ZipOutputStream out = new ZipOutputStream(file)) {
      // The libraries for other systems are nearly all of it, and stay.
      out.setLevel(Deflater.BEST_SPEED);
      for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        try (InputStream in = jar.getInputStream(entry)) {
          if (entry.getName().contains(".so_linux_")) {
            Files.copy(in, folder.resolve(entry.getName()), StandardCopyOption.REPLACE_EXISTING);
          } else if (!entry.isDirectory()) {
            ZipEntry copy = new ZipEntry(entry.getName());
            copy.setTimeLocal(ENTRY_TIME);
            out.putNextEntry(copy);
            in.transferTo(out);
            out.closeEntry();
          }
        }
      }
    }
  }
}
