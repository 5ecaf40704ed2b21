// SPDX-License-Identifier: GPL-3.0-or-later
// ClusterDesk's answers to single wishes of pages and docks.
#include "app/finding_actions.h"
#include "app/gui/cluster_desk.h"
#include "app/gui/desk_wishes.h"
#include "app/gui/handshake.h"
#include "app/gui/reveal.h"
#include "kube/wipe.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/edit_dialog.h"
#include "ui/journal_view.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/routing_page.h"
#include "ui/secret_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPointer>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr int HandshakeTimeoutMs = 8'000;

} // namespace

// Only what is new: a state is told again with every event.
void ClusterDesk::noteConnection(const models::ConnectionState &state)
{
    using Phase = models::ConnectionState::Phase;
    if (std::exchange(m_isRefused, state.isRefused) != state.isRefused && state.isRefused)
        Q_EMIT refused();
    if (std::exchange(m_phase, state.phase) == state.phase)
        return;
    const auto note = [this, &state](models::Severity severity, const QString &text) {
        m_window.note(models::NoticeRow::Kind::Connection, severity, text, state.message);
    };
    switch (state.phase) {
    case Phase::Live:
        if (state.mode == models::ConnectionState::Mode::Normal) // only the demo's kubeconfig says so
            askForIncidents();
        note(models::Severity::Good, tr("Connected to %1, Kubernetes %2").arg(state.context, state.version));
        break;
    case Phase::Stale:
        note(models::Severity::Warning, tr("The connection to %1 was lost").arg(state.context));
        break;
    case Phase::Failed: note(models::Severity::Error, tr("No connection to %1").arg(state.context)); break;
    case Phase::Connecting:
    case Phase::NotConnected: break;
    }
}

// The inbox has it, too; that a connection was lost, or what became of a change, it has already.
void ClusterDesk::tellDesktop(models::NoticeRow::Kind kind, const QString &title, const QString &details)
{
    if (kind == models::NoticeRow::Kind::Notice)
        m_window.note(kind, models::Severity::Warning, title, details);
    Q_EMIT desktopNoticeWanted(title, details);
}

void ClusterDesk::noteAnswer(const models::RequestSpec &request, const models::RequestOutcome &outcome)
{
    const QString what = u"%1 %2"_s.arg(request.method, request.url.toDisplayString());
    if (!outcome.error.isEmpty()) {
        m_window.note(models::NoticeRow::Kind::Request, models::Severity::Error, tr("%1: not sent").arg(what),
                      outcome.error);
        return;
    }
    const QString served = outcome.servedBy.isEmpty() ? tr("not confirmed which Mapping served it")
                                                      : tr("served by %1").arg(outcome.servedBy);
    m_window.note(
        models::NoticeRow::Kind::Request,
        outcome.predictionHeld ? models::Severity::Good : models::Severity::Warning,
        tr("%1: %2 in %3 ms, %4")
            .arg(what, QString::number(outcome.status), QString::number(qRound(outcome.totalMs)), served),
        outcome.predictionHeld ? QString() : tr("The prediction was another one."));
}

void ClusterDesk::fix(const QStringList &keys, const QString &hidden)
{
    const auto analysis = m_session.analysis();
    QList<models::Finding> findings;
    for (const QString &key : keys) {
        const models::FindingRow *row = m_models.findings.find(key);
        if (row && row->fixable)
            findings.append(row->finding);
    }
    if (analysis && !findings.isEmpty())
        m_changes.begin(titleOfFix(findings), fixPlan(m_session.client(), analysis, findings, hidden));
}

void ClusterDesk::edit(const models::ObjectRef &object, const QString &apiVersion)
{
    const auto job = [&client = m_session.client(), object, apiVersion](std::stop_token stop) {
        return editable(client, object, apiVersion, stop);
    };
    m_reading.run(this, job, [this](const kube::Result<Editable> &read) {
        if (!read) {
            m_window.report(models::Severity::Error, read.error().message);
            if (read.error().kind == kube::Error::Kind::Forbidden) // it can be read all the same
                m_window.showYaml();
            return;
        }
        auto *dialog = new ui::EditDialog(tr("Edit %1").arg(read->object.text()), read->yaml, &m_window);
        connect(dialog, &ui::EditDialog::reviewRequested, this,
                [this, dialog = QPointer(dialog), edited = *read](const QString &yaml, const QString &base) {
                    reviewEdit(dialog, edited, yaml, base);
                });
        dialog->open();
    });
}

