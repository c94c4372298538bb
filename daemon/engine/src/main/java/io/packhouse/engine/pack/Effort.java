package io.packhouse.engine.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How hard to try to compress contents, and for what, told from the contents alone. */
enum Effort {
  /** They do not shrink: store them. */
  NONE,

  /**
   * They shrink a little, as packages that are compressed inside do: what there is to gain, which
   * is their directories and what they have in common, a fast level finds as well.
   */
  FAST,

  /** Text, or small files of any kind: they shrink well, and much of what matches is long. */
  TEXT,

  /** Long contents that shrink well and are no text: matches are short and far away. */
  BINARY;

  /** Levels from which on size is what was asked for, whatever it costs. */
  private static final int PATIENT_LEVEL = 10;

  private static final int THOROUGH_LEVEL = 4;

  /**
   * The level whose parameters for text are chosen here, since most archives are packed with it.
   * zstd's own are a compromise between text and binaries. The measurements are in
   * docs/decisions/0006.
   */
  private static final int TUNED_LEVEL = 3;

  /**
   * What a zstd context is set to. Efforts of equal settings can share one.
   *
   * @param forText whether the parameters for text take the place of the level's own
   */
  record Setting(int level, boolean forText) {
    // A record's own are linked at their first use, which takes a pack of a few files a twentieth.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Setting that && level == that.level && forText == that.forText;
    }

    @Override
    public int hashCode() {
      return 2 * level + (forText ? 1 : 0);
    }

    /** A context of this setting, which the caller closes. */
    ZstdCompressCtx newContext() {
      ZstdCompressCtx context =
          new ZstdCompressCtx().setLevel(level).setContentSize(true).setChecksum(false);
      return forText ? context.setHashLog(16).setChainLog(15).setMinMatch(6) : context;
    }
  }

  /**
   * How contents of this effort are compressed.
   *
   * @param level the zstd level that was asked for
   */
  Setting setting(int level) {
    return switch (this) {
      case NONE -> throw new IllegalStateException("stored contents have no setting");
      case FAST ->
          new Setting(level >= PATIENT_LEVEL ? level : level >= THOROUGH_LEVEL ? 3 : 1, false);
      case TEXT -> new Setting(level, level == TUNED_LEVEL);
      case BINARY -> new Setting(level, false);
    };
  }

  /** All settings of a level, each once. */
  static Set<Setting> settings(int level) {
    return Set.copyOf(List.of(FAST.setting(level), TEXT.setting(level), BINARY.setting(level)));
  }
}
