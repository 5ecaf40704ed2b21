// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why can I not connect?  Goes the way of a request step by step, each with its time and the exact error:
// file, credentials, name, TCP, TLS (issuer, fingerprint, end), version, rights, watch.  What depends on a step that
// failed is skipped.  Nothing secret is shown. Thread: any with an event loop; one run an object.
#include "kube/client.h"
#include "kube/credential_source.h"

#include <QElapsedTimer>

class QSslSocket;

namespace kube {

class WatchProbe;

struct DoctorStep
{
    enum class Outcome { Passed, Failed, Skipped };
    QString name;
    Outcome outcome = Outcome::Passed;
    QString detail; // what was found, or what is wrong and what to do
    qint64 msecs = 0;
};

class Doctor : public QObject
{
    Q_OBJECT
public:
    // mayRun: asked before an exec plug-in runs, as Connection::mayRun; empty: it may, as with kubectl.
    Doctor(KubeconfigSources sources, QString context, ExecPolicy mayRun = {}, QObject *parent = nullptr);
    ~Doctor() override;
    // Has the last word on the connection that the kubeconfig names: its limits, whether plug-ins may run.
    void setPreparation(std::function<void(Connection &)> prepare) { m_prepare = std::move(prepare); }
    void wantAllFiles() { m_wantsAllFiles = true; } // Kubeconfig::complete(), as kubectl does
    void run();
    const QList<DoctorStep> &steps() const { return m_steps; }
    int closedConnections() const { return m_closed; } // by itself, as they had fallen silent
    Client *client() const { return m_client.get(); } // once there is a connection: for steps that others add

    static constexpr int LimitMsecs =
        15'000;                            // of each step on the network; less where the connection says so
    static constexpr int SlowMsecs = 1000; // an answer that takes as long is said to be slow

Q_SIGNALS:
    void stepDone(const kube::DoctorStep &step);
    void finished(bool isWell);
    void signInMessage(const QString &text); // these four as Transport and Client have them
    void warned(const QString &text);
    void waiting(const QString &why, int seconds);
    void requestEnded(const kube::RequestRecord &record);

private:
    void readFile();
    void askCredentials();
    void lookUp();
    void connectTcp();
    void connectTo(const QString &host, int port, const std::function<void()> &connected,
                   const std::function<void(const QString &why, const QString &orElse)> &notConnected);
    void connectProxy();
    void askProxy();
    void shakeHands();
    void askForTunnel(const QUrl &proxy); // to the server, of an HTTP proxy; TLS begins in it
    QString tlsName() const; // that the server's certificate must have
    void judgeTls(const QByteArray &chainPem);
    void askVersion();
    void askRights();
    void askWatch();
    QString slowness() const; // of this step; "": it was fast enough
    void passed(const QString &detail);
    void failed(const QString &detail); // and skips the rest
    void skipped(const QString &why);
    void add(DoctorStep::Outcome outcome, const QString &detail);
    void next();
    int limitMsecs() const;
    QString server() const;
    QString serverEntry() const; // "the server of cluster “c” in FILE"

    KubeconfigSources m_sources;
    QString m_context;
    ExecPolicy m_mayRun;
    std::function<void(Connection &)> m_prepare;
    std::optional<Connection> m_connection;
    std::unique_ptr<CredentialSource> m_credentials;
    std::unique_ptr<Transport> m_probe; // of a proxy
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<Client> m_client;
    std::unique_ptr<QSslSocket> m_socket;
    std::unique_ptr<QObject> m_questions = std::make_unique<QObject>(); // context of their answers
    std::unique_ptr<WatchProbe> m_watch;
    QList<DoctorStep> m_steps;
    QElapsedTimer m_clock;
    QStringList m_waitedFor; // in this step, each time
    int m_closed = 0;
    bool m_wantsAllFiles = false;
    qsizetype m_at = -1;
};

} // namespace kube
