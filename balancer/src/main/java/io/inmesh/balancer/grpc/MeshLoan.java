package io.inmesh.balancer.grpc;

import io.inmesh.balancer.Mesh;
import org.jspecify.annotations.Nullable;

/**
 * A mesh in use by one channel: the one it was given, or the one of the process, which is made with its first user and closed with its last.
 * This counted mesh is the only static state of the library.
 *
 * <p>Threads: any; give back once.
 */
final class MeshLoan {
    /** Guarded by the class. */
    private static @Nullable Mesh shared;

    /** Guarded by the class. */
    private static int users;

    private final Mesh mesh;
    private final boolean ofProcess;

    private MeshLoan(Mesh mesh, boolean ofProcess) {
        this.mesh = mesh;
        this.ofProcess = ofProcess;
    }

    /** The given mesh, or that of the process if none is given. */
    static MeshLoan of(@Nullable Mesh given) {
        if (given != null) {
            return new MeshLoan(given, false);
        }
        synchronized (MeshLoan.class) {
            if (shared == null) {
                shared = Mesh.create();
            }
            users++;
            return new MeshLoan(shared, true);
        }
    }

    Mesh mesh() {
        return mesh;
    }

    void giveBack() {
        if (!ofProcess) {
            return;
        }
        synchronized (MeshLoan.class) {
            users--;
            if (users == 0) {
                mesh.close();
                shared = null;
            }
        }
    }

    /** How many channels use the mesh of the process. */
    static synchronized int users() {
        return users;
    }
}
