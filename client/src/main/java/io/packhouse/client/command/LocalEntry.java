package io.packhouse.client.command;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row of an archive that this process reads. */
record LocalEntry(Entry entry) implements EntryView {
  static @Nullable EntryView ofNullable(@Nullable Entry entry) {
    return entry == null ? null : new LocalEntry(entry);
  }

  @Override
  public byte[] pathBytes() {
    return entry.pathBytes();
  }

  @Override
  public String typeLabel() {
    return entry.typeLabel();
  }

  @Override
  public boolean isOk() {
    return entry.isOk();
  }

  @Override
  public String statusLabel() {
    return entry.statusLabel();
  }

  @Override
  public @Nullable String error() {
    return entry.error();
  }

  @Override
  public long size() {
    return entry.size();
  }

  @Override
  public int mode() {
    return entry.mode();
  }

  @Override
  public boolean hasMtime() {
    return entry.hasMtime();
  }

  @Override
  public long mtimeNanos() {
    return entry.mtimeNanos();
  }

  @Override
  public long uid() {
    return entry.uid();
  }

  @Override
  public long gid() {
    return entry.gid();
  }

  @Override
  public @Nullable String user() {
    return entry.user();
  }

  @Override
  public @Nullable String group() {
    return entry.group();
  }

  @Override
  public byte @Nullable [] linkTarget() {
    return entry.linkTarget();
  }

  @Override
  public long deviceMajor() {
    return entry.deviceMajor();
  }

  @Override
  public long deviceMinor() {
    return entry.deviceMinor();
  }

  @Override
  public @Nullable Map<String, byte[]> xattrs() {
    return entry.xattrs();
  }

  @Override
  public byte @Nullable [] blake3() {
    return entry.blake3();
  }

  @Override
  public byte @Nullable [] digest(DigestAlgorithm algorithm) throws IOException {
    return entry.digest(algorithm);
  }

  @Override
  public @Nullable String repository() {
    return entry.repository();
  }

  @Override
  public @Nullable String purl() {
    return entry.purl();
  }

  @Override
  public @Nullable String packageType() {
    return entry.packageType();
  }

  @Override
  public @Nullable String namespace() {
    return entry.namespace();
  }

  @Override
  public @Nullable String name() {
    return entry.name();
  }

  @Override
  public @Nullable String version() {
    return entry.version();
  }

  @Override
  public @Nullable String license() {
    return entry.license();
  }

  @Override
  public Map<String, Object> packageColumns() throws IOException {
    return entry.packageColumns();
  }
}
