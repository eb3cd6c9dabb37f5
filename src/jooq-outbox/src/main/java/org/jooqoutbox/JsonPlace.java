package org.jooqoutbox;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object or array that is open at some point of a JSON text, and where in it that point is. */
final class JsonPlace {

    private static final int MAX_POINTER = 200;

    final @Nullable JsonPlace outer;
    final int depth;
    final boolean object;
    private final Set<String> names;
    private @Nullable String name;
    private int elements;

    private JsonPlace(@Nullable JsonPlace outer, boolean object) {
        this.outer = outer;
        this.depth = outer == null ? 1 : outer.depth + 1;
        this.object = object;
        this.names = object ? new HashSet<>() : Set.of();
    }

    static JsonPlace object(@Nullable JsonPlace outer) {
        return new JsonPlace(outer, true);
    }

    static JsonPlace array(@Nullable JsonPlace outer) {
        return new JsonPlace(outer, false);
    }

    boolean isEmpty() {
        return elements == 0;
    }

    /** On to the next element, or to a member whose name is not known yet. */
    void next() {
        elements++;
        name = null;
    }

    /** Names the member; false if the object has one of this name already. */
    boolean named(String name) {
        this.name = name;
        return names.add(name);
    }

    /** This place as a JSON pointer, with names of members as {@link MessageNames#presentable} shows them. */
    String pointer() {
        StringBuilder pointer = new StringBuilder();
        append(pointer);
        return pointer.length() <= MAX_POINTER ? pointer.toString() : pointer.substring(0, MAX_POINTER) + "…";
    }

    private void append(StringBuilder pointer) {
        if (outer != null) {
            outer.append(pointer);
        }
        if (name != null) {
            pointer.append('/').append(MessageNames.presentable(name));
        } else if (!object && !isEmpty()) {
            pointer.append('/').append(elements - 1);
        }
    }
}
