import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * What the JDK says of jars and nars: the subjects of those who signed all of their files, whose
 * signatures it verifies, and the jars inside. An object of JSON a line. Arguments: a folder, then
 * paths below it.
 */
public final class JarFiles {

  private JarFiles() {}

  public static void main(String[] arguments) throws IOException {
    for (String path : List.of(arguments).subList(1, arguments.length)) {
      Set<String> signers = new TreeSet<>();
      List<String> inside = new ArrayList<>();
      try (JarFile jar = new JarFile(Path.of(arguments[0], path).toFile(), true)) {
        for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
          try (InputStream in = jar.getInputStream(entry)) {
            in.readAllBytes(); // only then its signers are known
          }
          if (entry.getCodeSigners() != null) {
            for (CodeSigner signer : entry.getCodeSigners()) {
              Object certificate = signer.getSignerCertPath().getCertificates().get(0);
              signers.add(((X509Certificate) certificate).getSubjectX500Principal().getName());
            }
          }
          if (entry.getName().endsWith(".jar")) {
            inside.add(entry.getName());
          }
        }
      }
      System.out.println(
          "{\"path\":"
              + quote(path)
              + ",\"signers\":"
              + list(signers)
              + ",\"inside\":"
              + list(inside)
              + "}");
    }
  }

  private static String list(Iterable<String> texts) {
    List<String> all = new ArrayList<>();
    texts.forEach(text -> all.add(quote(text)));
    return all.stream().collect(Collectors.joining(",", "[", "]"));
  }

  /** Names of files and certificates have no control characters. */
  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
