import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks or applies the formatting of the whole tree: google-java-format for Java, and no stray
 * white space elsewhere.
 *
 * <p>Run by Maven as a single source file on the toolchain's JDK. Spotless would run
 * google-java-format inside Maven's own JVM, and where that is a JDK 17 it can neither load the
 * formatter nor parse Java 25.
 *
 * <p>Usage: {@code java checks/Format.java check|apply ROOT STAMP}. A check that passes touches
 * STAMP; the next one looks only at files that are newer.
 */
final class Format {
  private static final Set<String> TEXT = Set.of("md", "proto", "properties", "py", "sh", "xml");
  private static final Formatter JAVA = new Formatter();

  private Format() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 3 || !Set.of("check", "apply").contains(args[0])) {
      System.err.println("usage: java checks/Format.java check|apply ROOT STAMP");
      System.exit(2);
    }
    boolean apply = args[0].equals("apply");
    Path root = Path.of(args[1]).toRealPath();
    Path stamp = Path.of(args[2]);
    Instant started = Instant.now();
    FileTime since =
        Files.exists(stamp) ? Files.getLastModifiedTime(stamp) : FileTime.fromMillis(0);

    List<String> wrong =
        sources(root, since).parallelStream()
            .map(file -> process(root, file, apply))
            .filter(problem -> !problem.isEmpty())
            .sorted()
            .toList();
    wrong.forEach(System.err::println);
    boolean failed =
        apply ? wrong.stream().anyMatch(w -> !w.endsWith("formatted")) : !wrong.isEmpty();
    if (failed) {
      System.err.println(
          "Formatting: " + wrong.size() + " file(s). Run: mvn -q -N -Pformat validate");
      System.exit(1);
    }
    Files.createDirectories(stamp.toAbsolutePath().getParent());
    Files.write(stamp, new byte[0]);
    Files.setLastModifiedTime(stamp, FileTime.from(started));
  }

  private static List<Path> sources(Path root, FileTime since) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.getFileName().toString();
            boolean skipped =
                !dir.equals(root) && (name.startsWith(".") || name.equals("target"))
                    || dir.endsWith(Path.of("src", "test", "resources"));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String extension = extension(file);
            if (attributes.isRegularFile()
                && attributes.lastModifiedTime().compareTo(since) >= 0
                && (extension.equals("java") || TEXT.contains(extension))) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /** Returns what is to say of {@code file}: empty where it is as it should be. */
  private static String process(Path root, Path file, boolean apply) {
    Path shown = root.relativize(file);
    try {
      String before = Files.readString(file);
      String after = format(file, before);
      if (after.equals(before)) {
        return "";
      }
      if (!apply) {
        return shown + ":" + firstDifference(before, after) + ": not formatted";
      }
      // Now and then google-java-format wants a second turn at its own output.
      Files.writeString(file, format(file, after));
      return shown + ": formatted";
    } catch (FormatterException e) {
      return shown + ": " + e.getMessage();
    } catch (IOException e) {
      return shown + ": " + e;
    }
  }

  private static String format(Path file, String text) throws FormatterException {
    return extension(file).equals("java") ? JAVA.formatSourceAndFixImports(text) : tidy(text);
  }

  private static String tidy(String text) {
    String tidied = text.replace("\r\n", "\n").replaceAll("[ \t]+\n", "\n").stripTrailing();
    return tidied.isEmpty() ? "" : tidied + "\n";
  }

  private static long firstDifference(String before, String after) {
    int position = 0;
    while (position < Math.min(before.length(), after.length())
        && before.charAt(position) == after.charAt(position)) {
      position++;
    }
    return 1 + before.substring(0, position).chars().filter(c -> c == '\n').count();
  }

  private static String extension(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
