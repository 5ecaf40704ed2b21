// SPDX-License-Identifier: GPL-3.0-or-later
// An edit of a Mapping beside others' changes, through the window.
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/confirm_dialog.h"
#include "ui/edit_dialog.h"
#include "ui/pages/routing_page.h"
#include "ui/state_panel.h"

#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 15000;

QByteArray mapping(const QByteArray &spec)
{
    return "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, namespace: "
           "default}, spec: {"
        + spec + "}}\n";
}

} // namespace

class EditTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    void open()
    {
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
    }
    template<typename T>
    T *find(const char *name)
    {
        return m_console->window().findChild<T *>(QString::fromLatin1(name));
    }
    // The editor, with one word replaced.
    QPointer<ui::EditDialog> typed(const QString &from, const QString &to)
    {
        m_console->window().showPage(u"routing"_s, u"default/quote-backend"_s);
        [this] { QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("mappingEdit")->isEnabled(), Patience); }();
        find<QPushButton>("mappingEdit")->click();
        [this] { QTRY_VERIFY_WITH_TIMEOUT(m_console->window().findChild<ui::EditDialog *>(), Patience); }();
        auto *text = find<QPlainTextEdit>("editText");
        text->setPlainText(text->toPlainText().replace(from, to));
        return m_console->window().findChild<ui::EditDialog *>();
    }
    ui::ConfirmDialog *review()
    {
        find<QPushButton>("editReview")->click();
        ui::ConfirmDialog *dialog = nullptr;
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT((dialog = m_console->window().findChild<ui::ConfirmDialog *>())
                                         && !dialog->review().changes.changes.isEmpty(),
                                     Patience);
        }();
        return dialog;
    }
    void apply(ui::ConfirmDialog *dialog)
    {
        QTest::keyClicks(dialog->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        dialog->applyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_cluster->writes, 1, Patience);
    }
    QByteArray field(const char *name) const
    {
        return QByteArray::fromStdString(
            m_cluster->find("mappings", "default/quote-backend")->at({"spec", name}).text());
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); }
    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeWithCertsYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put(mapping("prefix: /backend/, service: 'quote:80'"));
        open();
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void whatOthersChangedBesideItStaysAndIsSaid()
    {
        const QPointer<ui::EditDialog> editor = typed(u"/backend/"_s, u"/mine/"_s);
        m_cluster->put(mapping("prefix: /backend/, service: 'other:80', timeout_ms: 700"));
        ui::ConfirmDialog *dialog = review();
        const QString warnings = dialog->review().warnings.join(u'\n');
        QVERIFY2(warnings.contains(u"spec.service: was \"quote:80\", is now \"other:80\""_s),
                 qPrintable(warnings));
        const QString diff = dialog->review().diffs.constFirst();
        QVERIFY2(diff.contains(u"+  prefix: /mine/"_s) && !diff.contains(u"-  service"_s), qPrintable(diff));
        apply(dialog);
        QCOMPARE(field("prefix"), QByteArray("/mine/"));
        QCOMPARE(field("service"), QByteArray("other:80"));
        QCOMPARE(field("timeout_ms"), QByteArray("700"));
        QTRY_VERIFY_WITH_TIMEOUT(!editor, Patience);
    }

    void whereBothChangedTheSameTheTextStaysAndOneIsChosen_data()
    {
        QTest::addColumn<QString>("button");
        QTest::addColumn<QString>("prefix");
        QTest::newRow("theirs") << u"editTakeTheirs"_s << u"/theirs/"_s;
        QTest::newRow("mine") << u"editKeepMine"_s << u"/mine/"_s;
    }
    void whereBothChangedTheSameTheTextStaysAndOneIsChosen()
    {
        QFETCH(QString, button);
        QFETCH(QString, prefix);
        const QPointer<ui::EditDialog> editor =
            typed(u"prefix: /backend/"_s, u"prefix: /mine/\n  case_sensitive: false"_s);
        auto *text = find<QPlainTextEdit>("editText");
        const QString before = text->toPlainText();
        m_cluster->put(mapping("prefix: /theirs/, service: 'other:80'"));
        find<QPushButton>("editReview")->click();
        auto *collision = find<QWidget>("editCollision");
        QTRY_VERIFY_WITH_TIMEOUT(collision->isVisible(), Patience);
        QTRY_VERIFY(!m_console->window().findChild<ui::ConfirmDialog *>());
        QCOMPARE(text->toPlainText(), before); // nothing of it is lost
        const QString told = find<QPlainTextEdit>("editCollisionText")->toPlainText();
        QVERIFY2(
            told.contains(u"spec.prefix: was \"/backend/\", yours is \"/mine/\", theirs is \"/theirs/\""_s)
                && told.contains(u"spec.service: was \"quote:80\", is now \"other:80\""_s),
            qPrintable(told));
        m_console->window().findChild<QPushButton *>(button)->click();
        QVERIFY(!collision->isVisible());
        QVERIFY2(text->toPlainText().contains(u"prefix: "_s + prefix)
                     && text->toPlainText().contains(u"service: other:80"_s)
                     && text->toPlainText().contains(u"case_sensitive: false"_s),
                 qPrintable(text->toPlainText()));
        apply(review());
        QCOMPARE(QString::fromLatin1(field("prefix")), prefix);
        QCOMPARE(field("service"), QByteArray("other:80"));
        QTRY_VERIFY_WITH_TIMEOUT(!editor, Patience);
    }

    // What is compared with goes back with the text: else theirs would be taken back unseen.
    void takingInIsTakenBackWithWhatItIsComparedWith()
    {
        const QPointer<ui::EditDialog> editor = typed(u"/backend/"_s, u"/mine/"_s);
        auto *text = find<QPlainTextEdit>("editText");
        QTest::keyClick(text, Qt::Key_End);
        const QString before = text->toPlainText();
        m_cluster->put(mapping("prefix: /theirs/, service: 'other:80'"));
        find<QPushButton>("editReview")->click();
        QTRY_VERIFY_WITH_TIMEOUT(find<QWidget>("editCollision")->isVisible(), Patience);
        find<QPushButton>("editKeepMine")->click();
        text->undo();
        QCOMPARE(text->toPlainText(), before);
        find<QPushButton>("editReview")->click(); // and told again
        QTRY_VERIFY_WITH_TIMEOUT(find<QWidget>("editCollision")->isVisible(), Patience);
        QCOMPARE(m_cluster->writes, 0);
        delete editor;
    }

    // Before anybody types in vain; the YAML can be read all the same.
    void whoMayNotWriteIsToldAtOnce()
    {
        m_console.reset();
        m_cluster->readOnly = true;
        open();
        ui::MainWindow &window = m_console->window();
        window.showPage(u"routing"_s, u"default/quote-backend"_s);
        QTRY_VERIFY_WITH_TIMEOUT(window.pages().routing->currentObject().name == "quote-backend"_L1,
                                 Patience);
        Q_EMIT window.pages().routing->editRequested({u"Mapping"_s, u"default"_s, u"quote-backend"_s},
                                                     u"getambassador.io/v2"_s); // rights may not be known yet
        auto *report = find<ui::Banner>("report");
        QTRY_VERIFY2_WITH_TIMEOUT(
            report->text().contains(u"this needs `patch` on `mappings.getambassador.io` in `default`"_s),
            qPrintable(report->text()), Patience);
        QVERIFY(!window.findChild<ui::EditDialog *>());
        QCOMPARE(report->findChild<QPushButton *>(u"bannerAction"_s)->text(), u"Show the ClusterRole…"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            find<QPlainTextEdit>("mappingYaml")->isVisible()
                && find<QPlainTextEdit>("mappingYaml")->toPlainText().contains(u"prefix: /backend/"_s),
            Patience);
        QVERIFY(find<QPlainTextEdit>("mappingYaml")->isReadOnly());
        // And by the key, once the rights are known.
        QTRY_VERIFY_WITH_TIMEOUT(!find<QPushButton>("mappingEdit")->isEnabled(), Patience);
        window.report(models::Severity::Info, {});
        QTest::keyClick(find<QTableView>("mappingsTable"), Qt::Key_F2);
        QVERIFY2(report->text().contains(u"`patch` on `mappings.getambassador.io`"_s),
                 qPrintable(report->text()));
    }

    void oneWriteIsOneNotice()
    {
        const QPointer<ui::EditDialog> editor = typed(u"/backend/"_s, u"/mine/"_s);
        const int before = m_console->models().notices.rowCount();
        apply(review());
        QTRY_VERIFY_WITH_TIMEOUT(!editor, Patience);
        QTRY_COMPARE(m_console->models().notices.rowCount(), before + 1);
    }
};

SALLYPORT_TEST(edit_test, EditTest)
#include "edit_test.moc"
