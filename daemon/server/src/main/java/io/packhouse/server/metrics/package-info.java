/**
 * What is counted and measured of a daemon, by Micrometer, and served to Prometheus. A <i>label</i>
 * tells apart what one metric counts; each has few values.
 */
@NullMarked
package io.packhouse.server.metrics;

import org.jspecify.annotations.NullMarked;
