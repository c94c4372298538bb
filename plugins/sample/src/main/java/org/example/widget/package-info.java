/** Reads {@code .widget} files, which nobody has: a sample of an extractor by a third party. */
@NullMarked
package org.example.widget;

import org.jspecify.annotations.NullMarked;
