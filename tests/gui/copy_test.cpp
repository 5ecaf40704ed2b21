// SPDX-License-Identifier: GPL-3.0-or-later
// What "Copy as YAML" puts into the clipboard, from an API server that holds secrets.
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QClipboard>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 15000;
const QByteArray Planted[]{"planted-in-data", "planted-in-string-data", "planted-in-last-applied",
                           "planted-in-a-note"};

// Wherever a Secret can hold a value, one that must not come out.
QByteArray secretYaml(const QByteArray &certificate)
{
    return "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: edge-tls, namespace: "
           "ambassador, annotations: {kubectl.kubernetes.io/last-applied-configuration: "
           "'planted-in-last-applied', "
           "example.com/copy: planted-in-a-note}}, stringData: {note: planted-in-string-data}, data: "
           "{tls.crt: "
        + certificate.toBase64() + ", tls.key: " + Planted[0].toBase64() + "}}\n";
}

} // namespace

class CopyTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    static QString clipboard() { return QApplication::clipboard()->text(); }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); }
    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeWithCertsYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put(secretYaml(m_cluster->certificateAuthority()));
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(m_cluster->kubeconfig());
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = file.fileName();
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().show();
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->analysis(), Patience);
        QApplication::clipboard()->clear();
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void aSecretIsCopiedWithoutItsValues()
    {
        Q_EMIT m_console->window().yamlCopyRequested({{u"Secret"_s, u"ambassador"_s, u"edge-tls"_s}});
        QTRY_VERIFY_WITH_TIMEOUT(clipboard().contains(u"kind: Secret"_s), Patience);
        QVERIFY2(clipboard().contains(u"bytes}"_s), qPrintable(clipboard()));
        for (const QByteArray &planted : Planted) {
            QVERIFY2(!clipboard().contains(QString::fromLatin1(planted)), planted.constData());
            QVERIFY2(!clipboard().contains(QString::fromLatin1(planted.toBase64())), planted.constData());
        }
    }

    // A kind that no page reads is found by what the server serves.
    void aWorkloadIsCopied()
    {
        Q_EMIT m_console->window().yamlCopyRequested({{u"Deployment"_s, u"ambassador"_s, u"ambassador"_s}});
        QTRY_VERIFY2_WITH_TIMEOUT(clipboard().contains(u"kind: Deployment"_s), qPrintable(clipboard()),
                                  Patience);
    }
};

SALLYPORT_TEST(copy_test, CopyTest)
#include "copy_test.moc"
