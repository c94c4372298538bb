package io.packhouse.client.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row of an archive that a daemon reads. */
record RemoteEntry(io.packhouse.v1.Entry entry) implements EntryView {
  private static final String PREFIX = "ENTRY_TYPE_";

  /** Above this not every whole number is a double. */
  private static final double WHOLE = 0x1p63;

  @Override
  public byte[] pathBytes() {
    return bytes(entry.getPathRaw(), entry.getPath());
  }

  private static byte[] bytes(ByteString raw, String text) {
    return raw.isEmpty() ? text.getBytes(StandardCharsets.UTF_8) : raw.toByteArray();
  }

  @Override
  public String typeLabel() {
    return entry.getType().name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean isOk() {
    return entry.getStatus().isEmpty();
  }

  @Override
  public String statusLabel() {
    return isOk() ? "ok" : entry.getStatus();
  }

  @Override
  public @Nullable String error() {
    return Remote.known(entry.getError());
  }

  @Override
  public long size() {
    return entry.getSize();
  }

  @Override
  public int mode() {
    return entry.hasMode() ? entry.getMode() : -1;
  }

  @Override
  public boolean hasMtime() {
    return entry.hasMtime();
  }

  @Override
  public long mtimeNanos() {
    return Remote.nanos(entry.getMtime());
  }

  @Override
  public long uid() {
    return entry.hasUid() ? entry.getUid() : Entry.NOT_RECORDED;
  }

  @Override
  public long gid() {
    return entry.hasGid() ? entry.getGid() : Entry.NOT_RECORDED;
  }

  @Override
  public @Nullable String user() {
    return Remote.known(entry.getUser());
  }

  @Override
  public @Nullable String group() {
    return Remote.known(entry.getGroup());
  }

  @Override
  public byte @Nullable [] linkTarget() {
    boolean link = is(EntryType.SYMLINK) || is(EntryType.HARDLINK);
    return link ? bytes(entry.getLinkTargetRaw(), entry.getLinkTarget()) : null;
  }

  @Override
  public long deviceMajor() {
    return entry.hasDeviceMajor() ? entry.getDeviceMajor() : Entry.NOT_RECORDED;
  }

  @Override
  public long deviceMinor() {
    return entry.hasDeviceMinor() ? entry.getDeviceMinor() : Entry.NOT_RECORDED;
  }

  @Override
  public @Nullable Map<String, byte[]> xattrs() {
    if (entry.getXattrsCount() == 0) {
      return null;
    }
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    entry.getXattrsMap().forEach((name, value) -> xattrs.put(name, value.toByteArray()));
    return xattrs;
  }

  @Override
  public byte @Nullable [] blake3() {
    return entry.getBlake3().isEmpty() ? null : entry.getBlake3().toByteArray();
  }

  @Override
  public byte @Nullable [] digest(DigestAlgorithm algorithm) {
    ByteString digest = entry.getDigestsMap().get(algorithm.label());
    return digest == null ? null : digest.toByteArray();
  }

  @Override
  public @Nullable String repository() {
    return Remote.known(entry.getRepository());
  }

  @Override
  public @Nullable String purl() {
    return Remote.known(entry.getPackage().getPurl());
  }

  @Override
  public @Nullable String packageType() {
    return Remote.known(entry.getPackage().getType());
  }

  @Override
  public @Nullable String namespace() {
    return Remote.known(entry.getPackage().getNamespace());
  }

  @Override
  public @Nullable String name() {
    return Remote.known(entry.getPackage().getName());
  }

  @Override
  public @Nullable String version() {
    return Remote.known(entry.getPackage().getVersion());
  }

  @Override
  public @Nullable String license() {
    return Remote.known(entry.getPackage().getLicense());
  }

  @Override
  public Map<String, Object> packageColumns() {
    Map<String, Object> columns = new LinkedHashMap<>();
    entry
        .getPackage()
        .getColumns()
        .getFieldsMap()
        .forEach(
            (name, value) -> {
              Object plain = plain(value);
              if (plain != null) {
                columns.put(name, plain);
              }
            });
    return columns;
  }

  private static @Nullable Object plain(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case NUMBER_VALUE -> number(value.getNumberValue());
      case LIST_VALUE -> {
        List<@Nullable Object> list = new ArrayList<>();
        value.getListValue().getValuesList().forEach(each -> list.add(plain(each)));
        yield list;
      }
      case STRUCT_VALUE -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        value.getStructValue().getFieldsMap().forEach((name, v) -> map.put(name, plain(v)));
        yield map;
      }
      case NULL_VALUE, KIND_NOT_SET -> null;
    };
  }

  /** Columns hold whole numbers, which a Struct sends as doubles. */
  private static Object number(double number) {
    if (number == Math.rint(number) && Math.abs(number) < WHOLE) {
      return (long) number;
    }
    return number;
  }
}