void ClusterDesk::reviewEdit(const QPointer<ui::EditDialog> &dialog, const Editable &edited,
                             const QString &yaml, const QString &base)
{
    const auto edit = editOf(edited, yaml, base);
    if (!edit)
        return dialog->setProblem(edit.error().message);
    const auto settle = [dialog, yaml](bool isKept) {
        if (dialog)
            dialog->settle(yaml, isKept);
    };
    m_changes.begin(titleOfEdit(edited.object), editPlan(m_session.client(), *edit), settle,
                    [dialog](const models::EditTogether &together) {
                        if (dialog)
                            dialog->setCollision(together);
                    });
}

void ClusterDesk::retryNow()
{
    m_session.retryNow();
    m_rights.askAnew();
}

void ClusterDesk::refresh()
{
    m_session.refresh();
    m_rights.askAnew();
}

void ClusterDesk::askForRights()
{
    const auto analysis = m_session.analysis();
    if (!analysis)
        return;
    QList<models::FindingRow> fixable;
    for (int i = 0; i < m_models.findings.rowCount() && fixable.size() < ActionRights::MostAsked; ++i) {
        if (m_models.findings.row(i).fixable)
            fixable.append(m_models.findings.row(i));
    }
    QMap<QString, models::ObjectRef> secrets;
    for (int i = 0; i < m_models.certificates.rowCount() && secrets.size() < ActionRights::MostAsked; ++i) {
        if (const models::ObjectRef &at = m_models.certificates.row(i).storedAt; at.kind == "Secret"_L1)
            secrets.insert(at.text(), at);
    }
    m_rights.look({analysis, m_journal.entries(), fixable, secrets, m_changes.staged().changes(), m_chosen});
}

void ClusterDesk::showRights()
{
    const QHash<QString, QString> &forbidden = m_rights.forbidden();
    m_window.pages().mesh->setForbidden(forbidden.value(u"mode"_s), forbidden.value(u"mode/undo"_s));
    m_window.pages().guide->setForbidden(forbidden);
    m_window.pages().activity->setForbidden(forbidden);
    m_window.docks().changes().setForbidden(forbidden);
    m_window.docks().setStagedForbidden(forbidden.value(u"staged"_s));
    m_window.pages().certificates->setForbidden(forbidden);
    m_window.pages().routing->setForbidden(forbidden);
    m_window.docks().problems().setForbidden(forbidden);
}

QHash<QString, edge::Compat> ClusterDesk::chosenCompats() const
{
    QHash<QString, edge::Compat> compats;
    for (auto each = m_rules.all().begin(); each != m_rules.all().end(); ++each) {
        if (const auto compat = edge::compatFromName(each.value().toStdString()))
            compats.insert(each.key(), *compat);
    }
    return compats;
}

ui::EdgeRules ClusterDesk::rules() const
{
    const auto analysis = m_session.analysis();
    if (!analysis || !analysis->hasEdge)
        return {};
    const QString chosen = m_rules.all().value(analysis->view.installation.key());
    return {QString::fromLatin1(edge::compatName(analysis->imageCompat).data()),
            edge::compatFromName(chosen.toStdString()) ? chosen : QString()};
}

void ClusterDesk::chooseRules(const QString &name)
{
    const auto analysis = m_session.analysis();
    if (!analysis || !analysis->hasEdge)
        return;
    const QString edge = analysis->view.installation.key();
    if (const auto kept = m_rules.set({edge}, name); !kept)
        m_window.report(models::Severity::Warning, kept.error().message);
    m_window.note(models::NoticeRow::Kind::Notice, models::Severity::Info,
                  tr("%1 is judged by rules %2").arg(edge, ui::rulesText(rules())));
    m_session.setCompats(chosenCompats());
}

// Of this context: another one has other namespaces.
void ClusterDesk::keepNamespaces(const QStringList &names)
{
    if (const auto kept = m_looks.set({u"namespaces"_s}, names.join(u' ')); !kept)
        m_window.report(models::Severity::Warning, kept.error().message);
}

void ClusterDesk::mute(const QStringList &keys, const QString &reason)
{
    if (const auto kept = m_mutes.set(keys, reason); !kept)
        m_window.report(models::Severity::Warning, kept.error().message);
    if (m_session.analysis())
        showFindings();
}

// What can go wrong in a demo cluster, and what is on; any other server answers 404, and then there is no menu.
void ClusterDesk::askForIncidents()
{
    m_session.client().rawGet(u"/_sim"_s).then(this, [this](const kube::Result<kube::HttpResponse> &answer) {
        QList<ui::MainWindow::Incident> incidents;
        const auto json = answer ? edge::parseJson({answer->body.constData(), size_t(answer->body.size())})
                                 : edge::Result<edge::Value>(edge::Value());
        for (const char *list : {"incidents", "faults"}) {
            for (const edge::Value &each : json ? (*json)[list].items() : edge::Value::Array())
                incidents.append({QString::fromStdString(each["name"].text()),
                                  QString::fromStdString(each["what"].text()), each["on"].toBool()});
        }
        m_window.setIncidents(incidents);
    });
}

