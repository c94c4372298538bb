package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates of tests. */
final class Keys {
  private static final char[] PASSWORD = "only for tests".toCharArray();

  private Keys() {}

  /**
   * Makes a self-signed certificate of two days, {@code NAME.pem}, and its key, {@code NAME.key}.
   */
  static void make(Path folder, String name, String subject) throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", "key", "-keyalg", "EC", "-validity", "2"));
    command.addAll(List.of("-dname", subject, "-ext", "san=dns:localhost,ip:127.0.0.1"));
    command.addAll(List.of("-storepass", new String(PASSWORD), "-keystore", store.toString()));
    Path log = folder.resolve(name + ".log");
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(keytool.waitFor()).as(Files.readString(log)).isZero();
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, PASSWORD);
    }
    pem(folder.resolve(name + ".pem"), "CERTIFICATE", loaded.getCertificate("key").getEncoded());
    pem(folder.resolve(name + ".key"), "PRIVATE KEY", loaded.getKey("key", PASSWORD).getEncoded());
  }

  private static void pem(Path file, String what, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }
}
