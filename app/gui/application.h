// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The console as a whole: the window, the tables, the kubeconfig's contexts, the demo cluster if one was
// asked for, and the desk of the cluster that is connected.  Every failure becomes one message in the window,
// with Retry; nothing here ends the program.  A kubeconfig that changes on the disk is read again: its contexts
// appear, and a connection that has failed is tried with what the file says now; one that lives goes on.
// No credential plug-in of a kubeconfig runs before the person at the window has said so, once or always.
#include "app/connection_examination.h"
#include "app/gui/cluster_desk.h"
#include "app/gui/demo_child.h"
#include "app/gui/gui_options.h"
#include "app/gui/work_queue.h"
#include "kube/file_watcher.h"
#include "kube/kubeconfig.h"
#include "ui/exec_dialog.h"

#include <QPointer>

namespace app::gui {

class Application : public QObject
{
    Q_OBJECT
public:
    explicit Application(GuiOptions options, QObject *parent = nullptr);
    ~Application() override;
    void start(); // reads the contexts, and connects if the command line says to what
    bool showPage(const QString &id) { return m_window.showPage(id); }
    ui::MainWindow &window() { return m_window; }
    ConsoleModels &models() { return m_models; }
    bool isStarting() const { return m_isStarting; }                       // the demo cluster is on its way
    const QString &kubeconfigFile() const { return m_options.kubeconfig; } // "" the usual ones; a demo's own
    ClusterDesk *desk() { return m_desk.get(); }                           // nullptr: not connected

Q_SIGNALS:
    void deskChanged();                   // another cluster, or none
    void demoRefused(const QString &why); // by what the command line says of it
    void windowRequested();               // by the user
    void desktopNoticeWanted(const QString &title,
                             const QString &text); // of what happened while nobody looked

private:
    void keep(models::NoticeRow notice);
    kube::KubeconfigSources sources() const;
    bool readContexts();
    void watchFiles();
    void readChangedFile();
    void connectToChosen();
    void connectTo(const QString &context);
    void reconnect();                                    // to the same, by what stands in the file
    void chooseMode(models::ConnectionState::Mode mode); // of the context that is connected to, from now on
    void retry();
    void refresh(); // F5
    void openFile(const QString &file);
    void examine(const QString &context); // by the connection doctor
    void showDoctor(bool isDone);
    // For Connection::mayRun: answers by what is remembered, else by the person at the window.
    kube::ExecPolicy execPolicy(const kube::Connection &connection);
    void askToRun(const ui::ExecDialog::Program &program, const kube::ExecPlugin &plugin,
                  const std::function<void(bool)> &answer);
    void leave(); // no cluster any more; nothing is contacted
    void fail(const QString &context, const QString &message);
    void tellWhyNotConnected(const QString &message);
    void startDemo();

    GuiOptions m_options;
    ConsoleModels m_models; // outlives the window, whose views look at it
    ui::MainWindow m_window;
    std::unique_ptr<DemoChild> m_demo;
    std::optional<kube::Kubeconfig> m_kubeconfig;
    std::unique_ptr<kube::FileWatcher> m_files; // of the kubeconfig
    QStringList m_watched;
    QString m_context;                            // the chosen one
    std::optional<kube::Connection> m_connection; // what it was when it was connected to
    bool m_wantsCluster = false;                  // one was asked for, and not left
    bool m_isStarting = false;
    int m_notices = 0; // ever
    std::unique_ptr<ClusterDesk> m_desk;
    QString m_examined; // the doctor's context
    QList<kube::DoctorStep> m_doctorsSteps;
    int m_examinations = 0;                   // ever
    QPointer<ui::ExecDialog> m_execDialog;    // the one that is open
    std::unique_ptr<WorkQueue> m_examination; // last: its end waits for what speaks to the rest
};

} // namespace app::gui
