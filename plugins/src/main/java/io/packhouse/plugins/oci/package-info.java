/**
 * Container images and other OCI artifacts: image layouts in folders and tars, and what {@code
 * docker save} writes.
 *
 * <dl>
 *   <dt>layout
 *   <dd>{@code oci-layout}, {@code index.json} and {@code blobs/}, in a folder or a tar
 *   <dt>manifest
 *   <dd>a JSON document that names a configuration and layers; an <i>index</i> names manifests
 *   <dt>blob
 *   <dd>a file that is named by its digest
 *   <dt>image
 *   <dd>a manifest and its configuration, one row each; those of one index are nested packages
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.oci;

import org.jspecify.annotations.NullMarked;
