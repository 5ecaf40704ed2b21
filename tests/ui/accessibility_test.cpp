// SPDX-License-Identifier: GPL-3.0-or-later
// For people who do not see the window, do not use a mouse, need large letters, or read another language.
#include "models/analysis/finding_catalog.h"
#include "tests/support/test_class.h"
#include "tests/ui/cut_off.h"
#include "tests/ui/sample_dialogs.h"
#include "tests/ui/sample_objects.h"
#include "tests/ui/window_fixture.h"
#include "ui/docks/dock_area.h"
#include "ui/pages/request_page.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QTabBar>
#include <QTableView>
#include <QTranslator>

using namespace Qt::StringLiterals;

namespace {

constexpr int CellsLookedAt = 40; // of one table: the rest is made by the same code

QString describe(QAccessibleInterface *at)
{
    QString text = u"role %1"_s.arg(at->role());
    for (QAccessibleInterface *above = at; above; above = above->parent()) {
        if (const QObject *object = above->object(); object && !object->objectName().isEmpty())
            return text + u" in "_s + object->objectName();
    }
    return text;
}

bool isCell(const QAccessibleInterface &at)
{
    return at.role() == QAccessible::Cell || at.role() == QAccessible::ListItem
        || at.role() == QAccessible::TreeItem;
}

// Whatever can take the focus must say what it is.
void walk(QAccessibleInterface *at, QStringList &nameless, int depth = 0)
{
    if (!at || !at->isValid() || depth > 30 || at->state().invisible)
        return;
    // A cell may have nothing to say: no conditions, no weight. Its heading then says what is missing.
    const bool isPlace =
        isCell(*at) || at->role() == QAccessible::Window || at->role() == QAccessible::Client;
    if (at->state().focusable && !isPlace && at->text(QAccessible::Name).isEmpty()
        && at->text(QAccessible::Value).isEmpty())
        nameless.append(describe(at));
    const int count = at->tableInterface() ? qMin(CellsLookedAt, at->childCount()) : at->childCount();
    for (int i = 0; i < count && !isCell(*at); ++i)
        walk(at->child(i), nameless, depth + 1);
}

// Every text that went through tr() is marked, so what is not was forgotten.
class PseudoTranslator : public QTranslator
{
public:
    QString translate(const char *, const char *source, const char *, int) const override
    {
        return u"⟦%1 ···⟧"_s.arg(QString::fromUtf8(source)); // a third longer, as German is
    }
    bool isEmpty() const override { return false; }
};

bool isWords(const QString &text)
{
    static const QStringList names{u"Sallyport"_s, u"GET"_s,    u"HEAD"_s,    u"POST"_s, u"PUT"_s,
                                   u"PATCH"_s,     u"DELETE"_s, u"OPTIONS"_s, u"curl"_s};
    static const QRegularExpression letters(u"[A-Za-z]{2}"_s);
    return letters.match(text).hasMatch() && !names.contains(text) && !text.startsWith(u"http"_s);
}

QStringList untranslated(const QWidget &window)
{
    QStringList found;
    const auto look = [&found](const QString &what, const QString &text) {
        if (isWords(text) && !text.contains(u'⟦'))
            found.append(what + u": "_s + text);
    };
    for (const QLabel *label : window.findChildren<QLabel *>())
        look(u"label"_s, label->text());
    for (const QAbstractButton *button : window.findChildren<QAbstractButton *>())
        look(u"button"_s, button->text());
    for (const QAction *action : window.findChildren<QAction *>()) {
        if (!action->objectName().startsWith(u"_q"_s)) // Qt's own, of fields
            look(u"action"_s, action->text());
    }
    for (const QTabBar *tabs : window.findChildren<QTabBar *>())
        for (int i = 0; i < tabs->count(); ++i)
            look(u"tab"_s, tabs->tabText(i));
    for (const QLineEdit *field : window.findChildren<QLineEdit *>())
        look(u"placeholder"_s, field->placeholderText());
    for (const QTableView *table : window.findChildren<QTableView *>())
        for (int i = 0; table->model() && i < table->model()->columnCount(); ++i)
            look(u"heading"_s, table->model()->headerData(i, Qt::Horizontal).toString());
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        look(u"name"_s, widget->accessibleName());
        look(u"tool tip"_s, widget->toolTip());
    }
    found.removeDuplicates();
    return found;
}

