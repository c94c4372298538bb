package io.packhouse.plugins.pypi;

import io.packhouse.plugins.common.Rfc822Headers;
import io.packhouse.spi.NestedPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was read of one distribution, before any of it is preferred to another. For one extraction.
 */
final class Facts {

  /** The forms of distributions. */
  enum Kind {
    WHEEL,
    SDIST,
    EGG,
    /** A {@code .dist-info} folder as an installer leaves it. */
    INSTALLED
  }

  private static final Rfc822Headers NOTHING = Rfc822Headers.parse("");

  final Kind kind;

  /**
   * What the file name says, or of sdists rather the name of the folder in them; null where that is
   * of another form.
   */
  @Nullable DistributionName named;

  /** {@code METADATA} or {@code PKG-INFO}. */
  Rfc822Headers core = NOTHING;

  /** {@code WHEEL}. */
  Rfc822Headers wheel = NOTHING;

  List<Map<String, Object>> entryPoints = List.of();
  List<String> topLevel = List.of();

  /** Of {@code requires.txt}; the core metadata's are preferred. */
  List<String> eggRequirements = List.of();

  /** Of {@code requires.txt}; the core metadata's are preferred. */
  List<String> eggExtras = List.of();

  /** The projects that are brought along. */
  final List<NestedPackage> nested = new ArrayList<>();

  /** Null where there is none to check. */
  @Nullable RecordCheck record;

  Facts(Kind kind, @Nullable DistributionName named) {
    this.kind = kind;
    this.named = named;
  }

  /** Takes in a file of an egg-info folder; of any other name it does nothing. */
  void addEggInfo(String fileName, byte[] bytes) {
    switch (fileName) {
      case "requires.txt" -> {
        eggRequirements = EggInfo.requirements(bytes);
        eggExtras = EggInfo.extras(bytes);
      }
      case "entry_points.txt" -> entryPoints = EggInfo.entryPoints(bytes);
      case "top_level.txt" -> topLevel = EggInfo.names(bytes);
      default -> {}
    }
  }
}
