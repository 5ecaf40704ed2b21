// SPDX-License-Identifier: GPL-3.0-or-later
// Several windows of one program.
#include "app/gui/windows.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/pages/welcome_page.h"

#include <QApplication>
#include <QFile>
#include <QScreen>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

class WindowsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_CONFIG_HOME", m_folder.path().toUtf8()); }

    // Nobody has placed it yet, and a panel may take some of the screen.
    void theFirstWindowFitsTheScreen()
    {
        QSettings().remove(u"layout"_s);
        app::gui::GuiOptions options;
        options.waits = true;
        app::gui::Windows windows(options);
        const ui::MainWindow &window = windows.open().window();
        const QSize available = window.screen()->availableGeometry().size();
        QVERIFY(window.width() <= available.width());
        QVERIFY(window.height() < available.height()); // its frame needs some
    }

    // Which cluster it is for is the question, of the same file: the first one's, which may be a demo's own.
    void anotherWindowKnowsTheContextsAndWaits()
    {
        SmallCluster cluster;
        cluster.put(edgeYaml());
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(cluster.kubeconfig());
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = file.fileName();
        app::gui::Windows windows(options);
        app::gui::Application &first = windows.open();
        first.window().show();
        first.start();
        QTRY_VERIFY_WITH_TIMEOUT(first.desk() && first.desk()->state().phase == Phase::Live, 15'000);
        QCOMPARE(first.kubeconfigFile(), file.fileName());
        Q_EMIT first.window().windowRequested();
        QCOMPARE(windows.count(), size_t(2));
        ui::MainWindow *second = nullptr;
        for (QWidget *each : QApplication::topLevelWidgets()) {
            if (auto *window = qobject_cast<ui::MainWindow *>(each); window && window != &first.window())
                second = window;
        }
        QVERIFY(second);
        QVERIFY(second->isWelcoming());
        QCOMPARE(second->welcome().currentContext(), u"test"_s);
    }
};

SALLYPORT_TEST(windows_test, WindowsTest)
#include "windows_test.moc"
