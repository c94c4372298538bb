package io.packhouse.engine.read.verify;

import io.packhouse.engine.read.Entry;

/** Is told how a verification goes on. Called by several threads at once; must return quickly. */
public interface VerifyProgress {
  /** Tells nobody. */
  VerifyProgress NONE = new VerifyProgress() {};

  /** Rows of the index were checked. */
  default void rowsChecked(long rows) {}

  /** A file's contents were hashed, or found damaged. */
  default void fileChecked(Entry file) {}

  /** Something is damaged. Told of each, also beyond what the report lists. */
  default void damageFound(Damage damage) {}
}
