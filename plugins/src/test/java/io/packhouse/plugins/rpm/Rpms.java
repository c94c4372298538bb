package io.packhouse.plugins.rpm;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Builds small RPM packages. */
final class Rpms {

  private record Value(int type, int count, ByteBuffer bytes) {}

  private final Map<Integer, Value> signature = new TreeMap<>();
  private final Map<Integer, Value> main = new TreeMap<>();
  private boolean withDigests = true;

  static Rpms rpm(String name, String version, String release) {
    return new Rpms()
        .text(RpmTags.NAME, name)
        .text(RpmTags.VERSION, version)
        .text(RpmTags.RELEASE, release);
  }

  Rpms text(int tag, String text) {
    main.put(tag, new Value(6, 1, zeroEnded(text)));
    return this;
  }

  Rpms texts(int tag, String... texts) {
    main.put(tag, new Value(8, texts.length, zeroEnded(texts)));
    return this;
  }

  Rpms translated(int tag, String... texts) {
    main.put(tag, new Value(9, texts.length, zeroEnded(texts)));
    return this;
  }

  Rpms numbers(int tag, int... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
    for (int number : numbers) {
      bytes.putInt(number);
    }
    main.put(tag, new Value(4, numbers.length, bytes));
    return this;
  }

  Rpms signed(int tag) {
    signature.put(tag, new Value(7, 3, ByteBuffer.wrap(new byte[] {1, 2, 3})));
    return this;
  }

  Rpms withoutDigests() {
    withDigests = false;
    return this;
  }

  byte[] bytes() {
    byte[] header = header(main);
    byte[] payload = {9, 9, 9, 9};
    if (withDigests) {
      signature.put(RpmTags.SIGNED_SHA256, new Value(6, 1, zeroEnded(sha256(header))));
      ByteBuffer size = ByteBuffer.allocate(4).putInt(header.length + payload.length);
      signature.put(RpmTags.SIGNED_SIZE, new Value(4, 1, size));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] lead = new byte[96];
    ByteBuffer.wrap(lead).putInt(0xEDABEEDB).put((byte) 3).put(79, (byte) 5);
    file.writeBytes(lead);
    file.writeBytes(header(signature));
    while (file.size() % 8 != 0) {
      file.write(0);
    }
    file.writeBytes(header);
    file.writeBytes(payload);
    return file.toByteArray();
  }

  PackageFile file(String path) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes()));
  }

  private static byte[] header(Map<Integer, Value> values) {
    ByteArrayOutputStream store = new ByteArrayOutputStream();
    ByteBuffer index = ByteBuffer.allocate(16 + 16 * values.size());
    index.putInt(0x8EADE801).putInt(0).putInt(values.size()).putInt(0);
    values.forEach(
        (tag, value) -> {
          while (value.type == 4 && store.size() % 4 != 0) {
            store.write(0);
          }
          index.putInt(tag).putInt(value.type).putInt(store.size()).putInt(value.count);
          byte[] bytes = new byte[value.bytes.limit()];
          value.bytes.get(0, bytes);
          store.writeBytes(bytes);
        });
    index.putInt(12, store.size());
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(index.array());
    header.writeBytes(store.toByteArray());
    return header.toByteArray();
  }

  private static ByteBuffer zeroEnded(String... texts) {
    return ByteBuffer.wrap((String.join("\0", texts) + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
