package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that keeps its lines. */
final class RecordingLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private final transient List<String> lines = new ArrayList<>();
    private boolean broken;
    private int calls;

    /** What was logged at this level. */
    List<String> lines(String level) {
        return lines.stream().filter(line -> line.startsWith(level + " ")).toList();
    }

    List<String> lines() {
        return lines;
    }

    int calls() {
        return calls;
    }

    void breakDown() {
        broken = true;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String format, Object @Nullable [] arguments, @Nullable Throwable throwable) {
        calls++;
        if (broken) {
            throw new IllegalStateException("no space left on device");
        }
        String text = MessageFormatter.basicArrayFormat(format, arguments);
        lines.add(level + " " + text + (throwable == null ? "" : " + stack trace"));
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return true;
    }

    @Override
    public boolean isDebugEnabled() {
        return true;
    }

    @Override
    public boolean isInfoEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }
}
