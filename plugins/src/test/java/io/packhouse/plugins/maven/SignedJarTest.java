package io.packhouse.plugins.maven;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that the JDK's own tools have signed. */
class SignedJarTest {

  private static final String LEAF = "CN=Leaf,OU=a\\, b,O=Acme";
  private static final String OTHER = "CN=Other";

  @TempDir Path directory;
  private Path jar = Path.of("lib-1.0.jar");

  @BeforeEach
  void writeJar() throws Exception {
    jar = directory.resolve("lib-1.0.jar");
    byte[] plain = Jars.jar().pomProperties("org.a", "lib", "1.0").member("a/A.txt", "a").bytes();
    Files.write(jar, plain);
  }

  @Test
  void signerIsTheSubjectOfItsOwnCertificate() throws Exception {
    generate("leaf", LEAF, "EC");
    sign("leaf");
    assertThat(signers()).isEqualTo(List.of(LEAF));
  }

  @Test
  void authoritiesOfAChainAreNoSigners() throws Exception {
    generate("root", "CN=Root", "RSA", "-ext", "bc:c");
    generate("middle", "CN=Middle", "RSA", "-signer", "root", "-ext", "bc:c");
    generate("leaf", LEAF, "RSA", "-signer", "middle");
    sign("leaf");
    assertThat(signers()).isEqualTo(List.of(LEAF));
  }

  @Test
  void everySignerIsListed() throws Exception {
    generate("leaf", LEAF, "EC");
    generate("other", OTHER, "DSA");
    sign("leaf");
    sign("other");
    assertThat(signers()).isEqualTo(List.of(LEAF, OTHER));
  }

  @Test
  void damagedSignatureBlockKeepsTheRest() throws Exception {
    Files.write(
        jar,
        Jars.jar()
            .pomProperties("org.a", "lib", "1.0")
            .member("META-INF/A.SF", "Signature-Version: 1.0\n")
            .member("META-INF/A.RSA", "no PKCS #7")
            .bytes());
    try {
      extract();
      throw new AssertionError("expected the extraction to fail");
    } catch (ExtractionException e) {
      assertThat(e.reason()).contains("no PKCS #7");
      assertThat(Objects.requireNonNull(e.partial()).purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
    }
  }

  private List<?> signers() throws Exception {
    PackageMetadata metadata = extract();
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
    return (List<?>) Objects.requireNonNull(metadata.columns().get("signers"));
  }

  private PackageMetadata extract() throws Exception {
    return Objects.requireNonNull(
        new MavenExtractor()
            .extract(
                Jars.file("lib-1.0.jar", Files.readAllBytes(jar)),
                StandaloneContext.of(ExtractionLimits.DEFAULT)));
  }

  private void generate(String alias, String name, String algorithm, String... more)
      throws Exception {
    List<String> words = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", name));
    words.addAll(List.of("-keyalg", algorithm, "-validity", "10"));
    words.addAll(List.of(more));
    run("keytool", words);
  }

  private void sign(String alias) throws Exception {
    run("jarsigner", List.of(jar.toString(), alias));
  }

  /** Runs a tool of the JDK that runs this, with a key store. */
  private void run(String tool, List<String> words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    boolean first = tool.equals("keytool"); // its command comes before its options
    command.addAll(first ? words : List.of());
    command.addAll(List.of("-keystore", "keys", "-storepass", "changeit"));
    command.addAll(first ? List.of() : words);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile()).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + said).isZero();
  }
}
