// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A picture of every page, light and dark, at 1280 x 800 and 1024 x 640: DIR/routing-light.png,
// DIR/routing-light-1024.png …; 1280 x 800 alone of the docks, of Routing's other tabs, in high contrast, of the welcome page and of dialogs.  Waits until the cluster is
// analysed, a request is answered, Prometheus is asked and, where it scrapes the edge or has not yet said whether it
// does, has counted what the charts draw (longestWait at most); a page that has nothing to show by then, because of an
// error or because it took too long, is pictured as it is and makes the whole a failure.  Thread: GUI.
#include "app/gui/application.h"
#include "app/gui/work_queue.h"

#include <QElapsedTimer>

#include <chrono>

namespace app::gui {

class Screenshots : public QObject
{
    Q_OBJECT
public:
    // withStates: then also DIR/states/routing-forbidden.png …, light only.
    // sizes: of pages, instead of the usual ones: DIR/routing-light-2560x1440@200.png
    Screenshots(Application &application, QString folder, bool withStates, QList<PictureSize> sizes = {},
                QObject *parent = nullptr);
    void setLongestWait(std::chrono::milliseconds wait) { m_longestWait = wait; } // before start()
    void start();

Q_SIGNALS:
    void finished(bool allWell, const QString &summary);

private:
    struct Shot
    {
        QString page;
        ui::Theme theme = ui::Theme::Light;
        QSize size;
        QString file;
        QString dock = {}, tab = {}; // of Routing
        int percent = 100;
        QString opens = {}; // "welcome" in the page's place; else the action whose dialog is pictured alone
    };
    void watchDesk();
    void look();
    bool isReady();
    bool hasCharts();
    QString missingChart();
    bool isHopeless();
    void prepare();
    void next();
    void take(const Shot &shot, const QImage &before, int looks);
    void keep(const QImage &picture, const QString &file);
    void finish();
    void addPage(const QString &page, ui::Theme theme, const QString &name);
    void addRest(ui::Theme theme, const QString &name);
    void addParts(ui::Theme theme, const QString &name);
    void takeStates();

    Application &m_application;
    const QString m_folder;
    const bool m_withStates;
    const QList<PictureSize> m_sizes;
    std::chrono::milliseconds m_longestWait{90'000}; // a loaded machine's Prometheus starts for half a minute
    QElapsedTimer m_elapsed;
    QTimer m_timer;
    QList<Shot> m_shots;
    QStringList m_problems;
    qsizetype m_taken = 0;
    bool m_areAllTaken = false;
    int m_unwritten = 0; // pictures that are still being written
    bool m_areMetricsSeen = false;
    WorkQueue m_writing; // PNGs: compressing one takes longer than a frame
    bool m_isAnalysed = false, m_isSent = false, m_isAnswered = false, m_isTrafficShown = false;
};

} // namespace app::gui
