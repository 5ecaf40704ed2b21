// SPDX-License-Identifier: GPL-3.0-or-later
// That every page says something useful in every state, without looking at a pixel; and that pictures are taken.
#include "app/gui/console_models.h"
#include "app/gui/state_pictures.h"
#include "tests/support/test_class.h"
#include "ui/state_panel.h"

#include <QComboBox>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class StatePicturesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPageThatHasNothingSaysWhy_data()
    {
        QTest::addColumn<int>("state");
        const auto states = app::gui::pageStates(QDateTime::currentDateTimeUtc());
        for (int i = 0; i < states.size(); ++i) {
            if (!states[i].hasContent && !states[i].isEmpty)
                QTest::newRow(qPrintable(states[i].name)) << i;
        }
    }

    void aPageThatHasNothingSaysWhy()
    {
        QFETCH(int, state);
        const auto wanted = app::gui::pageStates(QDateTime::currentDateTimeUtc())[state];
        ui::MainWindow window;
        window.setConnection(wanted.connection);
        window.show();
        for (const QString &id : window.pageIds()) {
            window.page(id)->setProblem(wanted.problem);
            window.showPage(id);
            const ui::StatePanel *panel = window.page(id)->state();
            if (id == u"request"_s && !panel && wanted.problem.kind == ui::PageProblem::Kind::None)
                continue; // a request can be composed before anything is read
            QVERIFY2(panel, qPrintable(id));
            QVERIFY(panel->shown().title.size() > 5);
            QVERIFY2(!panel->shown().text.isEmpty(), qPrintable(id));
            QVERIFY(panel->isVisible());
            QVERIFY2(!panel->shown().primary.isEmpty() || !panel->shown().secondary.isEmpty(),
                     qPrintable(id));
        }
    }

    void nothingInAPictureHasTheFocus()
    {
        ui::MainWindow window;
        window.show();
        for (const QString &id : window.pageIds()) {
            window.showPage(id);
            QVERIFY(window.focusWidget()); // for who uses the keyboard
            const QImage picture = app::gui::pictureOf(window).toImage();
            QVERIFY2(!window.focusWidget(), qPrintable(id));
            QCOMPARE(window.grab().toImage(), picture);
        }
    }

    void eachStateOfEachPageIsPictured()
    {
        const QTemporaryDir folder;
        app::gui::ConsoleModels models;
        ui::MainWindow window;
        const int taken = app::gui::takeStatePictures(window, folder.path());
        const auto states = app::gui::pageStates(QDateTime::currentDateTimeUtc());
        QCOMPARE(window.findChild<QComboBox *>(u"contextChooser"_s)->currentText(),
                 states.last().connection.context);
        int expected = 0;
        for (const app::gui::PageState &state : states) {
            for (const QString &id : window.pageIds())
                expected += app::gui::canBeIn(*window.page(id), state);
        }
        QVERIFY(expected > 60);
        QCOMPARE(taken, expected);
        const QDir pictures(folder.path());
        QVERIFY(!pictures.exists(u"activity-forbidden.png"_s)); // a journal of this machine
        QVERIFY(!pictures.exists(u"guide-filtered.png"_s));     // without a table
        QVERIFY(pictures.exists(u"routing-filtered.png"_s) && pictures.exists(u"mesh-forbidden.png"_s));
        QCOMPARE(QDir(folder.path()).entryList({u"*.png"_s}).size(), taken);
        QCOMPARE(app::gui::takeStatePictures(window, u"/proc/nowhere"_s), -1);
    }
};

SALLYPORT_TEST(state_pictures_test, StatePicturesTest)
#include "state_pictures_test.moc"
