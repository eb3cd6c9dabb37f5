package org.jooqoutbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What Linux tells about processes. Of one that is gone it tells nothing, which is no error here. */
final class ProcessFiles {

    private static final Path PROC = Path.of("/proc");
    private static final int CLOCK_TICKS_PER_SECOND = 100;
    private static final int PARENT = 1;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int USER_TIME_OF_DEAD_CHILDREN = 13;
    private static final int SYSTEM_TIME_OF_DEAD_CHILDREN = 14;

    private ProcessFiles() {}

    /**
     * A line of {@code /proc/pid/stat}.
     *
     * @param name of the executable
     * @param parent the parent's id
     * @param seconds of CPU it took
     * @param secondsOfDeadChildren of CPU that its children took which are gone
     */
    record Stat(String name, long parent, double seconds, double secondsOfDeadChildren) {

        static Stat parse(String line) {
            // The name may contain blanks and parentheses itself.
            int end = line.lastIndexOf(')');
            String[] fields = line.substring(end + 2).split(" ", -1);
            return new Stat(
                    line.substring(line.indexOf('(') + 1, end),
                    Long.parseLong(fields[PARENT]),
                    seconds(fields[USER_TIME], fields[SYSTEM_TIME]),
                    seconds(fields[USER_TIME_OF_DEAD_CHILDREN], fields[SYSTEM_TIME_OF_DEAD_CHILDREN]));
        }

        private static double seconds(String some, String others) {
            return (double) (Long.parseLong(some) + Long.parseLong(others)) / CLOCK_TICKS_PER_SECOND;
        }
    }

    static Optional<Stat> stat(long pid) {
        return read(pid + "/stat").map(Stat::parse);
    }

    /** The processes that have this parent. */
    static List<Stat> childrenOf(long parent) {
        List<Stat> children = new ArrayList<>();
        try (Stream<Path> files = Files.list(PROC)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .forEach(pid -> stat(Long.parseLong(pid))
                            .filter(stat -> stat.parent() == parent)
                            .ifPresent(children::add));
        } catch (IOException e) {
            throw new BenchException("/proc cannot be listed", e);
        }
        return children;
    }

    /** Bytes of memory that are the process's own: what it allocated, not what it maps, so without {@code shared_buffers}. */
    static Optional<Long> anonymousBytes(long pid) {
        return read(pid + "/smaps_rollup")
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith("Anonymous:"))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                        .findFirst());
    }

    /** Seconds that the cores of the machine were busy, whatever with. */
    static Optional<Double> busySeconds() {
        return read("stat").map(text -> busy(text.lines().findFirst().orElseThrow()));
    }

    /** The first line of {@code /proc/stat}: user, nice, system, idle, waiting for disks, interrupts, and what the host took. */
    static double busy(String line) {
        String[] fields = line.strip().split(" +", -1);
        long ticks = 0;
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
            ticks += Long.parseLong(fields[i]);
        }
        return (double) ticks / CLOCK_TICKS_PER_SECOND;
    }

    private static Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(PROC.resolve(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
