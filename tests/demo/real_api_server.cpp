// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/real_api_server.h"

#include <QFile>
#include <QFileInfo>
#include <QTcpServer>

using namespace Qt::StringLiterals;

namespace {

QString program(const QString &name) { return qEnvironmentVariable("KUBEBUILDER_ASSETS") + u'/' + name; }

// Free a moment ago; the programs cannot be given an open socket.
int freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

RealApiServer::~RealApiServer()
{
    for (QProcess *process : {&m_server, &m_etcd}) {
        process->kill();
        process->waitForFinished();
    }
}

QString RealApiServer::missing()
{
    if (qEnvironmentVariableIsEmpty("KUBEBUILDER_ASSETS"))
        return u"skipped: no KUBEBUILDER_ASSETS"_s;
    for (const QString &name : {u"etcd"_s, u"kube-apiserver"_s}) {
        if (!QFileInfo(program(name)).isExecutable())
            return u"skipped: KUBEBUILDER_ASSETS has no program %1"_s.arg(program(name));
    }
    return {};
}

void RealApiServer::write(const QString &name, const QByteArray &content) const
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
}

QString RealApiServer::start()
{
    const TestIdentity server = loopbackServer(m_authority);
    CertificateWish wish;
    wish.commonName = u"admin"_s;
    wish.organization = u"system:masters"_s;
    const TestIdentity admin = m_authority.issue(wish);
    wish.key = TestKey::Rsa2048;
    write(u"ca.crt"_s, m_authority.certificate());
    write(u"server.crt"_s, server.certificate);
    write(u"server.key"_s, server.key);
    write(u"accounts.key"_s, m_authority.issue(wish).key);
    write(u"tokens.csv"_s, "admin-token,admin,1,system:masters\n"); // as ApiFixture has it
    const QString store = u"http://127.0.0.1:%1"_s.arg(freePort());
    const QString peer = u"http://127.0.0.1:%1"_s.arg(freePort());
    const QString port = QString::number(freePort());
    write(u"kubeconfig"_s,
          "apiVersion: v1\nkind: Config\ncurrent-context: real\nclusters:\n- name: real\n  cluster: {server: "
          "'https://127.0.0.1:"
              + port.toLatin1() + "', certificate-authority-data: " + m_authority.certificate().toBase64()
              + "}\nusers:\n- name: admin\n  user: {client-certificate-data: " + admin.certificate.toBase64()
              + ", client-key-data: " + admin.key.toBase64()
              + "}\ncontexts:\n- name: real\n  context: {cluster: real, user: admin}\n");
    m_etcd.setProcessChannelMode(QProcess::MergedChannels);
    m_etcd.setStandardOutputFile(m_folder.filePath(u"etcd.log"_s));
    m_etcd.start(program(u"etcd"_s),
                 {u"--data-dir"_s, m_folder.filePath(u"etcd"_s), u"--listen-client-urls"_s, store,
                  u"--advertise-client-urls"_s, store, u"--listen-peer-urls"_s, peer,
                  u"--initial-advertise-peer-urls"_s, peer, u"--initial-cluster"_s, u"default="_s + peer});
    const auto file = [this](const char *name) { return m_folder.filePath(QLatin1String(name)); };
    m_server.setProcessChannelMode(QProcess::MergedChannels);
    m_server.setStandardOutputFile(file("server.log"));
    m_server.setProgram(program(u"kube-apiserver"_s));
    m_server.setArguments(
        {u"--etcd-servers="_s + store, u"--bind-address=127.0.0.1"_s, u"--secure-port="_s + port,
         u"--tls-cert-file="_s + file("server.crt"), u"--tls-private-key-file="_s + file("server.key"),
         u"--client-ca-file="_s + file("ca.crt"), u"--token-auth-file="_s + file("tokens.csv"),
         u"--cert-dir="_s + m_folder.path(), u"--service-account-issuer=https://kubernetes.default.svc"_s,
         u"--service-account-key-file="_s + file("accounts.key"),
         u"--service-account-signing-key-file="_s + file("accounts.key"), u"--authorization-mode=RBAC"_s,
         u"--service-cluster-ip-range=10.96.0.0/12"_s, u"--goaway-chance=0.02"_s,
         u"--disable-admission-plugins=ServiceAccount"_s}); // whose controller is not here
    m_server.start();
    if (!m_etcd.waitForStarted() || !m_server.waitForStarted())
        return u"%1 or %2 does not start"_s.arg(m_etcd.program(), m_server.program());
    return {};
}

QString RealApiServer::restart()
{
    m_server.kill();
    if (!m_server.waitForFinished())
        return u"the server does not end"_s;
    m_server.start();
    return m_server.waitForStarted() ? QString() : m_server.errorString();
}

QByteArray RealApiServer::log() const
{
    QFile file(m_folder.filePath(u"server.log"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll().right(3000) : QByteArray();
}
