// SPDX-License-Identifier: GPL-3.0-or-later
// For people who do not see the window, do not use a mouse, need large letters, or read another language.
#include "tests/support/test_class.h"
#include "tests/ui/cut_off.h"
#include "tests/ui/window_fixture.h"
#include "ui/docks/dock_area.h"
#include "ui/pages/request_page.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
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
