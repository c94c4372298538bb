package io.packhouse.client.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * Makes objects as picocli does, but leaves picocli's own factory alone until something is to be
 * made by reflection, of which commands that are described by calls need lists alone. That factory
 * begins with a search of all jars for a class of Groovy's: a twelfth of the start of a command.
 */
final class LateFactory implements CommandLine.IFactory {
  static final LateFactory INSTANCE = new LateFactory();

  private LateFactory() {}

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == List.class) {
      return type.cast(new ArrayList<>());
    }
    return CommandLine.defaultFactory().create(type);
  }
}
