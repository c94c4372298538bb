package io.packhouse.engine.read;

import java.util.HexFormat;

/** Digests as text. */
final class Hex {
  private Hex() {}

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
