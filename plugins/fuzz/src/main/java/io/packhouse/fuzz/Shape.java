package io.packhouse.fuzz;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes a package file of a fuzzer's bytes. */
@FunctionalInterface
interface Shape {

  /** Between the parts of an input: ASCII's file separator. */
  int SEPARATOR = 0x1C;

  /** More parts are left out: each costs a member. */
  int MAX_PARTS = 12;

  /**
   * A file and what lies beside it.
   *
   * @param siblings given for whatever paths are asked for, one after another
   */
  record Made(PackageFile file, List<byte[]> siblings) {

    /** A file of these bytes. */
    Made(String path, byte[] bytes, List<byte[]> siblings) {
      this(PackageFile.of(path, ByteBuffer.wrap(bytes)), siblings);
    }
  }

  /** The file. */
  Made make(byte[] input) throws IOException;

  /** The bytes as they are. */
  static Shape raw(String path) {
    return input -> new Made(path, input, List.of());
  }

  /** The first part; the others lie beside it. */
  static Shape withSiblings(String path) {
    return input -> {
      List<byte[]> parts = parts(input);
      return new Made(path, parts.getFirst(), parts.subList(1, parts.size()));
    };
  }

  /** The parts as members of these names, as many as there are of both, in a zip. */
  static Shape zip(String path, String... names) {
    return input ->
        new Made(path, Containers.zip(Containers.members(parts(input), names)), List.of());
  }

  /** The same in a tar. */
  static Shape tar(String path, String... names) {
    return input ->
        new Made(path, Containers.tar(Containers.members(parts(input), names)), List.of());
  }

  /** The same in a tar in gzip. */
  static Shape tarGz(String path, String... names) {
    return input ->
        new Made(
            path,
            Containers.gzip(Containers.tar(Containers.members(parts(input), names))),
            List.of());
  }

  /** The parts of an input, one at least. */
  static List<byte[]> parts(byte[] input) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < input.length && parts.size() < MAX_PARTS; i++) {
      if (input[i] == SEPARATOR) {
        parts.add(Arrays.copyOfRange(input, start, i));
        start = i + 1;
      }
    }
    if (parts.size() < MAX_PARTS) {
      parts.add(Arrays.copyOfRange(input, start, input.length));
    }
    return parts;
  }

  /** A part, empty where there are fewer. */
  static byte[] part(List<byte[]> parts, int ordinal) {
    return ordinal < parts.size() ? parts.get(ordinal) : new byte[0];
  }

  /** All of these, one after another. */
  static byte[] joined(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }
}
