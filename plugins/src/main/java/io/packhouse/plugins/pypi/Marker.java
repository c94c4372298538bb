package io.packhouse.plugins.pypi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An environment marker of PEP 508, of which only what it says of extras is understood: everything
 * else may be true or false.
 */
sealed interface Marker {

  /** Both hold. */
  record And(Marker left, Marker right) implements Marker {}

  /** One holds. */
  record Or(Marker left, Marker right) implements Marker {}

  /**
   * A comparison of {@code extra} with a name.
   *
   * @param name as declared
   */
  record Extra(String name, boolean equal) implements Marker {}

  /** A comparison of something else. */
  record Other() implements Marker {}

  /** Whether it may hold where {@code extra}, null for none, is asked for. */
  default boolean mayHold(@Nullable String extra) {
    return switch (this) {
      case And and -> and.left.mayHold(extra) && and.right.mayHold(extra);
      case Or or -> or.left.mayHold(extra) || or.right.mayHold(extra);
      case Extra of -> of.equal == (extra != null && DistributionName.same(of.name, extra));
      case Other other -> true;
    };
  }

  /**
   * The extras without one of which it cannot hold, or all it names where one is not enough; empty
   * where it can hold without any.
   */
  default List<String> needs() {
    if (mayHold(null)) {
      return List.of();
    }
    List<String> named = new ArrayList<>();
    collect(named);
    List<String> sufficient = named.stream().distinct().filter(this::mayHold).toList();
    return sufficient.isEmpty() ? named.stream().distinct().toList() : sufficient;
  }

  private void collect(List<String> names) {
    switch (this) {
      case And and -> {
        and.left.collect(names);
        and.right.collect(names);
      }
      case Or or -> {
        or.left.collect(names);
        or.right.collect(names);
      }
      case Extra of -> names.add(of.name);
      case Other other -> {}
    }
  }
}
