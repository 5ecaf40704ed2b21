// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/state_pictures.h"

#include "app/gui/console_models.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/table_pane.h"

#include <QCoreApplication>
#include <QDir>
#include <QEvent>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

using Phase = models::ConnectionState::Phase;
using Kind = ui::PageProblem::Kind;

models::ConnectionState connectionIn(Phase phase, const QDateTime &now)
{
    models::ConnectionState state;
    state.phase = phase;
    if (phase == Phase::NotConnected)
        return state;
    state.context = u"eks-eu1"_s;
    state.server = u"https://api.eks-eu1.example.com"_s;
    state.since = now.addSecs(-7);
    if (phase == Phase::Live || phase == Phase::Stale) {
        state.version = u"v1.21.14"_s;
        state.lastEvent = now.addSecs(phase == Phase::Stale ? -180 : -2);
        state.roundTripMs = 18;
    }
    if (phase == Phase::Stale || phase == Phase::Failed) {
        state.message =
            u"https://api.eks-eu1.example.com: connection refused. Is the API server running, and is "
            "a VPN needed?"_s;
        state.retryAt = now.addSecs(4);
    }
    return state;
}

// Tables that were read and are empty.
void giveEmptyModels(ui::MainWindow &window, ConsoleModels &models, const QDateTime &now)
{
    window.pages().routing->setMappings(models.mappings);
    window.pages().certificates->setCertificates(models.certificates);
    window.pages().mesh->setPostures(models.postures);
    models.mappings.setRows({});
    models.certificates.setRows({});
    models.postures.setRows({});
    models::SnapshotInput nothing;
    nothing.takenAt = now;
    for (const QString &plural :
         {u"mappings"_s, u"hosts"_s, u"listeners"_s, u"tcpmappings"_s, u"pods"_s, u"services"_s,
          u"deployments"_s, u"secrets"_s, u"namespaces"_s, u"peerauthentications"_s})
        nothing.objects.insert(plural, {}); // read, and empty
    const auto snapshot = models::makeSnapshot(nothing);
    ui::OverviewFacts facts;
    facts.snapshot = snapshot.get();
    facts.now = now;
    window.pages().overview->setAnalysis(facts);
    ui::MetricsAnswer answer;
    answer.from = now.addSecs(-3600);
    answer.to = now;
    window.pages().metrics->setAnswer(answer);
}

// It is read from the disk, whatever the cluster says.
void giveJournal(ui::MainWindow &window, ConsoleModels &models)
{
    window.pages().activity->setJournal(models.journal);
    models.journal.setRows({});
}

void setFilter(ui::PageFrame &page, const QString &filter)
{
    for (ui::TablePane *pane : page.findChildren<ui::TablePane *>())
        pane->setFilter(filter);
}

bool take(ui::MainWindow &window, const PageState &state, const QDir &folder, int &taken)
{
    // What the top bar says of mode and connection, it says of a context that is named there.
    const models::ConnectionState &connection = state.connection;
    const QString file = u"~/.kube/config"_s;
    window.setContexts({{u"eks-eu1"_s, u"https://api.eks-eu1.example.com"_s, file}}, connection.context);
    window.setConnection(connection);
    for (const QString &id : window.pageIds()) {
        ui::PageFrame &page = *window.page(id);
        if (!canBeIn(page, state))
            continue;
        page.setProblem(state.problem);
        setFilter(page, state.filter);
        window.showPage(id);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest); // words have changed
        if (!pictureOf(window).save(folder.filePath(u"%1-%2.png"_s.arg(id, state.name)), "PNG"))
            return false;
        ++taken;
        page.setProblem({});
        setFilter(page, {});
    }
    return true;
}

} // namespace

QList<PageState> pageStates(const QDateTime &now)
{
    models::ConnectionState reading = connectionIn(Phase::Live, now);
    reading.listed = 1500;
    reading.remaining = 8500;
    models::ConnectionState waits = connectionIn(Phase::Live, now);
    waits.waiting = u"429 Too Many Requests, again in 5 s"_s;
    models::ConnectionState partial = connectionIn(Phase::Live, now);
    partial.partial = {u"secrets: forbidden"_s,
                       u"pods: only in namespace team-a, the whole cluster is forbidden"_s};
    partial.clusterRole = u"kind: ClusterRole"_s;
    const models::ConnectionState live = connectionIn(Phase::Live, now);
    const QString role = u"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: "
                         "sallyport-mappings\nrules:\n- apiGroups: [\"getambassador.io\"]\n  resources: "
                         "[\"mappings\"]\n  verbs: [\"get\", \"list\", \"watch\"]\n"_s;
    return {
        {u"not-connected"_s, connectionIn(Phase::NotConnected, now)},
        {u"connecting"_s, connectionIn(Phase::Connecting, now)},
        {u"failed"_s, connectionIn(Phase::Failed, now)},
        {u"reading"_s, reading},
        {u"none"_s, live, {}, false, {}, true},
        {u"forbidden"_s,
         live,
         {Kind::Forbidden, u"mappings is forbidden: user jane cannot list it in the whole cluster"_s, role}},
        {u"absent"_s, live, {Kind::Absent, u"getambassador.io is not installed in this cluster"_s, {}}},
        {u"error"_s,
         live,
         {Kind::Failed, u"GET /apis/getambassador.io/v2/mappings: 500 Internal Server Error"_s,
          u"etcdserver: request timed out"_s}},
        {u"filtered"_s, live, {}, true, u"nothing-is-called-so"_s},
        {u"stale"_s, connectionIn(Phase::Stale, now), {}, true},
        {u"throttled"_s, waits, {}, true},
        {u"partial"_s, partial, {}, true}};
}

// Rights and kinds are of pages that show one kind; only a table is filtered.
bool canBeIn(const ui::PageFrame &page, const PageState &state)
{
    static const QStringList ofOneKind{u"routing"_s, u"certificates"_s, u"mesh"_s};
    if (state.problem.kind != ui::PageProblem::Kind::None)
        return ofOneKind.contains(page.id());
    return state.filter.isEmpty() || page.findChild<ui::TablePane *>();
}

QPixmap pictureOf(ui::MainWindow &window)
{
    if (QWidget *focused = window.focusWidget())
        focused->clearFocus();
    return window.grab();
}

int takeStatePictures(ui::MainWindow &window, const QString &folder)
{
    if (!QDir().mkpath(folder))
        return -1;
    int taken = 0;
    window.setTheme(ui::Theme::Light);
    window.resize(1280, 800);
    for (const PageState &state : pageStates(QDateTime::currentDateTimeUtc())) {
        if (state.hasContent) {
            if (!take(window, state, QDir(folder), taken))
                return -1;
            continue;
        }
        ConsoleModels models;
        ui::MainWindow blank;
        blank.setTheme(ui::Theme::Light);
        blank.resize(1280, 800);
        giveJournal(blank, models);
        if (state.isEmpty)
            giveEmptyModels(blank, models, QDateTime::currentDateTimeUtc());
        blank.show();
        if (!take(blank, state, QDir(folder), taken))
            return -1;
    }
    return taken;
}

} // namespace app::gui
