package org.jooqoutbox.it.wakeup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A network between client and server, which can forget the connections that it has at the moment: nothing passes, and neither side is told. */
final class Network implements AutoCloseable {

    private final ServerSocket entrance;
    private final int serverPort;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile Object epoch = new Object();

    Network(int serverPort) throws IOException {
        this.serverPort = serverPort;
        entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    void forgetConnections() {
        epoch = new Object();
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.add(client);
                sockets.add(server);
                Object since = epoch;
                threads.execute(() -> carry(client, server, since));
                threads.execute(() -> carry(server, client, since));
            } catch (IOException e) {
                // Closed, or refused: then the client sees it.
            }
        }
    }

    private void carry(Socket from, Socket to, Object since) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (epoch == since) {
                    out.write(buffer, 0, n);
                }
            }
            to.close();
        } catch (IOException e) {
            // One of them hung up.
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
