package io.packhouse.sql;

/**
 * An archive that queries do not see, though it is there: a row of {@code unready_archives}.
 *
 * @param archive its name
 * @param state {@code loading} or {@code failed}
 * @param problem why it failed, or an empty text
 */
public record Unready(String archive, String state, String problem) {}
