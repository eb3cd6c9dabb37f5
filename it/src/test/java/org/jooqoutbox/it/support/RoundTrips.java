package org.jooqoutbox.it.support;

import com.zaxxer.hikari.HikariDataSource;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A way to the server on which it is counted how often the client waited for it: how often the server said that it is ready for more. */
public final class RoundTrips implements AutoCloseable {

    private static final char READY_FOR_QUERY = 'Z';

    private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicLong count = new AtomicLong();
    private final HikariDataSource pool;

    /** To the server of the tests, for one connection. */
    public RoundTrips() throws IOException {
        threads.execute(this::accept);
        pool = Pools.through(entrance.getLocalPort(), 1);
    }

    public HikariDataSource pool() {
        return pool;
    }

    /** How many an action takes. */
    public long of(Runnable action) {
        long before = count.get();
        action.run();
        return count.get() - before;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                Socket server = new Socket(Postgres.host(), Postgres.port());
                for (Socket socket : List.of(client, server)) {
                    socket.setTcpNoDelay(true);
                    sockets.add(socket);
                }
                threads.execute(() -> carry(client, server));
                threads.execute(() -> carryAnswers(server, client));
            } catch (IOException e) {
                // Closed, or refused: then the client sees it.
            }
        }
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of them hung up.
        }
    }

    /** Counted before it is passed on, so that whoever has the answer finds it counted. */
    private void carryAnswers(Socket from, Socket to) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            DataOutputStream out = new DataOutputStream(to.getOutputStream());
            for (int type = in.read(); type >= 0; type = in.read()) {
                int length = in.readInt();
                byte[] body = in.readNBytes(length - Integer.BYTES);
                if (type == READY_FOR_QUERY) {
                    count.incrementAndGet();
                }
                out.write(type);
                out.writeInt(length);
                out.write(body);
            }
        } catch (IOException e) {
            // One of them hung up.
        }
    }

    @Override
    public void close() throws IOException {
        pool.close();
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