QStringList untranslatedCells(const QWidget &window)
{
    QStringList found;
    for (const QAbstractItemView *view : window.findChildren<QAbstractItemView *>()) {
        const QAbstractItemModel *rows = view->model();
        if (!rows || !view->isVisible() || qobject_cast<const QHeaderView *>(view))
            continue;
        for (int row = 0; row < qMin(CellsLookedAt, rows->rowCount()); ++row) {
            for (int column = 0; column < rows->columnCount(); ++column) {
                const QString text = rows->index(row, column).data().toString();
                if (isWords(text) && !text.contains(u'⟦'))
                    found.append(u"cell of %1: %2"_s.arg(view->objectName(), text));
            }
        }
    }
    return found;
}

QStringList wordsOf(const QString &text)
{
    static const QRegularExpression noLetter(u"[^A-Za-z0-9]+"_s);
    return text.split(noLetter, Qt::SkipEmptyParts);
}

// The words of the cluster's objects, and of what the analyses, which translate nothing, say of them.
QSet<QString> wordsOfFacts(const SampleWorld &world)
{
    QStringList texts{u"200 OK, UTC"_s, QString::fromUtf8(sampleYaml()),
                      QString::fromUtf8(SampleWorld::outcome().body), SampleWorld::metrics(world.now).source,
                      SampleWorld::metrics(world.now).query};
    for (const models::Finding &finding : world.findings())
        texts += QStringList{finding.message, finding.remedy, finding.path, finding.code,
                             models::findingHelp(finding.code)}
            + finding.evidence;
    for (const auto &verdict : world.view.mappings) {
        texts += QStringList{verdict->stateReason} + verdict->why + verdict->uses;
        for (const models::Hop &hop : verdict->hops)
            texts += {hop.from, hop.to, hop.because};
    }
    models::RequestSpec request;
    request.url = QUrl(u"http://api.example.com/backend/"_s);
    for (const models::PredictionStep &step : world.prediction(request).steps)
        texts += {step.title, step.text, step.side};
    for (int i = 0; i < world.notices.rowCount(); ++i)
        texts += {world.notices.row(i).text, world.notices.row(i).details};
    for (const models::GuideStep &step : models::guideSteps(*world.snapshot, world.view))
        texts += QStringList{step.title, step.seen, step.remedy, step.yaml} + step.evidence;
    for (int i = 0; i < world.postures.rowCount(); ++i)
        texts += world.postures.row(i).mode.reason;
    for (const models::CertificateRow &row : world.certificateRows)
        texts += QStringList{row.subject, row.storedIn, row.usedBy,
                             row.renewal, row.checks,   models::countdownText(row.notAfter, world.now)}
            + row.blastRadius;
    for (const models::JournalEntry &entry : world.entries)
        texts += QStringList{entry.title, entry.who, entry.result, entry.context};
    texts += SampleWorld::review().warnings;
    QSet<QString> words;
    for (const QString &text : std::as_const(texts)) {
        for (const QString &word : wordsOf(text))
            words.insert(word);
    }
    return words;
}

bool isFact(const QString &text, const QSet<QString> &facts)
{
    const QStringList words = wordsOf(text);
    return std::all_of(words.begin(), words.end(),
                       [&facts](const QString &word) { return word.size() < 2 || facts.contains(word); });
}

} // namespace

class AccessibilityTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        ui::applyTheme(*qApp, ui::Theme::Light, 1);
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    }
    void cleanup()
    {
        closeWindow();
        ui::applyTheme(*qApp, ui::Theme::Light, 1);
    }

    void whateverTakesTheFocusSaysWhatItIs_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("dock");
        for (const char *page :
             {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide", "activity"})
            QTest::newRow(page) << QString::fromLatin1(page) << QString();
        for (const char *dock : {"problems", "changes", "notices"})
            QTest::newRow(dock) << u"routing"_s << QString::fromLatin1(dock);
        QTest::newRow("welcome") << QString() << QString();
    }

    void whateverTakesTheFocusSaysWhatItIs()
    {
        QFETCH(QString, page);
        QFETCH(QString, dock);
        openWindow();
        if (page.isEmpty())
            m_window->showWelcome();
        else
            m_window->showPage(page, page == u"routing"_s ? u"default/quote-backend"_s : QString());
        if (!dock.isEmpty())
            m_window->docks().open(dock);
        QStringList nameless;
        walk(QAccessible::queryAccessibleInterface(m_window.get()), nameless);
        nameless.removeDuplicates();
        QCOMPARE(nameless.join(u'\n'), QString());
    }

    void dialogsSayWhatTheyAre_data()
    {
        QTest::addColumn<QString>("dialog");
        for (const QString &name : sampleDialogNames())
            QTest::newRow(qPrintable(name)) << name;
    }

    // Whatever takes the focus in a dialog, and the dialog itself when it comes up.
    void dialogsSayWhatTheyAre()
    {
        QFETCH(QString, dialog);
        openWindow();
        const std::unique_ptr<QDialog> shown(sampleDialog(dialog, *m_window));
        shown->setAttribute(Qt::WA_DeleteOnClose, false);
        shown->show();
        QVERIFY(QTest::qWaitForWindowExposed(shown.get()));
        QAccessibleInterface *at = QAccessible::queryAccessibleInterface(shown.get());
        QVERIFY(at && !at->text(QAccessible::Name).isEmpty());
        QVERIFY2(at->role() == QAccessible::Dialog, qPrintable(describe(at)));
        QStringList nameless;
        walk(at, nameless);
        nameless.removeDuplicates();
        QCOMPARE(nameless.join(u'\n'), QString());
        const QWidget *focus = shown->focusWidget();
        QVERIFY2(focus && focus->isEnabled(), "nothing in it has the focus");
    }

    void everyPageCanBeReadAtEverySize_data()
    {
        QTest::addColumn<double>("zoom");
        QTest::newRow("80 %") << 0.8;
        QTest::newRow("125 %") << 1.25;
        QTest::newRow("200 %") << 2.0;
    }

    void everyPageCanBeReadAtEverySize()
    {
        QFETCH(double, zoom);
        ui::applyTheme(*qApp, ui::Theme::Light, zoom);
        openWindow();
        m_window->resize(int(1280 * zoom), int(800 * zoom));
        for (const QString &id : m_window->pageIds()) {
            m_window->showPage(id);
            QCoreApplication::sendPostedEvents();
            QVERIFY2(cutOff(*m_window).isEmpty(), qPrintable(id + u": "_s + cutOff(*m_window).join(u'\n')));
        }
        QCOMPARE(ui::scaled(100), qRound(100 * zoom));
    }

    void everyWordCanBeTranslated_data()
    {
        QTest::addColumn<models::ConnectionState::Phase>("phase");
        QTest::newRow("not connected") << models::ConnectionState::Phase::NotConnected;
        QTest::newRow("connecting") << models::ConnectionState::Phase::Connecting;
        QTest::newRow("reading") << models::ConnectionState::Phase::Live;
        QTest::newRow("failed") << models::ConnectionState::Phase::Failed;
    }

    // A window without any fact of a cluster: all that it says is ours to translate.
    void everyWordCanBeTranslated()
    {
        QFETCH(models::ConnectionState::Phase, phase);
        PseudoTranslator translator;
        QVERIFY(QCoreApplication::installTranslator(&translator));
        {
            ui::MainWindow window;
            models::ConnectionState state;
            state.phase = phase;
            window.setConnection(state);
            window.show();
            QStringList found;
            for (const QString &id : window.pageIds()) {
                window.showPage(id);
                found += untranslated(window);
            }
            found.removeDuplicates();
            QCoreApplication::removeTranslator(&translator);
            QCOMPARE(found.join(u'\n'), QString());
        }
    }

    void everyWordBesideTheFactsCanBeTranslated_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("dock");
        for (const char *page :
             {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide", "activity"})
            QTest::newRow(page) << QString::fromLatin1(page) << QString();
        for (const char *dock : {"problems", "changes", "notices"})
            QTest::newRow(dock) << u"overview"_s << QString::fromLatin1(dock);
    }

    // A window full of a cluster's facts: what is neither a fact nor what an analysis says of it is ours to translate.
    void everyWordBesideTheFactsCanBeTranslated()
    {
        QFETCH(QString, page);
        QFETCH(QString, dock);
        const SampleWorld english;
        PseudoTranslator translator;
        QVERIFY(QCoreApplication::installTranslator(&translator));
        openWindow();
        m_window->resize(1440, 840);
        QTRY_VERIFY(find<QTableView>(u"mappingsTable"_s)->model()->rowCount() > 0);
        m_window->showPage(page,
                           page == u"routing"_s            ? u"default/quote-backend"_s
                               : page == u"certificates"_s ? english.certificateRows[1].key
                               : page == u"activity"_s     ? u"5"_s
                                                           : QString());
        if (page == u"request"_s) {
            m_window->pages().request->setRequest(u"GET"_s, QUrl(u"http://api.example.com/backend/"_s));
            m_window->pages().request->setPrediction(
                m_world->prediction(m_window->pages().request->request()));
            m_window->pages().request->setOutcome(SampleWorld::outcome());
        }
        m_window->docks().open(dock);
        QCoreApplication::sendPostedEvents();
        QStringList found = untranslated(*m_window->page(page)) + untranslatedCells(*m_window->page(page));
        if (!dock.isEmpty())
            found += untranslated(m_window->docks()) + untranslatedCells(m_window->docks());
        closeWindow();
        QCoreApplication::removeTranslator(&translator);
        const QSet<QString> facts = wordsOfFacts(english);
        found.removeIf([&facts](const QString &line) { return isFact(line.section(u": "_s, 1), facts); });
        found.removeDuplicates();
        QCOMPARE(found.join(u'\n'), QString());
    }

    void everyHeadingOfATableCanBeTranslated()
    {
        PseudoTranslator translator;
        QVERIFY(QCoreApplication::installTranslator(&translator));
        SampleWorld world;
        QCoreApplication::removeTranslator(&translator);
        QStringList found;
        for (const models::TableModelBase *model : QList<models::TableModelBase *>{
                 &world.mappings, &world.certificates, &world.postures, &world.journal, &world.hosts,
                 &world.listeners, &world.tcpMappings, &world.findingRows, &world.notices}) {
            for (const auto &column : model->layout()) {
                if (isWords(column.title) && !column.title.contains(u'⟦'))
                    found.append(column.title);
            }
        }
        QCOMPARE(found, QStringList());
    }

    void noKeyOfATableIsAlsoTheWindows()
    {
        openWindow();
        const QStringList ofTables{u"Ctrl+C"_s, u"Ctrl+Shift+C"_s, u"Ctrl+Shift+K"_s, u"Del"_s,
                                   u"/"_s,      u"Return"_s,       u"Home"_s,         u"End"_s};
        for (const QAction *action : m_window->actions()) {
            for (const QKeySequence &keys : action->shortcuts())
                QVERIFY2(!ofTables.contains(keys.toString()), qPrintable(action->objectName()));
        }
    }
};

SALLYPORT_TEST(accessibility_test, AccessibilityTest)
#include "accessibility_test.moc"
