package io.packhouse.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Entry point of the {@code packhouse} command. */
public final class Main {
  private Main() {}

  /** Prints the version. */
  public static void main(String[] args) throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
      if (in == null) {
        throw new IllegalStateException("version.txt is missing from the jar");
      }
      System.out.println(
          "packhouse " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
    }
  }
}
