package io.packhouse.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Entry point of the {@code packhouse} command. */
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] args) throws IOException {
    System.exit(run(args));
  }

  /** Runs the command once and returns its exit code. */
  static int run(String... args) throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
      if (in == null) {
        throw new IllegalStateException("version.txt is missing from the jar");
      }
      String version = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      System.out.println("packhouse " + version + " " + String.join("|", args));
    }
    return 0;
  }
}
