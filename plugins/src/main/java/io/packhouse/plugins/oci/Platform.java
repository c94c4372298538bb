package io.packhouse.plugins.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.spi.PackageMetadata;
import org.jspecify.annotations.Nullable;

/** What an image runs on; each part null where not known. */
record Platform(
    @Nullable String os,
    @Nullable String osVersion,
    @Nullable String architecture,
    @Nullable String variant) {

  /** The platform in an index's descriptor, or in a configuration: both have the same keys. */
  static Platform of(JsonNode node) {
    return new Platform(
        Json.text(node, "os"),
        Json.text(node, "os.version"),
        Json.text(node, "architecture"),
        Json.text(node, "variant"));
  }

  /** This one, with what it lacks taken from another. */
  Platform orElse(Platform other) {
    return new Platform(
        os == null ? other.os : os,
        osVersion == null ? other.osVersion : osVersion,
        architecture == null ? other.architecture : architecture,
        variant == null ? other.variant : variant);
  }

  /** {@code os/architecture[/variant]}; null where it is not known, as of attestations. */
  @Nullable String text() {
    if (os == null || architecture == null || os.equals("unknown")) {
      return null;
    }
    return os + "/" + architecture + (variant == null ? "" : "/" + variant);
  }

  void put(PackageMetadata.Builder target) {
    target
        .column(OciColumns.OS, os)
        .column(OciColumns.OS_VERSION, osVersion)
        .column(OciColumns.ARCHITECTURE, architecture)
        .column(OciColumns.VARIANT, variant);
  }
}
