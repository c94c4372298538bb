package io.packhouse.plugins.helm;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Yaml;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the images that values name by the shapes charts commonly use:
 *
 * <ul>
 *   <li>a map with {@code repository} and one of {@code tag}, {@code digest}, {@code registry} or
 *       {@code pullPolicy}, or whose own key ends with {@code image};
 *   <li>a map with {@code image} or {@code name} in its place and a {@code tag} or {@code digest},
 *       likewise, the latter only where its own key ends with {@code image};
 *   <li>a text whose key is {@code image} or ends with {@code Image}.
 * </ul>
 *
 * <p>What does not have the form of a reference to an image is left out, as are templates.
 */
final class HelmImages {

  private static final int MAX_LENGTH = 1_024;

  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
              + "(?::[\\w][\\w.+-]{0,127})?(?:@[a-z0-9]+:[0-9a-fA-F]{32,})?");

  private final List<Map<String, Object>> found = new ArrayList<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private HelmImages() {}

  /** Values of the column images. */
  static List<Map<String, Object>> in(@Nullable Object values) {
    HelmImages images = new HelmImages();
    images.walk("", "", values);
    return images.found;
  }

  /** Aliases may name one collection many times: each is gone into once. */
  private void walk(String path, String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      if (!seen.add(map)) {
        return;
      }
      boolean taken = image(path, key, map);
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String child = String.valueOf(entry.getKey());
        boolean own = taken && (child.equals("image") || child.equals("name"));
        if (!own) {
          walk(path.isEmpty() ? child : path + "." + child, child, entry.getValue());
        }
      }
    } else if (value instanceof List<?> list) {
      if (seen.add(list)) {
        for (int i = 0; i < list.size(); i++) {
          walk(path + "[" + i + "]", key, list.get(i));
        }
      }
    } else if (value instanceof String text && isImageKey(key)) {
      add(path, text.strip(), null);
    }
  }

  private boolean image(String path, String key, Map<?, ?> map) {
    String repository = Yaml.text(map, "repository");
    String tag = Yaml.text(map, "tag");
    String digest = Yaml.text(map, "digest");
    boolean pinned = tag != null || digest != null;
    boolean named = isImageKey(key);
    if (repository == null) {
      repository = pinned ? Yaml.text(map, "image") : null;
      if (repository == null && named) {
        repository = Yaml.text(map, "name");
      }
    } else if (!pinned
        && !named
        && !map.containsKey("registry")
        && !map.containsKey("pullPolicy")) {
      return false;
    }
    if (repository == null) {
      return false;
    }
    String registry = Yaml.text(map, "registry");
    StringBuilder image = new StringBuilder();
    if (registry != null) {
      image.append(registry).append('/');
    }
    image.append(repository);
    if (tag != null) {
      image.append(':').append(tag);
    }
    if (digest != null) {
      image.append('@').append(digest);
    }
    return add(path, image.toString(), tag);
  }

  private boolean add(String path, String image, @Nullable String tag) {
    if (image.length() > MAX_LENGTH
        || found.size() >= Limits.ITEMS
        || !REFERENCE.matcher(image).matches()) {
      return false;
    }
    Map<String, Object> value = new LinkedHashMap<>();
    String where = Limits.text(path);
    value.put("path", where == null ? "" : where);
    value.put("image", image);
    String found = tag == null ? tagOf(image) : tag;
    if (found != null) {
      value.put("tag", found);
    }
    this.found.add(value);
    return true;
  }

  private static @Nullable String tagOf(String image) {
    int digest = image.indexOf('@');
    String name = digest < 0 ? image : image.substring(0, digest);
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : null;
  }

  private static boolean isImageKey(String key) {
    return key.toLowerCase(Locale.ROOT).endsWith("image");
  }
}