// Not confirmed: the client sends it only where the demo's kubeconfig says that no change needs that.
void ClusterDesk::switchIncident(const QString &name, bool on)
{
    const auto told = [this, name, on](const kube::Result<kube::HttpResponse> &answer) {
        m_window.note(
            models::NoticeRow::Kind::Change, answer ? models::Severity::Info : models::Severity::Error,
            on ? tr("Demo: %1 was switched on").arg(name) : tr("Demo: %1 was switched off").arg(name),
            answer ? QString() : answer.error().message);
    };
    m_session.client().rawWrite(on ? "POST" : "DELETE", u"/_sim/"_s + name).then(this, told);
}

void ClusterDesk::checkCertificate(const QString &key, const QString &serverName)
{
    const auto analysis = m_session.analysis();
    if (!analysis || !analysis->hasEdge)
        return;
    const auto job = [ways = edgeAccesses(*analysis->snapshot, analysis->view.installation, true), key,
                      serverName](std::stop_token) {
        ui::HandshakeAnswer answer = shakeHands(ways, serverName, HandshakeTimeoutMs);
        answer.key = key;
        return answer;
    };
    m_requests.run(this, job, [this](const ui::HandshakeAnswer &answer) {
        m_window.pages().certificates->setHandshake(answer);
        m_window.note(models::NoticeRow::Kind::Request,
                      answer.error.isEmpty() ? models::Severity::Good : models::Severity::Error,
                      tr("TLS handshake with %1 for %2").arg(answer.address, answer.serverName),
                      answer.error);
    });
}

void ClusterDesk::revealValue(const models::ObjectRef &secret, const QString &dataKey)
{
    const auto job = [&client = m_session.client(), journal = m_changes.journal(), secret, dataKey](
                         std::stop_token stop) { return reveal(client, journal, secret, dataKey, stop); };
    m_reading.run(this, job, [this, secret, dataKey](const kube::Result<QByteArray> &value) {
        showJournal();
        if (!value)
            return m_window.report(models::Severity::Error,
                                   value.error().message); // with the role, where it lacks
        auto *dialog = new ui::SecretDialog(secret, dataKey, *value, &m_window);
        dialog->open();
        kube::wipe(*value);
    });
}

// One document an object; one that cannot be read spoils all, as half of them would pass for the whole.
void ClusterDesk::copyYaml(const QList<models::ObjectRef> &objects)
{
    constexpr qsizetype Most = 200; // each is a request
    if (objects.size() > Most)
        return m_window.report(models::Severity::Warning,
                               tr("%1 objects are chosen; at most %2 are copied as YAML at once.")
                                   .arg(QLocale().toString(objects.size()), QLocale().toString(Most)));
    const auto analysis = m_session.analysis();
    const bool isFirstGeneration = analysis && analysis->hasEdge && analysis->imageCompat == edge::Compat::V1;
    const auto job = [&client = m_session.client(), objects,
                      isFirstGeneration](std::stop_token stop) -> kube::Result<QString> {
        QStringList documents;
        for (const models::ObjectRef &object : objects) {
            const auto yaml = yamlAsRead(client, object, isFirstGeneration, stop);
            if (!yaml)
                return yaml;
            documents.append(*yaml);
        }
        return documents.join(u"---\n"_s);
    };
    m_reading.run(this, job, [this, objects](const kube::Result<QString> &yaml) {
        if (!yaml)
            return m_window.report(models::Severity::Error, yaml.error().message);
        QGuiApplication::clipboard()->setText(*yaml);
        m_window.note(models::NoticeRow::Kind::Notice, models::Severity::Good,
                      objects.size() == 1
                          ? tr("The YAML of %1 is in the clipboard").arg(objects.first().text())
                          : tr("The YAML of %1 objects is in the clipboard").arg(objects.size()));
    });
}

void ClusterDesk::showYaml(const models::ObjectRef &object, const QString &apiVersion)
{
    const auto job = [&client = m_session.client(), object, apiVersion](std::stop_token stop) {
        return yamlOf(client, object, apiVersion, stop);
    };
    m_reading.run(this, job, [this, object](const kube::Result<QString> &yaml) {
        m_window.pages().routing->showYaml(object, yaml ? *yaml : yaml.error().message);
    });
}

void ClusterDesk::showOrder(const QString &key, const models::RequestSpec &request)
{
    const auto analysis = m_session.analysis();
    if (!analysis || !analysis->hasEdge)
        return;
    const auto job = [analysis, request](std::stop_token) {
        return models::predict(analysis->view, *analysis->snapshot, request);
    };
    m_reading.run(this, job, [this, key](const models::Prediction &prediction) {
        m_window.pages().routing->setOrder(key, prediction);
    });
}

} // namespace app::gui
