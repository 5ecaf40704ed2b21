// SPDX-License-Identifier: GPL-3.0-or-later
// Pages beside stored pictures of them (tests/data/pictures), with tolerance.  SALLYPORT_STORE_PICTURES=1 stores what is seen;
// look at it before it is committed.  What differs is left in build/…/pictures.
#include "tests/support/test_class.h"
#include "tests/ui/picture_compare.h"
#include "tests/ui/sample_world.h"
#include "ui/shell/main_window.h"
#include "ui/shell/sidebar.h"

#include <QApplication>
#include <QDir>
#include <QPainter>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QSize Size(1024, 640);
constexpr double SameFont = 0.02, OtherFont = 0.15; // parts of the cells that may differ

struct Shown
{
    SampleWorld world;
    std::unique_ptr<ui::MainWindow> window = std::make_unique<ui::MainWindow>();

    Shown(const QString &page, bool dark)
    {
        window->setTheme(dark ? ui::Theme::Dark : ui::Theme::Light);
        world.fill(*window);
        window->resize(Size);
        window->show();
        window->showPage(page, page == u"routing"_s ? u"default/quote-backend"_s : QString());
    }
    ~Shown() { window.reset(); } // its views look at the world's models
    QImage picture()
    {
        QCoreApplication::sendPostedEvents();
        return window->grab().toImage().convertToFormat(QImage::Format_RGB32);
    }
};

QString storedFile(const QString &name)
{
    return QString::fromUtf8(SALLYPORT_SOURCE_DIR "/tests/data/pictures/") + name + u".png"_s;
}

QString leftAt(const QImage &picture, const QString &name)
{
    const QString folder = QString::fromUtf8(SALLYPORT_BINARY_DIR "/pictures/");
    QDir().mkpath(folder);
    picture.save(folder + name + u".png"_s);
    return folder + name + u".png"_s;
}

} // namespace

class StoredPicturesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void everyPageLooksAsItDid_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<bool>("dark");
        for (const char *page : {"routing", "certificates", "mesh", "guide"})
            QTest::addRow("%s-light", page) << QString::fromLatin1(page) << false;
        QTest::addRow("routing-dark") << u"routing"_s << true;
    }

    void everyPageLooksAsItDid()
    {
        QFETCH(QString, page);
        QFETCH(bool, dark);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        Shown shown(page, dark);
        const auto *table = shown.window->findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        if (qEnvironmentVariableIsSet("SALLYPORT_STORE_PICTURES"))
            QVERIFY(withFontName(shown.picture()).save(storedFile(name)));
        const QImage stored = QImage(storedFile(name));
        QVERIFY2(!stored.isNull(), qPrintable(storedFile(name)));
        PictureDifference difference;
        const auto isNear = [&] {
            difference = comparePictures(stored, shown.picture());
            return difference.part <= (difference.sameFont ? SameFont : OtherFont);
        };
        QTRY_VERIFY2(isNear(),
                     qPrintable(u"%1 % of it differs, see %2"_s.arg(100 * difference.part)
                                    .arg(leftAt(difference.where, u"differs-"_s + name))));
    }

    // The comparison is worth something: each of these is told apart, whatever the font.
    void whatAPersonWouldSeeIsTold_data()
    {
        QTest::addColumn<QString>("change");
        for (const char *change : {"dark", "page", "sidebar", "rows", "chips"})
            QTest::newRow(change) << QString::fromLatin1(change);
    }

    void whatAPersonWouldSeeIsTold()
    {
        QFETCH(QString, change);
        const QImage stored(storedFile(u"routing-light"_s));
        Shown shown(change == u"page"_s ? u"mesh"_s : u"routing"_s, change == u"dark"_s);
        const auto *table = shown.window->findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        if (change == u"sidebar"_s)
            shown.window->findChild<ui::Sidebar *>()->hide();
        if (change == u"rows"_s)
            shown.world.mappings.setRows({});
        QCoreApplication::sendPostedEvents();
        QTRY_VERIFY(change != u"rows"_s || table->model()->rowCount() == 0);
        QImage seen = shown.picture();
        if (change == u"chips"_s) { // in another colour
            QPainter painter(&seen);
            painter.fillRect(QRect(210, 190, 70, 300), Qt::red);
        }
        QVERIFY2(comparePictures(stored, seen).part > SameFont,
                 qPrintable(QString::number(comparePictures(stored, seen).part)));
    }
};

SALLYPORT_TEST(stored_pictures_test, StoredPicturesTest)
#include "stored_pictures_test.moc"
