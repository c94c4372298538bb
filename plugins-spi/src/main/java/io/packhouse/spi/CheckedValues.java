package io.packhouse.spi;

import java.util.AbstractMap;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values that {@link ColumnSpec#checkValues} has checked and copied. Unmodifiable to its depth, so
 * whoever sees it by its class need not do that again: a builder, the metadata it builds and a host
 * all check, for each file of a tree.
 */
final class CheckedValues extends AbstractMap<String, Object> {

  private final List<ColumnSpec> specs;
  private final Map<String, Object> values;

  /**
   * @param values checked, unmodifiable each; owned by this object from now on
   */
  CheckedValues(List<ColumnSpec> specs, Map<String, Object> values) {
    this.specs = List.copyOf(specs);
    this.values = Collections.unmodifiableMap(values);
  }

  /** Whether the values were checked against these very declarations. */
  boolean isFor(List<ColumnSpec> others) {
    return specs.equals(others);
  }

  @Override
  public @Nullable Object get(@Nullable Object name) {
    return values.get(name);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return values.containsKey(name);
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public Set<String> keySet() {
    return values.keySet();
  }

  @Override
  public Collection<Object> values() {
    return values.values();
  }

  @Override
  public Set<Map.Entry<String, Object>> entrySet() {
    return values.entrySet();
  }
}
