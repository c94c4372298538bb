/**
 * Files and directories, reached relative to open directory handles and never through links.
 *
 * <p>A tree that is packed or extracted may be changed by others meanwhile: a directory can become
 * a symbolic link to somewhere else between two calls. So nothing here takes a path of more than
 * one component, but {@link FileAccess#openDirectory(java.nio.file.Path)}, where the user names the
 * tree. From there on:
 *
 * <dl>
 *   <dt>name
 *   <dd>one component of a path as raw bytes: not empty, not {@code .} or {@code ..}, without
 *       {@code /} and NUL. Anything else is the caller's bug ({@link IllegalArgumentException}), so
 *       names from archives are checked before they come here. The encoding is the file system's:
 *       on Linux there is none.
 *   <dt>handle
 *   <dd>an {@link io.packhouse.engine.fs.OpenDirectory} or {@link io.packhouse.engine.fs.OpenFile}.
 *       It stands for the file itself, whatever happens to its name. Handles are closed by whoever
 *       opened or {@linkplain io.packhouse.engine.fs.OpenDirectory#share() shared} them.
 *   <dt>batch
 *   <dd>files that are opened, read, checked and closed together by a {@link
 *       io.packhouse.engine.fs.FileBatchReader}
 *   <dt>no follow
 *   <dd>an operation on a name applies to the link itself, or is refused where the name is a link.
 *   <dt>display path
 *   <dd>the path of a handle as it was opened, made printable by {@link
 *       io.packhouse.engine.fs.PathText}: for messages, never to open anything with.
 * </dl>
 *
 * <p>There are two implementations in rooms of their own, and a third room, {@code system}, that
 * chooses between them: {@code linux} calls the kernel through the foreign function interface, and
 * {@code nio} uses {@code java.nio.file}, which is portable but can only check, not ensure, that no
 * link is followed, and lacks some features (special files, system attributes, fractions of seconds
 * before 1970). Operations that an implementation lacks fail with {@link
 * io.packhouse.engine.fs.FileErrorException#isUnsupported()}.
 */
@NullMarked
package io.packhouse.engine.fs;

import org.jspecify.annotations.NullMarked;
