/**
 * Helm charts: the tarballs that {@code helm package} makes.
 *
 * <dl>
 *   <dt>chart
 *   <dd>a directory with a {@code Chart.yaml}; in a tarball the top directory is one
 *   <dt>subchart
 *   <dd>a chart in the {@code charts/} of another, as a directory or as a tarball
 *   <dt>values
 *   <dd>{@code values.yaml}, what a chart's templates are filled with unless a user says otherwise
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.helm;

import org.jspecify.annotations.NullMarked;
