package org.jooqoutbox.it.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs tasks side by side. */
final class InParallel {

    interface Task {
        void run() throws Exception;
    }

    private InParallel() {}

    /** Returns when all have ended, or throws what the first of them threw that failed. */
    static void run(List<Task> tasks) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Callable<Boolean>> callables = new ArrayList<>();
            for (Task task : tasks) {
                callables.add(() -> {
                    task.run();
                    return true;
                });
            }
            for (Future<Boolean> result : executor.invokeAll(callables)) {
                result.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
