// SPDX-License-Identifier: GPL-3.0-or-later
// Every page at three sizes in both themes: nothing is cut off, and a picture of each is left in
// build/…/pictures for people to look at.
#include "tests/support/test_class.h"
#include "tests/ui/cut_off.h"
#include "tests/ui/sample_world.h"
#include "ui/confirm_dialog.h"
#include "ui/shell/main_window.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

void save(QWidget &window, const QString &name)
{
    const QString folder = QString::fromUtf8(SALLYPORT_BINARY_DIR "/pictures/");
    QDir().mkpath(folder);
    QVERIFY(window.grab().save(folder + name + u".png"_s));
}

QString targetOf(const QString &page, const SampleWorld &world)
{
    if (page == u"routing"_s)
        return u"default/quote-backend"_s;
    if (page == u"certificates"_s)
        return world.certificateRows[1].key;
    return page == u"activity"_s ? u"5"_s : QString();
}

} // namespace

class PicturesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void everyPageFitsItsWindow_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("zoom");
        for (const char *page :
             {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide", "activity"}) {
            for (const QSize size : {QSize(1440, 840), QSize(1280, 800), QSize(1024, 640)}) {
                for (const bool dark : {false, true})
                    QTest::addRow("%s-%dx%d-%s", page, size.width(), size.height(), dark ? "dark" : "light")
                        << QString::fromLatin1(page) << size << dark << 1.0;
            }
            // The smallest window, made for twice the type: 900 x 560 at 100 %.
            QTest::addRow("%s-200", page) << QString::fromLatin1(page) << QSize(1800, 1120) << false << 2.0;
        }
    }

    void everyPageFitsItsWindow()
    {
        QFETCH(QString, page);
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        QFETCH(double, zoom);
        SampleWorld world;
        ui::applyTheme(*qApp, ui::Theme::Light, zoom);
        ui::MainWindow window;
        window.setTheme(dark ? ui::Theme::Dark : ui::Theme::Light);
        world.fill(window);
        window.resize(size);
        window.show();
        const auto *table = window.findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        window.showPage(page, targetOf(page, world));
        if (page == u"request"_s) {
            window.pages().request->setRequest(u"GET"_s, QUrl(u"http://api.example.com/backend/?debug=1"_s));
            window.pages().request->setPrediction(world.prediction(window.pages().request->request()));
            window.pages().request->setOutcome(SampleWorld::outcome());
        }
        QCoreApplication::sendPostedEvents();
        save(window, QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(cutOff(window).join(u'\n'), QString());
        QCOMPARE(shortened(window).join(u'\n'), QString());
        QCOMPARE(window.size(), size);
    }

    void theReviewFits_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void theReviewFits()
    {
        QFETCH(bool, dark);
        ui::applyTheme(*qApp, dark ? ui::Theme::Dark : ui::Theme::Light);
        ui::ConfirmDialog dialog(u"Switch the mesh to STRICT"_s, u"eks-eu1"_s, nullptr);
        dialog.show();
        dialog.setReview(SampleWorld::review());
        QCoreApplication::sendPostedEvents();
        save(dialog, u"review-"_s + QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(cutOff(dialog), QStringList());
    }
};

SALLYPORT_TEST(pictures_test, PicturesTest)
#include "pictures_test.moc"
