// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl + and − take effect at once: the sidebar and the bars are then as in a window that was made at that zoom.
#include "tests/support/test_class.h"
#include "tests/ui/sample_world.h"
#include "ui/shell/main_window.h"
#include "ui/zoom.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Console
{
    SampleWorld world;
    std::unique_ptr<ui::MainWindow> window = std::make_unique<ui::MainWindow>();

    Console(const QString &page, QSize size)
    {
        window->setTheme(ui::Theme::Light);
        world.fill(*window);
        window->resize(size);
        window->showPage(page, page == u"routing"_s ? u"default/quote-backend"_s : QString());
        window->show();
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
    }
    ~Console() { window.reset(); } // its views look at the world's models
};

// Where each named widget that is seen stands, by its name.
QMap<QString, QRect> places(const ui::MainWindow &window)
{
    QMap<QString, QRect> places;
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        if (widget->isVisible() && !widget->objectName().isEmpty()
            && !widget->objectName().startsWith(u"qt_"_s))
            places.insert(widget->objectName(), QRect(widget->mapTo(&window, QPoint()), widget->size()));
    }
    return places;
}

// Of the sidebar and the bars, whose measures are fixed.
QMap<QString, QRect> frame(const ui::MainWindow &window)
{
    QMap<QString, QRect> all = places(window);
    for (const QString &name : all.keys()) {
        if (!name.endsWith(u"Item"_s) && !name.endsWith(u"Chooser"_s) && !name.endsWith(u"Chip"_s)
            && name != u"statusStrip"_s && name != u"sidebar"_s)
            all.remove(name);
    }
    return all;
}

// "" or the first widget whose edges are further apart.
QString difference(const QMap<QString, QRect> &left, const QMap<QString, QRect> &right, int pixels)
{
    if (left.keys() != right.keys())
        return u"other widgets are seen"_s;
    for (auto at = left.begin(); at != left.end(); ++at) {
        const QRect a = at.value();
        const QRect b = right[at.key()];
        if (std::abs(a.left() - b.left()) > pixels || std::abs(a.top() - b.top()) > pixels
            || std::abs(a.right() - b.right()) > pixels || std::abs(a.bottom() - b.bottom()) > pixels)
            return u"%1: %2,%3 %4x%5 and %6,%7 %8x%9"_s.arg(at.key())
                .arg(a.x())
                .arg(a.y())
                .arg(a.width())
                .arg(a.height())
                .arg(b.x())
                .arg(b.y())
                .arg(b.width())
                .arg(b.height());
    }
    return {};
}

} // namespace

class ZoomTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { ui::applyTheme(*qApp, ui::Theme::Light); }
    void cleanup() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void aZoomedWindowIsAsOneMadeSo()
    {
        constexpr int Rounding = 3;
        const QSize size(1800, 1100);
        Console zoomed(u"routing"_s, size);
        const QMap<QString, QRect> before = frame(*zoomed.window);
        QVERIFY(before.size() > 8);
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(zoomed.window.get(), Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(ui::zoom(), 1.5);
        QCOMPARE(zoomed.window->size(), size);
        const auto *table = zoomed.window->findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_COMPARE(table->rowHeight(0), 48);
        Console made(u"routing"_s, size);
        QTRY_VERIFY2(difference(frame(*zoomed.window), frame(*made.window), Rounding).isEmpty(),
                     qPrintable(difference(frame(*zoomed.window), frame(*made.window), Rounding)));
        made.window.reset();
        zoomed.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(zoomed.window.get()));
        QTest::keyClick(zoomed.window.get(), Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(ui::zoom(), 1.0);
        QTRY_VERIFY2(difference(frame(*zoomed.window), before, Rounding).isEmpty(), // nothing adds up
                     qPrintable(difference(frame(*zoomed.window), before, Rounding)));
    }

    void itStopsAtItsEndsAndIsTold()
    {
        Console console(u"overview"_s, {1280, 800});
        QSignalSpy chosen(console.window.get(), &ui::MainWindow::zoomChosen);
        for (int i = 0; i < 15; ++i)
            QTest::keyClick(console.window.get(), Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(chosen.last().first().toDouble(), 2.0);
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(console.window.get(), Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(chosen.last().first().toDouble(), 0.8);
    }
};

SALLYPORT_TEST(zoom_test, ZoomTest)
#include "zoom_test.moc"
