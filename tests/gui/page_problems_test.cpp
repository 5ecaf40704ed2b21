// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/page_problems.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using Kind = ui::PageProblem::Kind;

class PageProblemsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatAPageLacksIsSaidWithWhatToDo_data()
    {
        QTest::addColumn<models::SnapshotInput>("input");
        QTest::addColumn<QString>("plural");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QStringList>("parts");
        const models::SnapshotInput all = inputOf(edgeYaml());
        models::SnapshotInput neverAsked = all; // no group getambassador.io: nothing to ask for
        neverAsked.objects.remove(u"mappings"_s);
        models::SnapshotInput ownNamespace = neverAsked;
        ownNamespace.objects.insert(u"mappings"_s, {});
        ownNamespace.onlyIn.insert(u"mappings"_s, u"shop"_s);
        using Error = kube::Error::Kind;
        QTest::newRow("read") << all << u"mappings"_s << Kind::None << QStringList();
        QTest::newRow("read in one namespace")
            << ownNamespace << u"mappings"_s << Kind::None << QStringList();
        QTest::newRow("no Ambassador")
            << neverAsked << u"mappings"_s << Kind::Absent
            << QStringList{u"Ambassador or Emissary is not installed"_s, u"Install it"_s};
        QTest::newRow("no Istio") << withoutKind(all, u"peerauthentications"_s, Error::NotFound)
                                  << u"peerauthentications"_s << Kind::Absent
                                  << QStringList{u"Istio is not installed"_s, u"choose the context"_s};
        QTest::newRow("forbidden") << withoutKind(all, u"secrets"_s) << u"secrets"_s << Kind::Forbidden
                                   << QStringList{u"forbidden"_s, u"kind: ClusterRole"_s, u"\"list\""_s};
        QTest::newRow("failed") << withoutKind(all, u"secrets"_s, Error::Server) << u"secrets"_s
                                << Kind::Failed << QStringList{u"secrets"_s};
    }
    void whatAPageLacksIsSaidWithWhatToDo()
    {
        QFETCH(models::SnapshotInput, input);
        QFETCH(QString, plural);
        QFETCH(Kind, kind);
        QFETCH(QStringList, parts);
        const ui::PageProblem problem = app::gui::pageProblem(*models::makeSnapshot(input), plural);
        QVERIFY2(problem.kind == kind, qPrintable(problem.message));
        for (const QString &part : parts)
            QVERIFY2(QString(problem.message + problem.details).contains(part),
                     qPrintable(part + u" is missing in: "_s + problem.message));
    }

    // An empty list says something only where all of them were read.
    void anEmptyListIsExplained()
    {
        models::SnapshotInput narrow = inputOf(edgeYaml());
        narrow.objects.insert(u"hosts"_s, {});
        QCOMPARE(app::gui::whyUnread(*models::makeSnapshot(narrow), u"hosts"_s), QString());
        narrow.onlyIn.insert(u"hosts"_s, u"shop"_s);
        const QString why = app::gui::whyUnread(*models::makeSnapshot(narrow), u"hosts"_s);
        QVERIFY2(why.contains(u"in namespace shop only"_s), qPrintable(why));
        const auto absent = withoutKind(narrow, u"pods"_s, kube::Error::Kind::NotFound);
        QCOMPARE(app::gui::whyUnread(*models::makeSnapshot(absent), u"pods"_s), QString());
        const auto refused = withoutKind(narrow, u"pods"_s);
        QVERIFY(app::gui::whyUnread(*models::makeSnapshot(refused), u"pods"_s).contains(u"forbidden"_s));
    }

    // Forbidden Secrets leave what proxies tell; the kubeconfig's own certificates are none of the cluster's.
    void withoutSecretsTheOtherCertificatesAreShown()
    {
        const auto snapshot = models::makeSnapshot(withoutKind(inputOf(edgeYaml()), u"secrets"_s));
        models::CertificateRow own, told, unread;
        own.storedAt = {u"Kubeconfig"_s, {}, u"test"_s};
        own.notAfter = QDateTime({2027, 1, 1}, {0, 0}, Qt::UTC);
        unread.storedAt = told.storedAt = {u"Pod"_s, u"default"_s, u"quote-1"_s};
        told.notAfter = own.notAfter;
        QVERIFY(app::gui::certificatesProblem(*snapshot, {}).kind == Kind::Forbidden);
        QVERIFY(app::gui::certificatesProblem(*snapshot, {own, unread}).kind == Kind::Forbidden);
        QVERIFY(app::gui::certificatesProblem(*snapshot, {own, told}).kind == Kind::None);
    }
};

SALLYPORT_TEST(page_problems_test, PageProblemsTest)
#include "page_problems_test.moc"
