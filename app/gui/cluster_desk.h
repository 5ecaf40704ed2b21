// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One connected cluster and the pages that show it: facts go from its session to models and pages, wishes
// come from the pages as jobs. Made when a context is chosen, destroyed with it: after that nothing of it
// reaches a page.  Thread: GUI.
#include "app/edge_host.h"
#include "app/gui/action_rights.h"
#include "app/gui/activity.h"
#include "app/gui/change_flow.h"
#include "app/gui/cluster_session.h"
#include "app/gui/console_models.h"
#include "app/gui/desktop_notices.h"
#include "app/gui/finding_feed.h"
#include "app/gui/journal_reader.h"
#include "app/gui/kept_texts.h"
#include "app/gui/traffic.h"

#include <map>

namespace ui {
class EditDialog;
}

namespace app::gui {

struct Editable;

class ClusterDesk : public QObject
{
    Q_OBJECT
public:
    ClusterDesk(ui::MainWindow &window, ConsoleModels &models, const kube::Connection &connection,
                const QString &edge, QObject *parent = nullptr);
    ~ClusterDesk() override;
    void start() { m_session.start(); }
    void retryNow();
    void refresh();                                                 // and what is live is read again
    void setMode(kube::WriteMode mode) { m_session.setMode(mode); } // of writes from now on
    const models::ConnectionState &state() const { return m_session.state(); }
    std::shared_ptr<const ClusterAnalysis> analysis() const { return m_session.analysis(); }
    void send(const models::RequestSpec &request);
    const models::StagedChanges &staged() const { return m_changes.staged(); }
    void setStaged(const models::StagedChanges &staged) { m_changes.setStaged(staged); }

Q_SIGNALS:
    void refused();  // of what was read: the credentials are no longer accepted
    void analysed(); // the pages show the newest analysis
    void answered(const models::RequestOutcome &outcome); // of send(); the page shows it
    void desktopNoticeWanted(const QString &title, const QString &text);
    void trafficShown(const QString &error); // "" it was answered

private:
    void connectPages();
    void connectChanges();
    void takeRows(const kube::RowBatch<models::MappingRow> &batch);
    void takeAnalysis();
    void askForRights();
    void showRights();
    void lookAtEdge();
    void takeSight();
    void pause(bool paused);
    void showAnalysis();
    void showProblems(const models::Snapshot &snapshot);
    void showOpenFindings(const QList<models::Finding> &all, const QList<models::Finding> &ofMesh);
    void showFindings();
    void readJournal();     // where it has changed; shows its rows
    void showJournal();     // and what can be taken back of it
    void findLostAnswers(); // of writes that an earlier run began
    void showActivity();
    void showRecentChanges();
    void takeObserved(const ObservedBatch &batch);
    void tellDesktop(models::NoticeRow::Kind kind, const QString &title, const QString &details);
    void noteConnection(const models::ConnectionState &state);
    void noteAnswer(const models::RequestSpec &request, const models::RequestOutcome &outcome);
    void fix(const QStringList &keys, const QString &hidden);
    void edit(const models::ObjectRef &object, const QString &apiVersion);
    void reviewEdit(const QPointer<ui::EditDialog> &dialog, const Editable &edited, const QString &yaml,
                    const QString &base);
    void chooseRules(const QString &name);
    ui::EdgeRules rules() const; // of the edge that is shown
    QHash<QString, edge::Compat> chosenCompats() const;
    void keepNamespaces(const QStringList &names);
    void mute(const QStringList &keys, const QString &reason);
    void askForIncidents();
    void switchIncident(const QString &name, bool on);
    void checkCertificate(const QString &key, const QString &serverName);
    void revealValue(const models::ObjectRef &secret, const QString &dataKey);
    void copyYaml(const QList<models::ObjectRef> &objects);
    void decorate();
    void showUnwatched();
    void predict(const models::RequestSpec &request);
    void showYaml(const models::ObjectRef &object, const QString &apiVersion);
    void showOrder(const QString &key, const models::RequestSpec &request);
    void askForTraffic();
    void askForSummary(const std::optional<kube::PrometheusService> &service);
    void forgetOthersTraffic();
    void lookAtTraffic(); // for findings
    void takeTraffic(const ui::MetricsAnswer &answer, bool isForRows);
    void changeStep(const QString &stepId, bool undo);
    void changeMode(models::MtlsMode mode);
    void takeBack(const QList<models::JournalEntry> &entries, const QString &title);
    const models::GuideStep *step(const QString &id) const;

    ui::MainWindow &m_window;
    ConsoleModels &m_models;
    EdgeHost m_edge;
    ClusterSession m_session;
    ChangeFlow m_changes;
    KeptTexts m_mutes, m_rules; // of findings; of edges: "v1"
    KeptTexts m_looks;          // "namespaces": what the pages show, "cart shop"
    FindingFeed m_findings;
    DesktopNotices m_desktop;
    models::ConnectionState::Phase m_phase = models::ConnectionState::Phase::NotConnected;
    bool m_isRefused = false;
    QSet<QString> m_unwatched;  // keys of Mappings that come with the analysis
    models::ObjectRef m_chosen; // on the page Routing
    JournalReader m_journal;
    Activity m_activity;
    std::map<QString, std::optional<models::MappingRow>>
        m_heldRows; // while paused, the newest by key; nullopt: gone
    bool m_holdsCompletion = false;
    bool m_isPaused = false, m_holdsAnalysis = false, m_holdsActivity = false;
    QHash<QString, MappingTraffic> m_traffic;
    QString m_trafficEdge; // whose it is: EdgeInstallation::key()
    QTimer m_trafficTimer;
    bool m_isAsking = false;
    QList<models::Finding> m_trafficFindings;
    QTimer m_lookTimer;
    bool m_isLooking = false;
    ActionRights m_rights;
    WorkQueue m_reading;  // YAML, traffic
    WorkQueue m_requests; // test requests: one that hangs holds up nothing else
    WorkQueue m_looking;  // at traffic
};

} // namespace app::gui
