package io.packhouse.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.Value;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.v1.Entry;
import io.packhouse.v1.Package;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Entries as messages, and their paths as text and back. */
final class EntryMessages {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private EntryMessages() {}

  /** A row of the index. */
  static Entry of(io.packhouse.engine.read.Entry entry, boolean allColumns) throws IOException {
    Entry.Builder message = Entry.newBuilder();
    byte[] path = entry.pathBytes();
    message.setPath(text(path));
    if (!PathText.isUtf8(path)) {
      message.setPathRaw(UnsafeByteOperations.unsafeWrap(path));
    }
    message.setType(type(entry)).setSize(entry.size());
    if (!entry.isOk()) {
      message.setStatus(entry.statusLabel()).setError(orEmpty(entry.error()));
    }
    if (entry.mode() >= 0) {
      message.setMode(entry.mode());
    }
    if (entry.hasMtime()) {
      message.setMtime(timestamp(entry.mtimeNanos()));
    }
    if (entry.uid() >= 0) {
      message.setUid(entry.uid());
    }
    if (entry.gid() >= 0) {
      message.setGid(entry.gid());
    }
    message.setUser(orEmpty(entry.user())).setGroup(orEmpty(entry.group()));
    if (entry.deviceMajor() >= 0) {
      message.setDeviceMajor(entry.deviceMajor()).setDeviceMinor(entry.deviceMinor());
    }
    Map<String, byte[]> xattrs = allColumns ? entry.xattrs() : null;
    if (xattrs != null) {
      xattrs.forEach((name, value) -> message.putXattrs(name, ByteString.copyFrom(value)));
    }
    for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
      byte[] further = allColumns ? entry.digest(algorithm) : null;
      if (further != null) {
        message.putDigests(algorithm.label(), UnsafeByteOperations.unsafeWrap(further));
      }
    }
    byte[] target = entry.linkTarget();
    if (target != null) {
      message.setLinkTarget(text(target));
      if (!PathText.isUtf8(target)) {
        message.setLinkTargetRaw(UnsafeByteOperations.unsafeWrap(target));
      }
    }
    byte[] digest = entry.blake3();
    if (digest != null) {
      message.setBlake3(UnsafeByteOperations.unsafeWrap(digest));
    }
    message.setRepository(orEmpty(entry.repository()));
    if (entry.packageType() != null) {
      message.setPackage(packageOf(entry, allColumns));
    }
    return message.build();
  }

  private static Package packageOf(io.packhouse.engine.read.Entry entry, boolean allColumns)
      throws IOException {
    Package.Builder message =
        Package.newBuilder()
            .setPurl(orEmpty(entry.purl()))
            .setType(orEmpty(entry.packageType()))
            .setNamespace(orEmpty(entry.namespace()))
            .setName(orEmpty(entry.name()))
            .setVersion(orEmpty(entry.version()))
            .setLicense(orEmpty(entry.license()));
    if (allColumns) {
      Struct.Builder columns = Struct.newBuilder();
      entry.packageColumns().forEach((name, value) -> columns.putFields(name, value(value)));
      message.setColumns(columns);
    }
    return message.build();
  }

  private static Value value(@Nullable Object value) {
    Value.Builder message = Value.newBuilder();
    switch (value) {
      case null -> message.setNullValue(NullValue.NULL_VALUE);
      case Boolean flag -> message.setBoolValue(flag);
      case Number number -> message.setNumberValue(number.doubleValue());
      case byte[] bytes -> message.setStringValue(HexFormat.of().formatHex(bytes));
      case List<?> list -> {
        ListValue.Builder values = ListValue.newBuilder();
        list.forEach(element -> values.addValues(value(element)));
        message.setListValue(values);
      }
      case Map<?, ?> map -> {
        Struct.Builder fields = Struct.newBuilder();
        map.forEach((name, element) -> fields.putFields(String.valueOf(name), value(element)));
        message.setStructValue(fields);
      }
      default -> message.setStringValue(value.toString());
    }
    return message.build();
  }

  static Timestamp timestamp(long nanos) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(nanos, SECOND))
        .setNanos((int) Math.floorMod(nanos, SECOND))
        .build();
  }

  private static io.packhouse.v1.EntryType type(io.packhouse.engine.read.Entry entry) {
    EntryType type = EntryType.ofLabel(entry.typeLabel());
    if (type == null) {
      return io.packhouse.v1.EntryType.ENTRY_TYPE_UNSPECIFIED;
    }
    return switch (type) {
      case FILE -> io.packhouse.v1.EntryType.ENTRY_TYPE_FILE;
      case DIRECTORY -> io.packhouse.v1.EntryType.ENTRY_TYPE_DIRECTORY;
      case SYMLINK -> io.packhouse.v1.EntryType.ENTRY_TYPE_SYMLINK;
      case HARDLINK -> io.packhouse.v1.EntryType.ENTRY_TYPE_HARDLINK;
      case FIFO -> io.packhouse.v1.EntryType.ENTRY_TYPE_FIFO;
      case CHAR_DEVICE -> io.packhouse.v1.EntryType.ENTRY_TYPE_CHAR_DEVICE;
      case BLOCK_DEVICE -> io.packhouse.v1.EntryType.ENTRY_TYPE_BLOCK_DEVICE;
      case NESTED -> io.packhouse.v1.EntryType.ENTRY_TYPE_NESTED;
    };
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** A path as it is shown: its text, or where it is not UTF-8 a form with {@code \xHH}. */
  static String text(byte[] path) {
    return PathText.isUtf8(path)
        ? new String(path, StandardCharsets.UTF_8)
        : PathText.display(path);
  }

  /** The entry at a path that may be in the form with {@code \xHH}; null where there is none. */
  static io.packhouse.engine.read.@Nullable Entry find(ArchiveReader reader, String path)
      throws IOException {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    io.packhouse.engine.read.Entry found = reader.find(bytes);
    if (found != null || path.indexOf('\\') < 0) {
      return found;
    }
    byte[] raw = raw(path);
    return raw == null ? null : reader.find(raw);
  }

  /** The bytes that a path stands for, as {@link #text} shows them. */
  static byte[] bytes(String path) {
    byte[] raw = path.indexOf('\\') < 0 ? null : raw(path);
    return raw == null ? path.getBytes(StandardCharsets.UTF_8) : raw;
  }

  /** What {@link PathText#display} made text of; null where it would not have been needed. */
  private static byte @Nullable [] raw(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
    int at = 0;
    while (at < path.length()) {
      int end = path.indexOf('\\', at);
      if (end < 0 || end + 1 == path.length()) {
        end = path.length();
      }
      bytes.writeBytes(path.substring(at, end).getBytes(StandardCharsets.UTF_8));
      if (end == path.length()) {
        break;
      }
      at = end + 2;
      switch (path.charAt(end + 1)) {
        case '\\' -> bytes.write('\\');
        case 'n' -> bytes.write('\n');
        case 'r' -> bytes.write('\r');
        case 't' -> bytes.write('\t');
        case 'x' -> {
          if (at + 2 > path.length()
              || !HexFormat.isHexDigit(path.charAt(at))
              || !HexFormat.isHexDigit(path.charAt(at + 1))) {
            return null;
          }
          bytes.write(HexFormat.fromHexDigits(path, at, at + 2));
          at += 2;
        }
        default -> {
          return null;
        }
      }
    }
    byte[] raw = bytes.toByteArray();
    return PathText.isUtf8(raw) ? null : raw;
  }
}
