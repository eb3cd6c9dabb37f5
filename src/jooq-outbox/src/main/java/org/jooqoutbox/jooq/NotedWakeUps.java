package org.jooqoutbox.jooq;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jooq.TransactionContext;

/**
 * Whom a transaction has to wake up once it is committed: a level for itself, and one on top for each nested transaction that is open in it.
 *
 * <p>What is noted belongs to the innermost level, as everything that is written on the connection belongs to its last savepoint, whatever
 * Configuration was used. A level that was committed stays where it is until something else happens: jOOQ reports a failed commit as an end of
 * the commit, and only then as a rollback. Safe for use by many threads, since an asynchronous transaction may go from one to another.
 */
final class NotedWakeUps {

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Level> levels = new ArrayDeque<>();

    private static final class Level {

        final TransactionContext transaction;
        Set<WakeUp> noted = Set.of();
        boolean committed;

        Level(TransactionContext transaction) {
            this.transaction = transaction;
        }

        void addAll(Set<WakeUp> more) {
            if (noted.isEmpty()) {
                noted = more;
            } else {
                noted = new HashSet<>(noted);
                noted.addAll(more);
            }
        }
    }

    NotedWakeUps(TransactionContext outermost) {
        levels.push(new Level(outermost));
    }

    /** Returns false if this is over, so that the transaction is not one of those nested in it. */
    boolean begin(TransactionContext transaction) {
        lock.lock();
        try {
            settle();
            if (!levels.isEmpty()) {
                levels.push(new Level(transaction));
            }
            return !levels.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void note(WakeUp wakeUp) {
        lock.lock();
        try {
            settle();
            if (!levels.isEmpty()) {
                levels.element().addAll(Set.of(wakeUp));
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isOutermost(TransactionContext transaction) {
        lock.lock();
        try {
            return !levels.isEmpty() && levels.getLast().transaction == transaction;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whom to wake up, which is nobody unless the outermost transaction was committed. */
    Collection<WakeUp> commit(TransactionContext transaction) {
        lock.lock();
        try {
            levels.stream().filter(level -> level.transaction == transaction).forEach(level -> level.committed = true);
            return levels.isEmpty() || !levels.getLast().committed ? List.of() : end();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what was noted in this transaction and in those nested in it. */
    void rollback(TransactionContext transaction) {
        lock.lock();
        try {
            if (levels.stream().anyMatch(level -> level.transaction == transaction)) {
                while (levels.pop().transaction != transaction) {}
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        lock.lock();
        try {
            return levels.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private Collection<WakeUp> end() {
        Set<WakeUp> all = new HashSet<>();
        levels.forEach(level -> all.addAll(level.noted));
        levels.clear();
        return all;
    }

    /** What nested transactions noted is their parents' for good. */
    private void settle() {
        while (levels.size() > 1 && levels.element().committed) {
            Level nested = levels.pop();
            levels.element().addAll(nested.noted);
        }
    }
}
