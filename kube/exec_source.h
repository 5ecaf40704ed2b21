// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Credentials of an exec plug-in: one run at a time, its answer kept until it expires or the server answers
// 401; those who ask meanwhile wait for the same run (facts kube-client.md §1.2).  The policy is asked before
// the first run.  What the plug-in writes on standard error comes out as message() and in the error; its
// standard output is kept nowhere.  A message is one line or several, whole ones; one that it does not end (a question) is told once
// nothing has followed for a second.  One that may ask (mayAsk) has the terminal instead: what it writes there is not repeated.
#include "kube/credential_source.h"
#include "kube/exec_plugin.h"

#include <QProcess>
#include <QTimer>

namespace kube {

class ExecSource : public CredentialSource
{
    Q_OBJECT
public:
    explicit ExecSource(const Connection &connection);
    ~ExecSource() override; // ends a running plug-in

    void get(Ready ready) override;
    void refused(const SharedCredential &used) override;

    static constexpr int NoticeMsecs = 3'000; // that it is waited for is said after so long

private:
    enum class Permission { Unknown, Asked, Given, Denied };
    struct Asker;

    void begin();
    void ask();
    void answered(bool isAllowed); // Permission::Asked's
    void find();
    void readLoginPath();
    void findByLoginPath();
    void failMissing();
    QString hint() const;
    void start(const QString &program, const QString &searchPath);
    void lendTerminal();
    void ended(int code, QProcess::ExitStatus how);
    void take(const ExecCredential &answer);
    void finish(const Result<SharedCredential> &result);
    void fail(const QString &why);
    void failRefused();
    void hear();
    void tell(qsizetype size);

    Connection m_connection;
    ExecPlugin m_plugin;
    QString m_owner; // "user “u” in FILE: the program “aws”"
    Permission m_permission = Permission::Unknown;
    std::shared_ptr<Asker> m_asker;
    std::optional<QString> m_loginPath; // "": it has none
    std::unique_ptr<QProcess> m_process;
    QList<Ready> m_waiting;
    SharedCredential m_known;
    QDateTime m_expires;
    QByteArray m_complaint;
    QByteArray m_untold; // of it
    QTimer m_silence;
    bool m_isRunning = false;
    bool m_isRefused = false;
};

// Looks for a program as execvp does; "" if it is in none of the folders.
QString findProgram(const QString &command, const QString &searchPath);

} // namespace kube
